"""SJ402: channels are the topic's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sojourn.domain.journey.model.steps import Send
from sojourn.domain.journey.model.workspace import CHANNELS
from sojourn.domain.journey.rules.rule import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sojourn.domain.findings import Finding
    from sojourn.domain.journey.rules.context import Context


class TopicWithoutChannel(Rule):
    """A message is sent on channels that its topic allows.

    What:
        A marketing journey sends `via` a channel that its topic does not list; or no channel of the message is one of
        the topic's.
    Why:
        Nobody can have agreed to the topic on that channel, so nothing would ever be sent there.
    Instead of:
        topic: promotions
        steps:
          - {id: reminder, send: reminder, via: [sms]}
    Write:
        topic: promotions
        steps:
          - {id: reminder, send: reminder, via: [email]}
    """

    code = "SJ402"
    name = "topic-without-channel"
    needs_workspace = True

    def check(self, context: Context) -> Iterator[Finding]:
        """Compare the channels of each send with those of the topic."""
        for view in context.journeys.values():
            topic = context.workspace.topics.get(view.journey.topic or "")
            if topic is None or view.journey.kind != "marketing":
                continue
            allowed = ", ".join(topic.channels) or "none"
            for node in view.steps_of(Send):
                step = node.step
                content = (
                    context.contents.by_place.get((view.file, step.send)) if isinstance(step, Send) else None
                )
                for index, channel in enumerate(step.via or ()) if isinstance(step, Send) else ():
                    if channel not in topic.channels:
                        yield self.finding(
                            f'topic "{view.journey.topic}" does not allow "{channel}"',
                            view.file,
                            step.place("via", index),
                            f"it allows {allowed}; leave the channel out, or add it to the topic in workspace.yaml",
                        )
                if isinstance(step, Send) and step.via is None and content is not None:
                    offered = [channel for channel in CHANNELS if channel in content.file.written]
                    if offered and not set(offered) & set(topic.channels):
                        yield self.finding(
                            f'topic "{view.journey.topic}" allows none of the channels of "{step.send}"',
                            view.file,
                            step.place("send"),
                            f"the message has {', '.join(offered)}, the topic allows {allowed}",
                        )
