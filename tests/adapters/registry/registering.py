"""Bundles to register, and a client that counts what is asked of the table."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, Any

from sojourn.domain.compile.bundle import Bundle, compiled_workspace
from sojourn.domain.compile.compiled import CompiledJourney, Trigger
from tests.support.workspaces import project

if TYPE_CHECKING:
    from collections.abc import Callable

JOURNEY = """
enter: {on: began}
steps: [{id: a, send: hello}, {wait: 1 day}]
"""


class Calls:
    """A client that counts its calls, reads being told apart by their consistency, and does *before* each of them."""

    def __init__(self, client: Any) -> None:
        self._client = client
        self.made: Counter[str] = Counter()
        self.before: Callable[[str, dict[str, Any]], None] = lambda _name, _arguments: None

    def __getattr__(self, name: str) -> Callable[..., Any]:
        def call(**arguments: Any) -> Any:
            self.before(name, arguments)
            self.made[f"{name} surely" if arguments.get("ConsistentRead") else name] += 1
            return getattr(self._client, name)(**arguments)

        return call

    def since(self) -> dict[str, int]:
        """Return what was called since the last time this was asked."""
        made = dict(self.made)
        self.made.clear()
        return made


class InBulk:
    """A client that writes versions and transactions in batches: moto copies its whole table for each action of one."""

    def __init__(self, client: Any) -> None:
        self._client = client
        self._waiting: list[dict[str, Any]] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self._client, name)

    def update_item(self, **update: Any) -> None:
        values = update["ExpressionAttributeValues"]
        if ":machine" in values:
            self._waiting.append({**update["Key"], "data": values[":data"], "machine": values[":machine"]})
        else:
            self._client.update_item(**update)

    def transact_write_items(self, TransactItems: list[dict[str, Any]]) -> None:  # noqa: N803 - boto3's name
        for action in TransactItems:
            if "Update" in action:
                self._client.update_item(**action["Update"])
        puts = [action["Put"] for action in TransactItems if "Put" in action]
        waiting = self._waiting + [put["Item"] for put in puts]
        self._waiting = []
        for first in range(0, len(waiting), 25):
            requests = [{"PutRequest": {"Item": item}} for item in waiting[first : first + 25]]
            self._client.batch_write_item(RequestItems={puts[0]["TableName"]: requests})


class Seconds:
    """A clock that is set by hand."""

    def __init__(self, now: float = 1_000.0) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now


@cache
def workspace(steps: str = JOURNEY, policy: str = "") -> Bundle:
    """Compile a workspace of one journey, `j`, that sends the message `hello`."""
    return compiled_workspace(project({"j": steps}, workspace=policy))


def journeys(**triggers: str) -> Bundle:
    """Return a bundle of journeys: name -> the events that enter it, divided by spaces."""
    (journey,) = workspace().journeys
    return replace(
        workspace(),
        journeys=tuple(named(journey, name, *events.split()) for name, events in sorted(triggers.items())),
    )


def named(journey: CompiledJourney, name: str, *events: str) -> CompiledJourney:
    """Return a journey by another name, entered by other events, as the version it then is."""
    enter = replace(journey.enter, triggers=tuple(Trigger("event", event) for event in events))
    return replace(journey, name=name, enter=enter).versioned()


def machines(bundle: Bundle, number: int = 1) -> dict[str, str]:
    """Return ARNs of the machines' versions."""
    base = "arn:aws:states:us-east-1:123456789012:stateMachine:sojourn-dev-"
    return {journey.name: f"{base}{journey.name}:{number}" for journey in bundle.journeys}


def version_of(bundle: Bundle, name: str) -> str:
    """Return a journey's version in a bundle."""
    return next(journey.version for journey in bundle.journeys if journey.name == name)


def event(name: str) -> Trigger:
    """Return the trigger that an event is."""
    return Trigger("event", name)


def rules(journey: CompiledJourney) -> CompiledJourney:
    """Return a journey as functions know it: they need no definition."""
    return replace(journey, definition={})
