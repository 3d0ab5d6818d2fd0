"""SJ507: locales are language tags."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sojourn.domain.journey.rules.rule import Rule
from sojourn.domain.message.locales import is_locale

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sojourn.domain.findings import Finding
    from sojourn.domain.journey.rules.context import Context


class BadLocale(Rule):
    """A locale is a language tag, and each is written once.

    What:
        The workspace's locale, or one under `locales` of a message, is no language tag such as `de` or `pt-BR`; or the
        workspace's own locale stands under `locales` again.
    Why:
        A customer's language is looked up by its tag, so content under any other name is never found.
    Instead of:
        # file: messages/reminder.yaml
        sms: Your cart is waiting. Reply STOP to opt out.
        locales:
          german language: {sms: Ihr Warenkorb wartet. STOP beendet diese Nachrichten.}
    Write:
        # file: messages/reminder.yaml
        sms: Your cart is waiting. Reply STOP to opt out.
        locales:
          de: {sms: Ihr Warenkorb wartet. STOP beendet diese Nachrichten.}
    """

    code = "SJ507"
    name = "bad-locale"

    def check(self, context: Context) -> Iterator[Finding]:
        """Look at every tag."""
        if not is_locale(context.workspace.locale):
            yield self.finding(
                f'"{context.workspace.locale[:40]}" is not a language tag',
                context.project.workspace_file,
                context.workspace.place("locale"),
                "write one such as de or pt-BR",
            )
        for content in context.contents.all:
            for wrong in content.wrong:
                if wrong.kind == "unknown-key" and len(wrong.path) == 2 and wrong.path[0] == "locales":
                    at = content.file.message.key_place("locales", wrong.path[1])
                    yield self.finding(wrong.message, wrong.file, at, wrong.help)
