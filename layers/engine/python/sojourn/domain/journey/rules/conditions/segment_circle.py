"""SJ610: segments do not ask about themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sojourn.domain.condition.references import references
from sojourn.domain.journey.rules.loops import components
from sojourn.domain.journey.rules.rule import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sojourn.domain.findings import Finding
    from sojourn.domain.journey.rules.context import Context


class SegmentCircle(Rule):
    """A segment's condition does not depend on the segment itself.

    What:
        By `in_segment` a segment asks, perhaps through others, whether the customer is in it.
    Why:
        Who is in it could not be told without knowing it already.
    Instead of:
        # file: segments.yaml
        shoppers: {when: in_segment("members") && did("cart_updated")}
        members: {when: in_segment("shoppers") || customer.plan == "pro"}
    Write:
        # file: segments.yaml
        shoppers: {when: in_segment("members") && did("cart_updated")}
        members: {when: customer.plan == "pro"}
    """

    code = "SJ610"
    name = "segment-circle"

    def check(self, context: Context) -> Iterator[Finding]:
        """Follow what each segment asks; report each question that closes a circle."""
        segments = context.project.segments
        asked = {
            name: [
                (str(one.path[1]), one)
                for one in references(segment.when)
                if one.call and one.path[0] == "in_segment" and one.path[1] in segments
            ]
            for name, segment in segments.items()
            if "in_segment" in segment.when
        }
        loops = components(segments, lambda name: [to for to, _ in asked.get(name, ())])
        for name, questions in asked.items():
            for to, one in questions:
                if to == name or (loops[to] == loops[name]):
                    segment = segments[name]
                    yield self.finding(
                        f'"{to}" depends on "{name}" in turn'
                        if to != name
                        else f'"{name}" asks about itself',
                        context.project.segments_file,
                        segment.text_place("when").inside(segment.when, one.offset, one.length),
                        "write out what it asks of the customer",
                    )
