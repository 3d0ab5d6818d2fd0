"""SJ403: marketing can be ended."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sojourn.domain.journey.model.steps import Send
from sojourn.domain.journey.rules.contents import Content
from sojourn.domain.journey.rules.rule import Rule
from sojourn.domain.message.content import CompiledMessage, has_unsubscribe
from sojourn.domain.message.locales import canonical

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sojourn.domain.findings import Finding
    from sojourn.domain.journey.rules.context import Context


class NoUnsubscribe(Rule):
    """A marketing message offers a way out.

    What:
        A marketing email has no unsubscribe or preferences link, or a marketing SMS does not say how to stop them, in
        some locale.
    Why:
        The law asks for it nearly everywhere, and whoever finds no way out reports the message as spam, which hurts
        the delivery of all others.
    Instead of:
        # file: messages/reminder.yaml
        email:
          subject: Your cart is waiting
          html: <p>Come back!</p>
    Write:
        # file: messages/reminder.yaml
        email:
          subject: Your cart is waiting
          html: <p>Come back! <a href="{{ unsubscribe_url }}">Unsubscribe</a></p>
    """

    code = "SJ403"
    name = "no-unsubscribe"

    def check(self, context: Context) -> Iterator[Finding]:
        """Look for the way out in every message that a marketing journey sends."""
        for view in context.journeys.values():
            if view.journey.kind != "marketing":
                continue
            reported: set[tuple[str, str]] = set()
            for node in view.steps_of(Send):
                step = node.step
                content = (
                    context.contents.by_place.get((view.file, step.send)) if isinstance(step, Send) else None
                )
                if not isinstance(step, Send) or content is None or content.compiled is None:
                    continue
                for channel in step.via or content.compiled.channels:
                    if channel not in _HELP or channel not in content.compiled.channels:
                        continue
                    if (step.send, channel) not in reported and not has_unsubscribe(
                        content.compiled, channel
                    ):
                        reported.add((step.send, channel))
                        where = _lacking(content, channel)
                        yield self.finding(
                            f'{_CALLED[channel]} "{step.send}" offers no way to unsubscribe'
                            + (f' in the locale "{where[1]}"' if where else ""),
                            content.file.file,
                            content.place(*where, channel),
                            _HELP[channel],
                        )


_CALLED = {"email": "marketing email", "sms": "marketing SMS"}
_HELP = {
    "email": 'add a link: <a href="{{ unsubscribe_url }}">Unsubscribe</a>',
    "sms": "add how to stop them: Reply STOP to opt out",
}


def _lacking(content: Content, channel: str) -> tuple[str, ...]:
    """Return the keys that lead to the locale without a way out; none where that is the message's own."""
    compiled = content.compiled
    for locale in content.file.message.locales:
        parts = compiled.locales.get(canonical(locale), {}) if compiled else {}
        if compiled is not None and channel in parts:
            alone = CompiledMessage(compiled.name, "", {locale: parts}, locale)
            if not has_unsubscribe(alone, channel):
                return ("locales", locale)
    return ()
