"""SJ313: one run per thing, not per customer."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

from sojourn.domain.findings import Severity
from sojourn.domain.journey.rules.rule import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sojourn.domain.findings import Finding
    from sojourn.domain.journey.rules.context import Context, JourneyView


class EntryWithoutKey(Rule):
    """A journey about one of several things has a key.

    What:
        Customers may enter again, two events can make them enter, or the steps tell orders, carts or appointments
        apart by an id of the entry; and there is no `key`.
    Why:
        Without a key a customer has one run at a time. A second cart changes nothing while the first is followed up,
        and two events about the same thing enter twice, one after the other.
    Instead of:
        enter: {on: [cart_updated, cart_lost], again: always}
    Write:
        enter: {on: [cart_updated, cart_lost], again: always, key: event.cart_id}
    """

    code = "SJ313"
    name = "entry-without-key"
    severity = Severity.WARNING

    def check(self, context: Context) -> Iterator[Finding]:
        """Look at the triggers, and at what the conditions compare."""
        for view in context.journeys.values():
            enter = view.journey.enter
            if enter.key is not None or enter.again.strip() == "never" or not enter.events:
                continue
            if len(enter.triggers) > 1:
                yield self.finding(
                    f"{len(enter.triggers)} events can make a customer enter, one after the other",
                    view.file,
                    enter.place("on"),
                    _help(context.event_types, enter.events),
                )
            elif told_apart := _told_apart(context, view):
                yield self.finding(
                    f'conditions tell runs apart by "{told_apart}", but a customer can have only one',
                    view.file,
                    enter.place("on"),
                    f"add `key: event.{told_apart}`",
                )


_SAME = re.compile(r"event\.(\w*_?id)\s*==\s*entry\.(\w+)|entry\.(\w*_?id)\s*==\s*event\.(\w+)")


def _told_apart(context: Context, view: JourneyView) -> str:
    """Return the property by which conditions compare an event with the entry."""
    for checked in context.texts.by_journey.get(view.file, ()):
        if found := _SAME.search(checked.place.text):
            mine = found[2] or found[3]
            if all(mine in context.event_types.get(event, ()) for event in view.journey.enter.events):
                return mine
    return ""


def _help(types: Mapping[str, Mapping[str, object]], events: tuple[str, ...]) -> str:
    shared = [
        name
        for name in types.get(events[0], ())
        if name.endswith("id") and all(name in types.get(event, ()) for event in events)
    ]
    named = shared[0] if shared else "…"
    return f"add `key: event.{named}`, so that both mean the same run"
