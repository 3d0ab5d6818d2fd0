"""SJ309: a release is one thing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sojourn.domain.journey.model.steps import WaitFor
from sojourn.domain.journey.rules.rule import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sojourn.domain.findings import Finding
    from sojourn.domain.journey.rules.context import Context


class UnclearRelease(Rule):
    """Each thing a `wait_for` waits for is exactly one thing.

    What:
        An item of `wait_for` names nothing to wait for, or several things at once.
    Why:
        The first thing that comes decides the path. Two in one item could mean either or both.
    Instead of:
        steps:
          - {id: reminder, send: reminder}
          - wait_for: [{event: order_completed, clicked: reminder}]
            up_to: 3 days
    Write:
        steps:
          - {id: reminder, send: reminder}
          - wait_for: [{event: order_completed}, {clicked: reminder}]
            up_to: 3 days
    """

    code = "SJ309"
    name = "unclear-release"

    def check(self, context: Context) -> Iterator[Finding]:
        """Count what each item names."""
        for view in context.journeys.values():
            for node in view.steps_of(WaitFor):
                for release in node.step.wait_for if isinstance(node.step, WaitFor) else ():
                    if len(release.kinds) == 0:
                        yield self.finding(
                            "this names nothing to wait for",
                            view.file,
                            release.span,
                            f"name one of {', '.join(release.KINDS)}",
                        )
                    elif len(release.kinds) > 1:
                        both = " and ".join(f"`{kind}`" for kind in release.kinds)
                        yield self.finding(
                            f"this waits for several things at once: {both}",
                            view.file,
                            release.key_place(release.kinds[1]),
                            "make each an item of its own",
                        )
