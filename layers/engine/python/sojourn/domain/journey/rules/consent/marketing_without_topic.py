"""SJ401: marketing has a topic."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sojourn.domain.journey.model.steps import Send
from sojourn.domain.journey.rules.rule import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sojourn.domain.findings import Finding
    from sojourn.domain.journey.rules.context import Context


class MarketingWithoutTopic(Rule):
    """A marketing journey that sends belongs to a topic.

    What:
        A journey of the kind `marketing` (the default) sends messages but has no `topic`.
    Why:
        Consent is given and withdrawn per topic. Without one, nobody has agreed to these messages and nobody can end
        them.
    Instead of:
        # file: win-back/journey.yaml
        topic:
    Write:
        # file: win-back/journey.yaml
        topic: promotions
    """

    code = "SJ401"
    name = "marketing-without-topic"
    needs_journey = True

    def check(self, context: Context) -> Iterator[Finding]:
        """Look for a topic wherever something is sent."""
        for view in context.journeys.values():
            sends = next(view.steps_of(Send), None)
            if view.journey.kind == "marketing" and view.journey.topic is None and sends is not None:
                yield self.finding(
                    f'marketing journey "{view.journey.journey}" has no topic',
                    view.file,
                    view.journey.place("journey"),
                    _help(list(context.workspace.topics)),
                )


def _help(topics: list[str]) -> str:
    known = f" ({', '.join(topics[:8])})" if topics else ""
    return (
        f"add `topic:`{known}, or `kind: transactional` if the message must arrive whatever anyone agreed to"
    )
