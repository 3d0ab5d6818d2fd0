"""SJ505: no part is missing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sojourn.domain.journey.rules.rule import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sojourn.domain.findings import Finding
    from sojourn.domain.journey.rules.context import Context


class MissingPart(Rule):
    """A channel's content is whole.

    What:
        An email has no body, a push notification no title, or another part is missing.
    Why:
        A message without it cannot be sent, or would arrive empty. In another locale the channel's content replaces
        all of it, so it must be whole there too.
    Instead of:
        # file: messages/reminder.yaml
        email: {subject: Your cart is waiting}
    Write:
        # file: messages/reminder.yaml
        email:
          subject: Your cart is waiting
          html: <p>Come back! <a href="{{ unsubscribe_url }}">Unsubscribe</a></p>
    """

    code = "SJ505"
    name = "missing-part"

    def check(self, context: Context) -> Iterator[Finding]:
        """Take what compiling the messages found."""
        yield from context.contents.findings(self, "missing-part")
