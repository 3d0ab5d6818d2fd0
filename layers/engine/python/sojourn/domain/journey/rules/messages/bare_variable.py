"""SJ517: values within tags stand in quotes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sojourn.domain.journey.rules.rule import Rule
from sojourn.domain.message.addresses import bare

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sojourn.domain.findings import Finding
    from sojourn.domain.journey.rules.context import Context


class BareVariable(Rule):
    """A value within a tag stands in quotes.

    What:
        A `{{ … }}` stands in a tag of MJML or HTML, and in no quotes.
    Why:
        A value with a space in it would end the attribute and begin others: who tells the event, or types their name,
        writes into your email.
    Instead of:
        # file: messages/reminder.yaml
        email:
          subject: Your cart is waiting
          html: <p>Come back! <a href={{ unsubscribe_url }}>Unsubscribe</a></p>
    Write:
        # file: messages/reminder.yaml
        email:
          subject: Your cart is waiting
          html: <p>Come back! <a href="{{ unsubscribe_url }}">Unsubscribe</a></p>
    """

    code = "SJ517"
    name = "bare-variable"

    def check(self, context: Context) -> Iterator[Finding]:
        """Look into the tags of every email."""
        for placed in context.contents.templates("email"):
            form = placed.template.form
            if form not in ("html", "mjml"):
                continue
            for mark in bare(placed.template.text, form):
                file, span = placed.place(mark.start, mark.end - mark.start)
                yield self.finding("this value stands in a tag without quotes", file, span, 'write "{{ … }}"')
