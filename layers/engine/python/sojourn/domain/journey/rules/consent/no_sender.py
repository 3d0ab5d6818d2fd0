"""SJ404: channels have a sender."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sojourn.domain.journey.model.steps import Send
from sojourn.domain.journey.model.workspace import CHANNELS
from sojourn.domain.journey.rules.rule import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sojourn.domain.findings import Finding
    from sojourn.domain.journey.rules.context import Context, JourneyView


class NoSender(Rule):
    """Whoever sends on a channel is named in the workspace.

    What:
        A step sends email or SMS, and `senders` in `workspace.yaml` names nobody for that channel.
    Why:
        The provider refuses messages that come from nobody.
    Instead of:
        # file: workspace.yaml
        senders:
          sms: {pool: pool-0123}
    Write:
        # file: workspace.yaml
        senders:
          email: {from: "Acme <hello@acme.example>"}
          sms: {pool: pool-0123}
    """

    code = "SJ404"
    name = "no-sender"
    needs_workspace = True

    def check(self, context: Context) -> Iterator[Finding]:
        """Look for the sender of each channel that some step uses; the first such step is named."""
        workspace, reported = context.workspace, set[str]()
        for view, channel in _used(context):
            if (
                channel in _ADD
                and channel not in reported
                and getattr(workspace.senders, channel, None) is None
            ):
                reported.add(channel)
                yield self.finding(
                    f'nobody is named as the sender of {_CALLED[channel]}, and "{view.journey.journey}" sends it',
                    context.project.workspace_file,
                    workspace.key_place("senders"),
                    _ADD[channel],
                )


_CALLED = {"email": "email", "sms": "SMS"}
_ADD = {
    "email": 'add `email: {from: "Acme <hello@acme.example>"}` to `senders`',
    "sms": "add `sms: {pool: …}` to `senders`",
}


def _used(context: Context) -> Iterator[tuple[JourneyView, str]]:
    """Yield the channels that each step may send on, unless its message names a sender of its own."""
    for view in context.journeys.values():
        topic = context.workspace.topics.get(view.journey.topic or "")
        for node in view.steps_of(Send):
            step = node.step
            content = (
                context.contents.by_place.get((view.file, step.send)) if isinstance(step, Send) else None
            )
            if not isinstance(step, Send) or content is None:
                continue
            email = content.file.message.email
            for channel in step.via or CHANNELS:
                allowed = topic is None or view.journey.kind != "marketing" or channel in topic.channels
                own = channel == "email" and email is not None and email.from_ is not None
                if channel in content.file.written and allowed and not own:
                    yield view, channel
