"""SJ314: checks are fresh when they matter."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sojourn.domain.findings import Severity
from sojourn.domain.journey.rules.outdated import Endings, outdated
from sojourn.domain.journey.rules.rule import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sojourn.domain.findings import Finding
    from sojourn.domain.journey.rules.context import Context


class CheckBeforeWait(Rule):
    """What decides about a message is checked right before it is sent.

    What:
        A branch (or the entry) checks something that can change, then the run waits, and then it sends on a path that
        the check chose, without checking again.
    Why:
        After days of waiting the customer may have bought, upgraded or unsubscribed, and gets a message for who they
        were.
    Instead of:
        steps:
          - branch:
              - when: customer.plan == "free"
                steps: [{wait: 7 days}, {id: nag, send: reminder}]
              - else: []
    Write:
        steps:
          - wait: 7 days
          - branch:
              - when: customer.plan == "free"
                steps: [{id: nag, send: reminder}]
              - else: []
    """

    code = "SJ314"
    name = "check-before-wait"
    severity = Severity.WARNING
    needs_journey = True

    def check(self, context: Context) -> Iterator[Finding]:
        """Walk on from each check that can become outdated."""
        for view in context.journeys.values():
            endings = Endings(context, view)
            for file, at, text, facts, sends in outdated(view, endings):
                fact = facts[0]
                yield self.finding(
                    f'"{fact.name}" is checked here, but step "{sends}" sends after a wait, when it may have changed',
                    file,
                    at.inside(text, fact.offset, fact.length),
                    "check right before the send, or end the run when it changes: `while_running: [{on: …, do: exit}]`",
                )
