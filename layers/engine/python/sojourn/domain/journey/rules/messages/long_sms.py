"""SJ516: an SMS is short."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sojourn.domain.findings import Severity
from sojourn.domain.journey.rules.rule import Rule
from sojourn.domain.message.limits import MAX_SMS
from sojourn.domain.message.sms_length import sms_length

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sojourn.domain.findings import Finding
    from sojourn.domain.journey.rules.context import Context

MOST_SEGMENTS = 5
"""Parts above which an SMS is better an email."""


class LongSms(Rule):
    """An SMS takes few parts.

    What:
        An SMS takes more than five parts, whatever its values are; or it has more than 1,600 characters, which is an
        error as no provider takes it.
    Why:
        Every part is paid for, and the more there are the likelier a network drops one or shows them out of order.
    Instead of:
        # file: messages/reminder.yaml
        sms: >
          🎉 Your cart at Acme is waiting for you, and we thought you should know that nothing in it is lost:
          we keep it for you for seven days, whatever happens, and if there is anything you would like to ask
          about it, then our workshop is glad to hear from you, every day from nine to six. You can call us,
          write to us or come by. Should you not want such messages any more, then reply STOP to opt out.
    Write:
        # file: messages/reminder.yaml
        sms: "Your cart is waiting. Reply STOP to opt out."
    """

    code = "SJ516"
    name = "long-sms"
    severity = Severity.WARNING

    def check(self, context: Context) -> Iterator[Finding]:
        """Count what comes out of every SMS in any case."""
        for placed in context.contents.templates("sms"):
            length = sms_length(placed.template.text)
            least = "" if length.certain else "at least "
            if length.written > MAX_SMS:
                message = f"this SMS has {least}{length.written:,} characters, and {MAX_SMS:,} are the most"
                severity = Severity.ERROR
            elif length.segments > MOST_SEGMENTS:
                message = f"this SMS takes {least}{length.segments} parts, and each is paid for"
                severity = Severity.WARNING
            else:
                continue
            yield self.finding(message, *placed.place(), "say it shorter, or send an email", severity)
