"""SJ707: scenarios prove something."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sojourn.domain.findings import Severity
from sojourn.domain.journey.rules.rule import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sojourn.domain.findings import Finding
    from sojourn.domain.journey.rules.context import Context


class ExpectsNothing(Rule):
    """A scenario expects something.

    What:
        A scenario has neither `expect` nor `never`.
    Why:
        It passes whatever the journey does, so it proves nothing.
    Instead of:
        # file: scenarios/buys.yaml
        events:
          - {at: +0s, customer: ana, event: cart_updated, properties: {cart_id: c1, items: [x], total: 20}}
        expect: []
    Write:
        # file: scenarios/buys.yaml
        events:
          - {at: +0s, customer: ana, event: cart_updated, properties: {cart_id: c1, items: [x], total: 20}}
        expect:
          - {at: +2h, customer: ana, sent: reminder}
    """

    code = "SJ707"
    name = "expects-nothing"
    severity = Severity.WARNING

    def check(self, context: Context) -> Iterator[Finding]:
        """Look for expectations."""
        for view in context.journeys.values():
            for story in view.folder.scenarios:
                if (
                    not story.scenario.expect
                    and not story.scenario.never
                    and story.file not in context.project.damaged
                ):
                    yield self.finding(
                        f'"{story.scenario.scenario[:60]}" expects nothing',
                        story.file,
                        story.scenario.place("scenario"),
                        "add `expect:` with what must happen, or `never:` with what must not",
                    )
