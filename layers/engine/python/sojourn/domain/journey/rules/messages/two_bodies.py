"""SJ508: one form of content."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sojourn.domain.journey.rules.rule import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sojourn.domain.findings import Finding
    from sojourn.domain.journey.rules.context import Context


class TwoBodies(Rule):
    """A message says its content in one form.

    What:
        An email has both `mjml` and `html`, or a WhatsApp message both a template and a body.
    Why:
        Only one of them would be sent, and which is anybody's guess.
    Instead of:
        # file: messages/reminder.yaml
        email:
          subject: Your cart is waiting
          mjml: reminder.mjml
          html: <p>Come back! <a href="{{ unsubscribe_url }}">Unsubscribe</a></p>

        # file: messages/reminder.mjml
        <mjml><mj-body><mj-section><mj-column><mj-text>Come back!</mj-text></mj-column></mj-section></mj-body></mjml>
    Write:
        # file: messages/reminder.yaml
        email:
          subject: Your cart is waiting
          html: <p>Come back! <a href="{{ unsubscribe_url }}">Unsubscribe</a></p>
    """

    code = "SJ508"
    name = "two-bodies"

    def check(self, context: Context) -> Iterator[Finding]:
        """Take what reading the content found beyond its shape."""
        for content in context.contents.all:
            for wrong in content.wrong:
                if wrong.kind == "unknown-key" and not (len(wrong.path) == 2 and wrong.path[0] == "locales"):
                    yield self.finding(wrong.message, wrong.file, wrong.span, wrong.help)
