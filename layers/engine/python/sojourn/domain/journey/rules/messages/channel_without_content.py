"""SJ503: no channel without content."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sojourn.domain.journey.model.steps import Send
from sojourn.domain.journey.model.workspace import CHANNELS
from sojourn.domain.journey.rules.rule import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sojourn.domain.findings import Finding
    from sojourn.domain.journey.rules.context import Context


class ChannelWithoutContent(Rule):
    """A message has content for every channel it is sent on.

    What:
        A step sends `via` a channel for which its message has nothing to say.
    Why:
        The channel would be passed over each time, so whoever can be reached there only hears nothing.
    Instead of:
        # file: journey.yaml
        steps:
          - {id: reminder, send: greeting, via: [push, email]}

        # file: messages/greeting.yaml
        email:
          subject: Your cart is waiting
          html: <p>Come back! <a href="{{ unsubscribe_url }}">Unsubscribe</a></p>
    Write:
        # file: journey.yaml
        steps:
          - {id: reminder, send: greeting, via: [push, email]}

        # file: messages/greeting.yaml
        email:
          subject: Your cart is waiting
          html: <p>Come back! <a href="{{ unsubscribe_url }}">Unsubscribe</a></p>
        push: {title: Your cart is waiting, body: Come back!}
    """

    code = "SJ503"
    name = "channel-without-content"

    def check(self, context: Context) -> Iterator[Finding]:
        """Compare the channels of each send with those of its message."""
        for view in context.journeys.values():
            for node in view.steps_of(Send):
                step = node.step
                content = (
                    context.contents.by_place.get((view.file, step.send)) if isinstance(step, Send) else None
                )
                if not isinstance(step, Send) or content is None:
                    continue
                for index, channel in enumerate(step.via or ()):
                    if channel not in content.file.written:
                        has = [name for name in CHANNELS if name in content.file.written]
                        yield self.finding(
                            f'message "{step.send}" has no content for "{channel}"',
                            view.file,
                            step.place("via", index),
                            f"add `{channel}:` to messages/{step.send}.yaml; it has {', '.join(has) or 'nothing'}",
                        )
