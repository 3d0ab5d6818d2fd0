"""SJ512: markup is well formed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sojourn.domain.journey.rules.rule import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sojourn.domain.findings import Finding
    from sojourn.domain.journey.rules.context import Context


class BadMarkup(Rule):
    """MJML and HTML are well formed.

    What:
        An element is not closed, or is one that MJML does not have.
    Why:
        The email would look broken, or could not be made at all.
    Instead of:
        # file: messages/reminder.yaml
        email: {subject: Your cart is waiting, mjml: reminder.mjml}

        # file: messages/reminder.mjml
        <mjml><mj-body><mj-section><mj-column>
          <mj-text>Come back! <a href="{{ unsubscribe_url }}">Unsubscribe</a>
        </mj-column></mj-section></mj-body></mjml>
    Write:
        # file: messages/reminder.yaml
        email: {subject: Your cart is waiting, mjml: reminder.mjml}

        # file: messages/reminder.mjml
        <mjml><mj-body><mj-section><mj-column>
          <mj-text>Come back! <a href="{{ unsubscribe_url }}">Unsubscribe</a></mj-text>
        </mj-column></mj-section></mj-body></mjml>
    """

    code = "SJ512"
    name = "bad-markup"

    def check(self, context: Context) -> Iterator[Finding]:
        """Take what compiling the messages found."""
        yield from context.contents.findings(self, "mjml", "html")
