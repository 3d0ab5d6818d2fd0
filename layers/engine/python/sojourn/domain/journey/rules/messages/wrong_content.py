"""SJ509: parts have their form."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sojourn.domain.journey.rules.rule import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sojourn.domain.findings import Finding
    from sojourn.domain.journey.rules.context import Context


class WrongContent(Rule):
    """Each part of a message has the form it needs.

    What:
        A part of a message is a mapping or a list where text is needed, or the other way round.
    Why:
        It cannot be put into a message.
    Instead of:
        # file: messages/reminder.yaml
        webhook: {url: "https://hooks.acme.example/cart", body: 5}
    Write:
        # file: messages/reminder.yaml
        webhook: {url: "https://hooks.acme.example/cart", body: {customer: "{{ customer.id }}"}}
    """

    code = "SJ509"
    name = "wrong-content"

    def check(self, context: Context) -> Iterator[Finding]:
        """Take what compiling the messages found."""
        yield from context.contents.findings(self, "wrong-type")
