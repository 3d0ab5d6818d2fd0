"""The calls about events in quarantine: put them on the bus again, or drop them.

What is to be done is told before it is begun, as so many rows are more than one transaction takes: after a crash there
is an entry too many, never one too few, and whoever calls again does the rest. An entry says how many events there are,
and of which name where the workspace has that: a name that somebody's browser made up, and whose events they are, are
nothing for an account that nobody can edit.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

from sojourn.adapters.dynamodb.quarantine import AT_MOST, DynamoQuarantine, Listed
from sojourn.aws_runtime.api.http import Answer, answered, only
from sojourn.aws_runtime.clock import SystemClock
from sojourn.aws_runtime.publishing.backing import Backing
from sojourn.aws_runtime.publishing.calls import ControlCall, exact, known, wrong
from sojourn.aws_runtime.publishing.erasures import LONGEST_ID
from sojourn.aws_runtime.publishing.reach import Reach
from sojourn.domain.journey.builtin_events import BUILTIN

SECONDS = 20.0
"""So long is worked on one call: API Gateway gives up after thirty."""
MARK_BYTES = 8
OTHER = "other"
"""What events are counted under whose name the workspace does not know."""

Named = tuple[str, str]
"""A customer, and the id of an event of theirs."""


class QuarantineCalls:
    """The calls."""

    def __init__(self, backing: Backing, reach: Reach) -> None:
        self._backing = backing
        self._reach = reach
        self._quarantine = DynamoQuarantine(backing.dynamodb, backing.table, SystemClock())

    def replay(self, call: ControlCall) -> Answer:
        """Put events on the bus again, under their ids; what is not taken stays where it is.

        Raises:
            Refusal: a field is wrong.
        """
        refused: list[dict[str, str]] = []

        def replay(one: Listed) -> bool:
            mark = self._reach.random(MARK_BYTES).hex()
            event = self._quarantine.mark(one, mark)
            if event is None:
                return False
            if why := self._reach.replays.put(event):
                refused.append({"customer": one.customer, "id": one.id, "why": why})
                return False
            self._quarantine.remove(one, mark)
            return True

        return self._each(call, "replayed", replay, refused)

    def drop(self, call: ControlCall) -> Answer:
        """Delete events.

        Raises:
            Refusal: a field is wrong.
        """

        def drop(one: Listed) -> bool:
            self._quarantine.remove(one)
            return True

        return self._each(call, "dropped", drop, [])

    def _each(
        self, call: ControlCall, did: str, do: Callable[[Listed], bool], refused: list[dict[str, str]]
    ) -> Answer:
        known(call, "events", "reason")
        named, reason = _named(call), call.text("reason")
        until = self._reach.seconds() + SECONDS
        found = self._quarantine.these(named)
        if found:
            signed = self._backing.signed(call.by, reason)
            told = {"events": len(found), "names": self._names(found)}
            self._backing.history.add(signed.at, signed.by, did, message=signed.message, details=told)
        done: list[dict[str, str]] = []
        left: Sequence[Listed] = found
        while left and self._reach.seconds() < until:
            one, *left = left
            if do(one):
                done.append({"customer": one.customer, "id": one.id})
        unfinished = [{"customer": one.customer, "id": one.id} for one in left]
        return answered(200, {"done": done, "refused": refused, "left": unfinished})

    def _names(self, events: Sequence[Listed]) -> dict[str, int]:
        """Return how many there are of each name."""
        settings = self._backing.live.settings()
        planned = set(json.loads(settings)["policy"].get("events", ()) if settings else ()) | set(BUILTIN)
        counted = Counter(one.name if one.name in planned else OTHER for one in events)
        return dict(sorted(counted.items()))


def _named(call: ControlCall) -> list[Named]:
    """Return which events are meant, each once."""
    events: Any = call.body.get("events")
    if not isinstance(events, list) or not 0 < len(events) <= AT_MOST:
        raise wrong("events", f"a list of up to {AT_MOST} events is wanted")
    found: dict[Named, None] = {}
    for one in events:
        if not isinstance(one, dict):
            raise wrong("events", 'each is an object with "customer" and "id"')
        only(one, ("customer", "id"), "events.")
        customer = exact(one.get("customer"), "events.customer", LONGEST_ID)
        found[customer, exact(one.get("id"), "events.id", LONGEST_ID)] = None
    return list(found)
