"""SJ502: templates name what exists."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sojourn.domain.journey.rules.rule import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sojourn.domain.findings import Finding
    from sojourn.domain.journey.rules.context import Context


class UnknownVariable(Rule):
    """Something provides every variable of a template.

    What:
        A template names a variable that no attribute, no property of the entry and no brand detail provides.
    Why:
        Where a variable has no value the message is not sent, so that nobody reads "Hello ,".
    Instead of:
        # file: messages/reminder.yaml
        email:
          subject: "{{ customer.firstname | default: 'Hello' }}, your cart is waiting"
          html: <p>Come back! <a href="{{ unsubscribe_url }}">Unsubscribe</a></p>
    Write:
        # file: messages/reminder.yaml
        email:
          subject: "{{ customer.first_name | default: 'Hello' }}, your cart is waiting"
          html: <p>Come back! <a href="{{ unsubscribe_url }}">Unsubscribe</a></p>
    """

    code = "SJ502"
    name = "unknown-variable"
    needs_workspace = True

    def check(self, context: Context) -> Iterator[Finding]:
        """Take what reading the templates found."""
        yield from context.contents.findings(self, "unknown-variable")
