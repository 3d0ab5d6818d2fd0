"""SJ513: no Liquid gets lost."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sojourn.domain.journey.rules.rule import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sojourn.domain.findings import Finding
    from sojourn.domain.journey.rules.context import Context


class LostLiquid(Rule):
    """Liquid stands where MJML keeps it.

    What:
        A piece of Liquid stands where MJML drops it, such as among the attributes of an element.
    Why:
        The email would go out without it, and without a word.
    Instead of:
        # file: messages/reminder.yaml
        email: {subject: Your cart is waiting, mjml: reminder.mjml}

        # file: messages/reminder.mjml
        <mjml><mj-body><mj-section {% if customer.plan == "pro" %}padding="0"{% endif %}><mj-column>
          <mj-text>Come back! <a href="{{ unsubscribe_url }}">Unsubscribe</a></mj-text>
        </mj-column></mj-section></mj-body></mjml>
    Write:
        # file: messages/reminder.yaml
        email: {subject: Your cart is waiting, mjml: reminder.mjml}

        # file: messages/reminder.mjml
        <mjml><mj-body><mj-section><mj-column>
          <mj-text>Come back{% if customer.plan == "pro" %}, dear friend{% endif %}!
            <a href="{{ unsubscribe_url }}">Unsubscribe</a></mj-text>
        </mj-column></mj-section></mj-body></mjml>
    """

    code = "SJ513"
    name = "lost-liquid"

    def check(self, context: Context) -> Iterator[Finding]:
        """Take what compiling the messages found."""
        yield from context.contents.findings(self, "lost-liquid")
