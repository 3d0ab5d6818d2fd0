"""SJ310: one way to enter."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sojourn.domain.journey.rules.rule import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sojourn.domain.findings import Finding
    from sojourn.domain.journey.rules.context import Context


class UnclearEntry(Rule):
    """A journey says in one way who enters it.

    What:
        `enter` names nothing that makes customers enter, or ways that exclude each other, or a schedule without the
        segment it takes in.
    Why:
        Nobody would enter, or it cannot be told who.
    Instead of:
        enter: {on: cart_updated, schedule: weekly mon 09:00}
    Write:
        enter: {segment: lapsed, schedule: weekly mon 09:00}
    """

    code = "SJ310"
    name = "unclear-entry"

    def check(self, context: Context) -> Iterator[Finding]:
        """Look at which of the ways are used together."""
        for view in context.journeys.values():
            enter = view.journey.enter
            ways = [key for key in ("on", "schedule", "audience") if view.journey.enter.written(key)]
            at = view.journey.key_place("enter")
            if enter.on == () or (not ways and enter.segment is None):
                yield self.finding(
                    "nothing makes a customer enter this journey",
                    view.file,
                    at,
                    "add `on:` with an event, `segment:`, `audience:`, or `on: api`",
                )
            elif len(ways) > 1:
                yield self.finding(
                    f"`{ways[0]}` and `{ways[1]}` exclude each other",
                    view.file,
                    enter.key_place(ways[1]),
                    "keep one of them, or write two journeys",
                )
            elif ways == ["schedule"] and enter.segment is None:
                yield self.finding(
                    "a schedule takes in a segment, and none is named",
                    view.file,
                    enter.key_place("schedule"),
                    "add `segment: …`",
                )
            elif enter.zone is not None and ways != ["schedule"]:
                yield self.finding(
                    "a zone is whose clock a schedule is read on, and there is no schedule",
                    view.file,
                    enter.key_place("zone"),
                    "take it out",
                )
            elif enter.segment is not None and ways and ways != ["schedule"]:
                yield self.finding(
                    f"`{ways[0]}` and `segment` exclude each other",
                    view.file,
                    enter.key_place("segment"),
                    "to let only members in, write `where: in_segment(…)`",
                )
