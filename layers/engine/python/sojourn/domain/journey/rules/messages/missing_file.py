"""SJ504: files that are named exist."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sojourn.domain.journey.rules.rule import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sojourn.domain.findings import Finding
    from sojourn.domain.journey.rules.context import Context


class MissingFile(Rule):
    """A file that a message names stands beside it.

    What:
        `mjml`, `html` or `text` names a file that is not in the `messages` folder.
    Why:
        The email would be empty.
    Instead of:
        # file: messages/reminder.yaml
        email: {subject: Your cart is waiting, mjml: remider.mjml}
    Write:
        # file: messages/reminder.yaml
        email: {subject: Your cart is waiting, mjml: reminder.mjml}

        # file: messages/reminder.mjml
        <mjml><mj-body><mj-section><mj-column>
          <mj-text>Come back! <a href="{{ unsubscribe_url }}">Unsubscribe</a></mj-text>
        </mj-column></mj-section></mj-body></mjml>
    """

    code = "SJ504"
    name = "missing-file"

    def check(self, context: Context) -> Iterator[Finding]:
        """Take what compiling the messages found."""
        yield from context.contents.findings(self, "missing-file")
