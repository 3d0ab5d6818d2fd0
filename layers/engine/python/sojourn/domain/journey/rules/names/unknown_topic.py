"""SJ131: a topic is declared in the workspace."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sojourn.domain.findings import did_you_mean
from sojourn.domain.journey.rules.rule import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sojourn.domain.findings import Finding
    from sojourn.domain.journey.rules.context import Context
    from sojourn.domain.places import Span


class UnknownTopic(Rule):
    """A topic that is named is one of the workspace's.

    What:
        A journey, a cap, a condition or a scenario names a topic that `workspace.yaml` does not have.
    Why:
        Consent is kept per topic. Nobody can have consented to a topic that does not exist.
    Instead of:
        topic: cart-reminder
    Write:
        topic: cart-reminders
    """

    code = "SJ131"
    name = "unknown-topic"
    needs_workspace = True

    def check(self, context: Context) -> Iterator[Finding]:
        """Look every topic up in the workspace."""
        known = context.workspace.topics
        for topic, file, span in _named(context):
            if topic not in known:
                yield self.finding(
                    f'there is no topic "{topic}"',
                    file,
                    span,
                    did_you_mean(topic, known) or "add it to `topics` in workspace.yaml",
                )
        yield from context.texts.findings(self, "unknown-topic")


def _named(context: Context) -> Iterator[tuple[str, str, Span]]:
    for cap in context.workspace.caps:
        if cap.topic is not None:
            yield cap.topic, context.project.workspace_file, cap.place("topic")
    for view in context.journeys.values():
        if view.journey.topic is not None:
            yield view.journey.topic, view.file, view.journey.place("topic")
        for story in view.folder.scenarios:
            for customer in story.scenario.customers:
                for topic in customer.consents or ():
                    yield topic, story.file, customer.key_place("consents", topic)
            for also in story.scenario.also:
                for key in ("unsubscribed", "subscribed"):
                    if (topic := getattr(also, key)) is not None:
                        yield topic, story.file, also.place(key)
