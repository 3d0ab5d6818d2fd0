"""SJ510: every channel has content to fall back to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sojourn.domain.journey.rules.rule import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sojourn.domain.findings import Finding
    from sojourn.domain.journey.rules.context import Context


class NoFallback(Rule):
    """What one locale has, the workspace's own locale has as well.

    What:
        A channel has content in another locale only, not at the top of the file.
    Why:
        Whoever speaks none of the other languages gets the content at the top. Without it they get nothing.
    Instead of:
        # file: messages/reminder.yaml
        sms: Your cart is waiting. Reply STOP to opt out.
        locales:
          de: {in_app: {title: Ihr Warenkorb, body: wartet auf Sie}}
    Write:
        # file: messages/reminder.yaml
        sms: Your cart is waiting. Reply STOP to opt out.
        in_app: {title: Your cart, body: is waiting for you}
        locales:
          de: {in_app: {title: Ihr Warenkorb, body: wartet auf Sie}}
    """

    code = "SJ510"
    name = "no-fallback"

    def check(self, context: Context) -> Iterator[Finding]:
        """Take what compiling the messages found."""
        yield from context.contents.findings(self, "no-fallback")
