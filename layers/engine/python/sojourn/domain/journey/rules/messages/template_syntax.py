"""SJ501: templates are Liquid."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sojourn.domain.journey.rules.rule import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sojourn.domain.findings import Finding
    from sojourn.domain.journey.rules.context import Context


class TemplateSyntax(Rule):
    """A template follows the grammar of Liquid.

    What:
        `{{ … }}` or `{% … %}` in a message is not closed, or holds something that Liquid does not know.
    Why:
        The message could not be written for anybody.
    Instead of:
        # file: messages/reminder.yaml
        email:
          subject: "{{ customer.first_name, your cart is waiting"
          html: <p>Come back! <a href="{{ unsubscribe_url }}">Unsubscribe</a></p>
    Write:
        # file: messages/reminder.yaml
        email:
          subject: "{{ customer.first_name | default: 'Hello' }}, your cart is waiting"
          html: <p>Come back! <a href="{{ unsubscribe_url }}">Unsubscribe</a></p>
    """

    code = "SJ501"
    name = "template-syntax"

    def check(self, context: Context) -> Iterator[Finding]:
        """Take what compiling the messages found."""
        yield from context.contents.findings(self, "syntax", "unknown-tag")
