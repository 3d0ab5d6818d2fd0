"""What is published, read from the table as far as it is asked for.

The head is read again at most every few seconds; what was read under it (what triggers enter, which version is
current, that there is nothing) holds until its revision moves. Versions never change: they are kept. So what an event
costs does not depend on how many journeys there are.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from sojourn.adapters.dynamodb import engine_keys, keys, published
from sojourn.adapters.dynamodb.editions import OutdatedError, editions
from sojourn.adapters.dynamodb.failures import reading
from sojourn.adapters.dynamodb.recent import Recent
from sojourn.adapters.dynamodb.registration import SCHEDULED, Entered, entered
from sojourn.domain.control import control_of
from sojourn.errors import TransientError

if TYPE_CHECKING:
    from sojourn.domain.compile.compiled import CompiledJourney, Trigger
    from sojourn.domain.control import Control
    from sojourn.domain.decide.policy import Policy
    from sojourn.domain.decide.segments import SegmentRule
    from sojourn.domain.decide.traits import TraitRule

Found = TypeVar("Found")

NAMES_KEPT = 20_000
"""Triggers and journeys of which is kept what they lead to, and versions of which is kept where they run."""
ATTEMPTS = 3


class DynamoCatalogue:
    """The catalogue of what is published; for one function, not for several threads.

    Args:
        client: `boto3.client("dynamodb")`.
        clock_seconds: any clock in seconds that does not stand still while a function is frozen between two
            invocations, as a monotonic one may; should it be set back, the head is read again.
        fresh_for: for how many seconds the head that was read is good.
        keep: bytes of JSON of the versions that are kept in memory.
    """

    def __init__(
        self,
        client: Any,
        table: str,
        clock_seconds: Callable[[], float] = time.time,
        fresh_for: float = 5.0,
        keep: int = 8_000_000,
    ) -> None:
        self._client = client
        self._table = table
        self._clock = clock_seconds
        self._fresh_for = fresh_for
        self._head: published.Head | None = None
        self._read_at = 0.0
        self._versions: Recent[tuple[str, str], CompiledJourney] = Recent(keep)
        # These hold for the head's revision only.
        self._machines: Recent[tuple[str, str], str] = Recent(NAMES_KEPT)
        self._at_machines: Recent[tuple[str, str], str] = Recent(NAMES_KEPT)
        self._current: Recent[str, str] = Recent(NAMES_KEPT)
        self._drafted: Recent[str, str] = Recent(NAMES_KEPT)
        self._entered: Recent[Trigger, tuple[tuple[str, Entered], ...]] = Recent(NAMES_KEPT)

    @property
    def policy(self) -> Policy:
        """The workspace's rules."""
        return self._fresh().policy

    @property
    def segments(self) -> Sequence[SegmentRule]:
        """The workspace's segments."""
        return self._fresh().segments

    @property
    def traits(self) -> Mapping[str, TraitRule]:
        """The workspace's computed traits, by name."""
        return self._fresh().traits

    def control(self, journey: str) -> Control:
        """Return what publishers told a journey, what they told all included; at most as old as the head."""
        return control_of(self._fresh().controls, journey)

    def current(self, journey: str) -> CompiledJourney | None:
        """Return the version customers enter now."""
        version = self._at_revision(lambda revision: self._journey_at(journey, revision, self._current))
        return self.version(journey, version) if version else None

    def draft(self, journey: str) -> CompiledJourney | None:
        """Return the version that customers in the segment `test` enter instead of the live one.

        Of a journey that a trigger was asked about this is known already.
        """
        version = self._at_revision(lambda revision: self._journey_at(journey, revision, self._drafted))
        return self.version(journey, version) if version else None

    def version(self, journey: str, version: str) -> CompiledJourney:
        """Return one version, without its definition.

        Raises:
            LookupError: it was never registered.
        """
        key = (journey, version)
        if key not in self._versions:
            # A run may be ahead of the copy that is read first.
            self._read_version(journey, version, False, True)
        return self._versions[key]

    def machine(self, journey: str, version: str) -> str:
        """Return the ARN of the state machine's version that a version of a journey runs on.

        Raises:
            LookupError: it was never registered.
        """
        self._fresh()
        key = (journey, version)
        if key not in self._machines:
            self._read_version(journey, version, True)
        return self._machines[key]

    def at_machine(self, journey: str, version: str) -> str:
        """Return the ARN of the state machine's version in which a run may begin at any step; "" where none is made.

        Raises:
            LookupError: the version was never registered.
        """
        self._fresh()
        key = (journey, version)
        if key not in self._at_machines or not self._at_machines[key]:
            # One that is made just now is found at once: nothing moves the registry on for it.
            self._read_version(journey, version, True)
        return self._at_machines[key]

    def entered_by(self, trigger: Trigger) -> Sequence[CompiledJourney]:
        """Return the journeys that a trigger enters, by name."""
        found = self._at_revision(lambda revision: self._entered_at(trigger, revision))
        return [self.version(journey, by.live) for journey, by in found if by.live]

    def scheduled(self) -> Sequence[CompiledJourney]:
        """Return the journeys that customers enter now by a schedule, by name: one query, however many others are."""
        return self.entered_by(SCHEDULED)

    def drafts_by(self, trigger: Trigger) -> Sequence[CompiledJourney]:
        """Return the drafts that a trigger enters, by name; what `entered_by` read is not read again."""
        found = self._at_revision(lambda revision: self._entered_at(trigger, revision))
        return [self.version(journey, by.draft) for journey, by in found if by.draft]

    def _journey_at(self, journey: str, revision: int, kept: Recent[str, str]) -> str:
        """Return a journey's version, live or drafted, whichever *kept* keeps; "" for none."""
        if journey in kept:
            return kept[journey]
        with reading():
            # What is read now is kept until the revision moves: it must not be a copy from before.
            answer = self._client.get_item(
                TableName=self._table, ConsistentRead=True,
                Key={"pk": {"S": engine_keys.CATALOGUE}, "sk": {"S": engine_keys.registered(journey)}},
            )  # fmt: skip
        registered = editions(answer.get("Item")).at(revision) or {"version": ""}
        self._current.keep(journey, registered["version"])
        self._drafted.keep(journey, registered.get("draft", {"version": ""})["version"])
        return kept[journey]

    def _entered_at(self, trigger: Trigger, revision: int) -> tuple[tuple[str, Entered], ...]:
        if trigger in self._entered:
            return self._entered[trigger]
        found: list[tuple[str, Entered]] = []
        query: dict[str, Any] = {
            "TableName": self._table, "ConsistentRead": True, "KeyConditionExpression": "pk = :pk",
            "ExpressionAttributeValues": {":pk": {"S": engine_keys.trigger(trigger.kind, trigger.name)}},
        }  # fmt: skip
        while True:
            with reading():
                page = self._client.query(**query)
            rows = [(keys.unescaped(item["sk"]["S"]), editions(item).at(revision)) for item in page["Items"]]
            found += [(journey, entered(told)) for journey, told in rows if told]
            if "LastEvaluatedKey" not in page:
                for journey, by in found:
                    self._drafted.keep(journey, by.drafted)
                return self._entered.keep(trigger, tuple(found), 1 + len(found))
            query["ExclusiveStartKey"] = page["LastEvaluatedKey"]

    def _read_version(self, journey: str, version: str, *consistent: bool) -> None:
        """Read a version, in one of these ways after the other, until it is found."""
        key = (journey, version)
        for surely in consistent:
            with reading():
                answer = self._client.get_item(
                    TableName=self._table, Key=published.version_key(journey, version), ConsistentRead=surely
                )
            if "Item" in answer:
                item = answer["Item"]
                if surely:
                    self._machines.keep(key, item[published.MACHINE]["S"])
                    self._at_machines.keep(key, item.get(published.AT_MACHINE, {"S": ""})["S"])
                if key not in self._versions:
                    self._versions.keep(key, published.journey(item), len(item["data"]["S"]))
                return
        raise LookupError(
            f'no version "{version}" of journey "{journey}" was registered in table {self._table}'
        )

    def _at_revision(self, read: Callable[[int], Found]) -> Found:
        """Read what holds at the head's revision; the head is read again where rows are ahead of it."""
        for _ in range(ATTEMPTS):
            try:
                return read(self._fresh().revision)
            except OutdatedError:
                self._read_head(consistent=True)
        raise TransientError("the registry moves on faster than it can be read")

    def _fresh(self) -> published.Head:
        if self._head is None or not 0 <= self._clock() - self._read_at < self._fresh_for:
            self._read_head(consistent=False)
        if self._head is None:
            self._read_head(consistent=True)
        if self._head is None:
            raise TransientError(f"no journeys have been registered in table {self._table} yet")
        return self._head

    def _read_head(self, *, consistent: bool) -> None:
        asked = self._clock()
        with reading():
            answer = self._client.get_item(
                TableName=self._table, Key=published.HEAD_KEY, ConsistentRead=consistent
            )
        self._read_at = asked
        item = answer.get("Item", {})
        # A copy may lag behind what we know already, and an unchanged head need not be understood again.
        if self._head is None or int(item.get("revision", {}).get("N", 0)) > self._head.revision:
            self._head = published.head(item)
            self._machines.clear()
            self._at_machines.clear()
            self._current.clear()
            self._drafted.clear()
            self._entered.clear()
