"""Runs the state machine of audiences as Step Functions would, as far as that machine goes, on a clock that is moved.

No emulator in a process knows Distributed Maps with Express children; this knows what the definition says and no more:
each kind of state, paths, retries of a child, what is tolerated. Parquet is rows that a test hands over.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sojourn.adapters.stepfunctions.audience_machine import START, audience_machine
from tests.support.engine_room import SetClock

Invoke = Callable[[Mapping[str, Any]], Any]


class MapFailed(Exception):
    """More of a Map's children failed than are tolerated."""


@dataclass
class AudienceStates:
    """The machine.

    Args:
        invoke: calls the function `audience`.
        start: starts another execution of the machine: operation and attempt.
        lines: a file's lines, by its key.
        parquet: what a Parquet file says, by its key.
        concurrency: how many children each Map was allowed at once.
    """

    invoke: Invoke
    lines: Callable[[str], Iterator[bytes]]
    clock: SetClock
    parquet: Mapping[str, Sequence[Mapping[str, Any]]] = field(default_factory=dict)
    start: Callable[[str, int], None] = lambda _, __: None
    concurrency: list[int] = field(default_factory=list)
    waited: list[float] = field(default_factory=list)

    def run(self, state: Mapping[str, Any], most: int = 10_000) -> None:
        """Run an execution to its end.

        Raises:
            AssertionError: it does not end.
        """
        machine = audience_machine()
        name, data = machine["StartAt"], dict(state)
        for _ in range(most):
            definition = machine["States"][name]
            if definition["Type"] == "Succeed":
                return
            name, data = self._step(definition, data)
        raise AssertionError("it does not end")

    def _step(self, one: Mapping[str, Any], data: dict[str, Any]) -> tuple[str, dict[str, Any]]:
        kind = one["Type"]
        if kind == "Choice":
            found = (
                case["Next"] for case in one["Choices"] if _at(case["Variable"], data) == case["StringEquals"]
            )
            return next(found, one["Default"]), data
        if kind == "Wait":
            self._wait(one, data)
            return one["Next"], data
        if kind == "Map":
            try:
                self._map(one, data)
            except MapFailed:
                return one["Catch"][0]["Next"], data
            return one["Next"], data
        if one.get("Resource") == START:
            said = filled({**one["Parameters"], "StateMachineArn.$": "$.operation"}, data)
            assert said["Name"] == f"{said['Input']['operation']}-{said['Input']['attempt']}"
            self.start(said["Input"]["operation"], said["Input"]["attempt"])
            return one["Next"], data
        given = filled(one["Parameters"], data) if "Parameters" in one else data
        result = one["Result"] if "Result" in one else given if kind == "Pass" else self._task(one, given)
        return one["Next"], {**data, one["ResultPath"].removeprefix("$."): result}

    def _wait(self, one: Mapping[str, Any], data: Mapping[str, Any]) -> None:
        before = self.clock.at
        if "SecondsPath" in one:
            self.clock.pass_by(seconds=_at(one["SecondsPath"], data))
        else:
            at = datetime.fromisoformat(_at(one["TimestampPath"], data)).astimezone(UTC)
            self.clock.at = max(self.clock.at, at)
        self.waited.append((self.clock.at - before).total_seconds())

    def _task(self, one: Mapping[str, Any], given: Any) -> Any:
        """Call the function, again where it fails, as the task's Retry says."""
        left = one["Retry"][0]["MaxAttempts"]
        while True:
            try:
                return json.loads(json.dumps(self.invoke(json.loads(json.dumps(given)))))
            except Exception:
                if not left:
                    raise
                left -= 1

    def _map(self, one: Mapping[str, Any], data: Mapping[str, Any]) -> None:
        reader = filled(one["ItemReader"]["Parameters"], data)
        self.concurrency.append(_at(one["MaxConcurrencyPath"], data))
        processor = one["ItemProcessor"]
        (child,) = processor["States"].values()
        failed = children = 0
        for item in self._children(one, reader["Key"], data):
            children += 1
            try:
                self._task(child, filled(child["Parameters"], item) if "Parameters" in child else item)
            except Exception:  # noqa: BLE001 - a child that fails is counted
                failed += 1
        if failed * 100 > one["ToleratedFailurePercentage"] * children:
            raise MapFailed

    def _children(self, one: Mapping[str, Any], key: str, data: Mapping[str, Any]) -> Iterator[Any]:
        if one["ItemReader"]["ReaderConfig"]["InputType"] == "PARQUET":
            items: Sequence[Any] = self.parquet[key]
        else:
            items = [json.loads(line) for line in self.lines(key)]
        selected = [
            filled(one["ItemSelector"], data, {"Map": {"Item": {"Index": index, "Value": item}}})
            for index, item in enumerate(items)
        ]
        if "ItemBatcher" not in one:
            yield from selected
            return
        batcher = one["ItemBatcher"]
        size = batcher["MaxItemsPerBatch"]
        for first in range(0, len(selected), size):
            yield {"BatchInput": filled(batcher["BatchInput"], data), "Items": selected[first : first + size]}


def filled(template: Any, data: Mapping[str, Any], context: Mapping[str, Any] | None = None) -> Any:
    """Return a payload template with what its paths point at."""
    if not isinstance(template, Mapping):
        return template
    made = {}
    for name, value in template.items():
        if not name.endswith(".$"):
            made[name] = filled(value, data, context)
        elif value.startswith("$$."):
            made[name[:-2]] = _at(value[1:], context or {})
        else:
            made[name[:-2]] = _at(value, data)
    return made


def _at(path: str, data: Mapping[str, Any]) -> Any:
    found: Any = data
    for name in path.split(".")[1:]:
        found = found[name]
    return found
