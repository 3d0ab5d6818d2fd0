"""SJ132: a segment is defined in segments.yaml."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sojourn.domain.findings import did_you_mean
from sojourn.domain.journey.model.steps import WaitFor
from sojourn.domain.journey.rules.rule import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sojourn.domain.findings import Finding
    from sojourn.domain.journey.model.authored import Authored
    from sojourn.domain.journey.rules.context import Context
    from sojourn.domain.places import Span


class UnknownSegment(Rule):
    """A segment that is named is defined in segments.yaml.

    What:
        A trigger, a `wait_for`, a schedule or a condition names a segment that `segments.yaml` does not define.
    Why:
        A segment without a definition has no members, so the journey would wait for nobody.
    Instead of:
        while_running:
          - {on: {left_segment: shopper}, do: exit, reason: no-longer-shopping}
    Write:
        while_running:
          - {on: {left_segment: shoppers}, do: exit, reason: no-longer-shopping}
    """

    code = "SJ132"
    name = "unknown-segment"
    needs_workspace = True

    def check(self, context: Context) -> Iterator[Finding]:
        """Look every segment up."""
        known = context.project.segments
        for segment, file, span in _named(context):
            if segment not in known:
                yield self.finding(
                    f'there is no segment "{segment}"',
                    file,
                    span,
                    did_you_mean(segment, known) or "define it in segments.yaml",
                )
        yield from context.texts.findings(self, "unknown-segment")


def _named(context: Context) -> Iterator[tuple[str, str, Span]]:
    for view in context.journeys.values():
        enter = view.journey.enter
        if enter.segment is not None:
            yield enter.segment, view.file, enter.place("segment")
        changes: list[Authored | str] = [*(enter.on if isinstance(enter.on, tuple) else (enter.on or "",))]
        changes += [reaction.on for reaction in view.journey.while_running]
        for node in view.steps_of(WaitFor):
            changes += node.step.wait_for if isinstance(node.step, WaitFor) else ()
        for change in changes:
            for key in ("entered_segment", "left_segment"):
                named = getattr(change, key, None)
                if isinstance(named, str) and not isinstance(change, str):
                    yield named, view.file, change.place(key)
