"""SJ511: templates have a size."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sojourn.domain.journey.rules.rule import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sojourn.domain.findings import Finding
    from sojourn.domain.journey.rules.context import Context


class ContentTooLarge(Rule):
    """A template is of a size that can be sent.

    What:
        A template is too long, a single `{{ … }}` in it is, or its blocks or values are nested too deeply.
    Why:
        Mail programs cut long emails, and writing the message for each customer must not take long.
    Instead of:
        # file: messages/reminder.yaml
        webhook:
          url: https://hooks.acme.example/cart
          body: [[[[[[[[[[[[[[[[[[[[[[too deep]]]]]]]]]]]]]]]]]]]]]]
    Write:
        # file: messages/reminder.yaml
        webhook:
          url: https://hooks.acme.example/cart
          body: [just right]
    """

    code = "SJ511"
    name = "content-too-large"

    def check(self, context: Context) -> Iterator[Finding]:
        """Take what compiling the messages found."""
        yield from context.contents.findings(self, "too-large")
