"""SJ514: no message for nobody."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sojourn.domain.findings import Severity
from sojourn.domain.journey.model.steps import Send
from sojourn.domain.journey.rules.rule import Rule
from sojourn.domain.places import Span

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sojourn.domain.findings import Finding
    from sojourn.domain.journey.rules.context import Context


class UnusedMessage(Rule):
    """Every message is sent by some step.

    What:
        A file in `messages` is named by no `send` step of its journey.
    Why:
        Somebody keeps translating and approving what nobody gets; or a step sends the wrong one.
    Instead of:
        # file: messages/last-chance.yaml
        sms: Last chance! Reply STOP to opt out.
    Write:
        # file: journey.yaml
        steps:
          - {id: reminder, send: reminder, via: [email]}
          - wait: 1 day
          - {id: last_chance, send: last-chance, via: [sms]}

        # file: messages/last-chance.yaml
        sms: Last chance! Reply STOP to opt out.
    """

    code = "SJ514"
    name = "unused-message"
    severity = Severity.WARNING
    needs_journey = True

    def check(self, context: Context) -> Iterator[Finding]:
        """Compare the files with what the steps send."""
        for view in context.journeys.values():
            sent = {node.step.send for node in view.steps_of(Send) if isinstance(node.step, Send)}
            for name, message in view.folder.messages.items():
                if name not in sent:
                    yield self.finding(
                        f'no step of "{view.journey.journey}" sends "{name}"',
                        message.file,
                        Span(),
                        "send it, or delete the file",
                    )
