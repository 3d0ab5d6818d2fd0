"""SJ404: channels have a sender."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sojourn.domain.findings import Severity
from sojourn.domain.journey.model.senders import PushSender, SmsSender
from sojourn.domain.journey.model.steps import Send
from sojourn.domain.journey.model.workspace import CHANNELS
from sojourn.domain.journey.rules.rule import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sojourn.domain.findings import Finding
    from sojourn.domain.journey.model.senders import Sender
    from sojourn.domain.journey.rules.context import Context, JourneyView


class NoSender(Rule):
    """Whoever sends on a channel is named in the workspace.

    What:
        A step sends email, SMS, push or WhatsApp, and `senders` in `workspace.yaml` names nobody for that channel,
        or not whom a message comes from.
    Why:
        The provider refuses messages that come from nobody. For push and WhatsApp this is a warning: everything but
        sending for real works without.
    Instead of:
        # file: workspace.yaml
        senders:
          sms: {pool: pool-0123}
    Write:
        # file: workspace.yaml
        senders:
          email: {from: "Acme <hello@acme.example>"}
          sms: {pool: pool-0123}
          push: {fcm: "arn:aws:sns:eu-central-1:123456789012:app/GCM/shop"}
    """

    code = "SJ404"
    name = "no-sender"
    needs_workspace = True

    def check(self, context: Context) -> Iterator[Finding]:
        """Look for the sender of each channel that some step uses; the first such step is named."""
        workspace, reported = context.workspace, set[str]()
        for view, channel in _used(context):
            if channel not in _ADD or channel in reported:
                continue
            reported.add(channel)
            sends = f'"{view.journey.journey}" sends it'
            severity = Severity.WARNING if channel in _LATER else Severity.ERROR
            sender = getattr(workspace.senders, channel, None)
            if sender is None:
                yield self.finding(
                    f"nobody is named as the sender of {_CALLED[channel]}, and {sends}",
                    context.project.workspace_file,
                    workspace.key_place("senders"),
                    _ADD[channel],
                    severity,
                )
            elif (missing := _missing(sender)) is not None:
                yield self.finding(
                    f"the sender of {_CALLED[channel]} has no {missing}, and {sends}",
                    context.project.workspace_file,
                    sender.span,
                    _ADD[channel],
                    severity,
                )


_LATER = ("push", "whatsapp")
_CALLED = {"email": "email", "sms": "SMS", "push": "push", "whatsapp": "WhatsApp"}
_ADD = {
    "email": 'add `email: {from: "Acme <hello@acme.example>"}` to `senders`',
    "sms": "add `sms: {pool: …}` to `senders`",
    "push": "add `push: {apns: …, fcm: …}` to `senders`, with the ARNs of platform applications",
    "whatsapp": "add `whatsapp: {phone_number_id: …}` to `senders`",
}


def _missing(sender: Sender) -> str | None:
    """What a sender needs besides, by its provider; None where it has it."""
    if isinstance(sender, SmsSender) and sender.provider == "end_user_messaging":
        return None if sender.pool or sender.sender_id else "pool"
    if isinstance(sender, PushSender) and sender.provider == "sns":
        return None if sender.apns or sender.fcm else "platform application"
    if isinstance(sender, PushSender):
        return None if sender.application_id else "application_id"
    return None


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
