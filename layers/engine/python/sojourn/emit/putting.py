"""Puts events on a bus: as many in one call as it takes, again where it did not take them."""

from __future__ import annotations

import json
import random
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from .checking import AROUND_ENTRY
from .event import Event

TOGETHER, LARGEST_CALL = 10, 1_000_000
"""Entries and bytes that PutEvents takes."""
ATTEMPTS = 5
_NOT_SOURCES = ("aws.", "sojourn.")


class UnknownBus(LookupError):
    """There is no event bus of that name in the account and region; the message says where its name stands."""


class NotTaken(Exception):
    """The bus did not take some events: `events`, for `reasons`, EventBridge's code for each. It took all others."""

    def __init__(self, refused: Sequence[tuple[Event, str]]) -> None:
        self.events, self.reasons = (tuple(one) for one in zip(*refused, strict=True))
        super().__init__(
            f"the bus did not take {len(refused)} events: {', '.join(sorted(set(self.reasons)))}"
        )


_Entry = tuple[Event, dict[str, Any]]


class Emitter:
    """Puts events on a deployment's bus.

    Args:
        bus: the bus's name or ARN: the output `BusName` of the stack `Sojourn-<stage>-engine`.
        source: your application's name.
        client: of EventBridge, instead of one made from the environment.
        look: ask once, before the first event, whether there is a bus of that name. EventBridge takes events for a bus
            that is not there and says nothing. Who may not ask (`events:DescribeEventBus`), and an ARN, is believed.
        pause: waits so many seconds between attempts.
    """

    def __init__(
        self,
        bus: str,
        source: str = "app",
        client: Any = None,
        *,
        look: bool = True,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        if not source or source.startswith(_NOT_SOURCES):
            raise ValueError(
                "source: name your application; aws. and sojourn. are what AWS and Sojourn begin with"
            )
        self._bus = bus
        self._source = source
        self._client = client
        if client is None:
            import boto3

            self._client = boto3.client("events")
        self._pause = pause
        self._believed = not look or bus.startswith("arn:")

    def emit(
        self, name: str, *, customer: str = "", identities: Mapping[str, str] | None = None,
        properties: Mapping[str, Any] | None = None, attributes: Mapping[str, Any] | None = None,
        context: Mapping[str, Any] | None = None, id: str | None = None, time: datetime | None = None,  # noqa: A002
        merge: str = "",
    ) -> str:  # fmt: skip
        """Put one event on the bus, and return its id; see `Event` and `put`."""
        given = {"id": id, "time": time}
        event = Event(
            name, customer, identities or {}, properties or {}, attributes or {}, context or {}, merge=merge,
            **{field: value for field, value in given.items() if value is not None},  # type: ignore[arg-type]
        )  # fmt: skip
        self.put(event)
        return event.id

    def put(self, *events: Event) -> None:
        """Put events on the bus, as many in one call as it takes; those it does not take are tried again.

        Raises:
            InvalidEvent: the engine could not read one of them; none was put.
            UnknownBus: there is no bus of that name; none was put.
            NotTaken: the bus did not take some of them after five attempts, or was not to be reached for the last.
            botocore's exceptions: it was not to be reached at all, or does not let you.
        """
        entries = [(event, self._entry(event)) for event in events]
        self._look()
        refused: list[tuple[Event, str]] = []
        calls = list(_calls(entries))
        for number, together in enumerate(calls):
            try:
                refused += self._put(together)
            except Exception as error:
                if number == 0:
                    raise
                # Whoever puts all of them again would put those twice that were taken.
                why = type(error).__name__
                refused += [(event, why) for call in calls[number:] for event, _ in call]
                raise NotTaken(refused) from error
        if refused:
            raise NotTaken(refused)

    def _look(self) -> None:
        if self._believed:
            return
        try:
            self._client.describe_event_bus(Name=self._bus)
        except Exception as error:
            # Whoever may not ask, or cannot, may put events all the same.
            answer = getattr(error, "response", {})
            if answer.get("Error", {}).get("Code") == "ResourceNotFoundException":
                raise UnknownBus(
                    f'there is no event bus "{self._bus}" here: what is put on it is lost; the stack'
                    " Sojourn-<stage>-engine says its name as BusName"
                ) from error
        self._believed = True

    def _entry(self, event: Event) -> dict[str, Any]:
        return {
            "EventBusName": self._bus, "Source": self._source, "DetailType": event.name, "Time": event.time,
            "Detail": json.dumps(event.detail(), ensure_ascii=False, separators=(",", ":")),
        }  # fmt: skip

    def _put(self, left: list[_Entry]) -> list[tuple[Event, str]]:
        """Put what one call takes; return the events that the bus still refuses after the last attempt, and why."""
        reasons: list[str] = []
        for attempt in range(ATTEMPTS):
            if attempt:
                self._pause(random.uniform(0, 0.1 * 2**attempt))
            answer = self._client.put_events(Entries=[entry for _, entry in left])
            if not answer["FailedEntryCount"]:
                return []
            told = [one.get("ErrorCode") for one in answer["Entries"]]
            left = [pair for pair, code in zip(left, told, strict=True) if code]
            reasons = [code for code in told if code]
        return [(event, why) for (event, _), why in zip(left, reasons, strict=True)]


def _calls(entries: Sequence[_Entry]) -> Iterator[list[_Entry]]:
    together: list[_Entry] = []
    size = 0
    for event, entry in entries:
        bytes_ = len(entry["Detail"].encode()) + AROUND_ENTRY
        if together and (len(together) == TOGETHER or size + bytes_ > LARGEST_CALL):
            yield together
            together, size = [], 0
        together.append((event, entry))
        size += bytes_
    if together:
        yield together
