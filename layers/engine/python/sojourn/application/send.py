"""Sends a message: the whole policy at the moment of sending, one claim before the provider is called.

It is claimed (`claiming`) in the same transaction that asks whether the run is still active and the caps have room.
Providers take no idempotency token: where nobody knows whether the first attempt arrived, an `at_most_once` send
stays unknown and an `at_least_once` send is repeated.

What it costs: one read; one transaction, the claim; one call of the provider; one write of what came of it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sojourn.application.attempting import attempt
from sojourn.application.claiming import (
    BY,
    CLAIMED,
    claim,
    claimed_before,
    give_back,
    is_given_back,
    recent_sends,
    send_row,
    without,
    without_address,
)
from sojourn.application.heard import Heard, note
from sojourn.application.holding import hold, hold_busy, hold_for_provider, hold_for_room, tries
from sojourn.application.ports import Outgoing
from sojourn.application.resuming import resume
from sojourn.application.route import segments_reading
from sojourn.application.running import HELD, Running
from sojourn.application.task_input import State, TaskInput
from sojourn.application.view import known
from sojourn.domain.customer.rows import Send, changed
from sojourn.domain.decide.feedback import REPLIED
from sojourn.domain.decide.sending import STAGES, Allowed, Held, Stopped, may_send
from sojourn.domain.message.content import render
from sojourn.domain.message.problems import ContentError
from sojourn.domain.time.instants import iso
from sojourn.errors import Refused, RunEnded, SendHeld, Throttled, UnknownOutcome

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sojourn.application.ports import Engine
    from sojourn.domain.customer.rows import CustomerFile
    from sojourn.domain.message.content import CompiledMessage
    from sojourn.domain.message.rendering import Rendered

UNANSWERED = (300.0, 900.0, 2_700.0, 8_100.0, 21_600.0)
"""The pauses in seconds after which a provider that did not answer is asked again, where a message must arrive.

Nobody knows which of the attempts arrived, so they are few; after the last the send stays unknown.
"""
CONVERSATION = timedelta(hours=24)
"""So long after a customer wrote by WhatsApp they may be written to freely; else only approved templates may
(WhatsApp Business Platform, customer service windows)."""
OUTSIDE_WINDOW = "outside_window: the customer did not write by WhatsApp within 24 hours"


@dataclass(slots=True)
class _Tried:
    """Why no channel was used so far: the reason that came furthest in the policy's order counts."""

    reason: str = ""
    detail: str = ""
    channel: str = ""
    all: list[str] = field(default_factory=list)

    def passed_over(self, channel: str, stopped: Stopped) -> None:
        self.all.append(f"{channel}: {stopped.reason}" + (f" ({stopped.detail})" if stopped.detail else ""))
        if not self.reason or STAGES.index(stopped.reason) > STAGES.index(self.reason):
            self.reason, self.detail, self.channel = stopped.reason, stopped.detail, channel


def do_send(engine: Engine, payload: Mapping[str, Any]) -> State:
    """Send a step's message and return the run's new state.

    Raises:
        SendHeld: not now; the message is the instant until when.
        RunEnded, RunParked: this execution has nothing left to do.
        TransientError: try again.
    """
    task = TaskInput.of(payload)
    heard = Heard(engine.nonce())
    try:
        return attempt(engine, task.state["customer"], lambda file: _send(engine, task, file, heard), heard)
    except RunEnded:
        note(engine, task.state["customer"], heard)
        raise


def _send(engine: Engine, task: TaskInput, file: CustomerFile, heard: Heard) -> State:
    running, task, answered = resume(engine, task, file)
    if heard and answered is not None and CLAIMED not in answered:
        note(engine, task.state["customer"], heard)
    if answered is not None and HELD in answered:
        raise SendHeld(answered[HELD])
    if answered is not None and CLAIMED not in answered:
        return running.answer_again(task, dict(answered))
    if running.run.holdout:
        return _nothing_sent(running, task, _Tried("holdout"))
    config = task.do["send"]
    message = engine.contents.get(config["digest"])
    tried = _Tried()
    channels = list(config["via"] or message.channels)
    if answered is not None:
        # What came before was passed over then; were it asked again, the customer might get a second message.
        channels = channels[channels.index(answered[CLAIMED]) :]
    for channel in channels:
        claimed, may_be_out = _earlier(running, task, channel, answered or {}, heard)
        if claimed and (claimed.id in heard or (may_be_out and config["delivery"] == "at_most_once")):
            stopped = _settle(running, task, claimed, heard)
        else:
            if claimed and not may_be_out:
                claimed = give_back(running, claimed)
            recent = without(claimed, recent_sends(running))
            verdict = may_send(config, channel, running.profile, recent, engine.catalogue.policy, running.now)
            if isinstance(verdict, Held):
                hold(running, task, channel, verdict)
            stopped = (
                _try(running, task, message, channel, verdict.address, claimed, heard)
                if isinstance(verdict, Allowed)
                else verdict
            )
        if stopped is None:
            return _sent(running, task, channel, tried)
        tried.passed_over(channel, stopped)
    return _nothing_sent(running, task, tried)


def _earlier(
    running: Running, task: TaskInput, channel: str, answered: Mapping[str, Any], heard: Heard
) -> tuple[Send | None, bool]:
    """Return the claim of an earlier attempt, and whether its provider may have been called, which nobody knows."""
    if answered.get(CLAIMED) != channel:
        return None, False
    claimed = claimed_before(running, task, channel)
    if claimed is None:
        # The row has expired; that there was a claim is known all the same.
        return send_row(running, task, channel), True
    # Where the claim is this invocation's own, only the answer to its write was lost.
    return claimed, answered.get(BY) != heard.by and not is_given_back(claimed)


def _try(
    running: Running, task: TaskInput, message: CompiledMessage, channel: str, address: str, claimed: Send | None,
    heard: Heard,
) -> Stopped | None:  # fmt: skip
    """Render, ask for room, claim and hand over; return why not, None where the provider has it (or may have it).

    Args:
        claimed: the claim of an earlier attempt.
    """
    send = claimed or send_row(running, task, channel)
    unsubscribe = running.engine.links.unsubscribe(send)
    try:
        # Whatever can go wrong before the provider is called does so before the claim.
        hand_over = running.engine.senders[channel].send
        rendered = _rendered(running, task, message, channel, send, unsubscribe)
        if channel == "whatsapp" and "template" not in rendered.parts and not _in_conversation(running):
            return Stopped("refused", OUTSIDE_WINDOW)
        seconds = running.engine.pace.take(channel)
    except ContentError as error:
        return Stopped("content", str(error))
    except Exception:
        if running.change.send is not None:
            running.commit()  # what the provider of the channel before said
        raise
    if seconds > 0:
        hold_for_room(running, task, channel, seconds)
    send = claim(running, task, send, heard.by, claimed)
    outgoing = Outgoing(send, address, rendered, send.marketing, unsubscribe if send.marketing else "")
    try:
        heard[send.id] = hand_over(outgoing)
    except Exception as error:  # noqa: BLE001 - `_settle` raises it, once the claim is given back
        heard[send.id] = error
    return _settle(running, task, send, heard)


def _in_conversation(running: Running) -> bool:
    """Say whether the customer wrote by WhatsApp so lately that anything may be answered."""
    since = running.now - CONVERSATION
    replies = running.engine.customers.events(running.run.customer, REPLIED, since)
    return any(
        reply.properties.get("channel") == "whatsapp" and (reply.received or reply.at) > since
        for reply in replies
    )


def _settle(running: Running, task: TaskInput, send: Send, heard: Heard) -> Stopped | None:
    """Write down what became of a claimed send, as far as anybody knows."""
    answer = heard.get(send.id)
    if isinstance(answer, Throttled):
        give_back(running, send)
        hold_for_provider(running, task, send.channel, answer)
    if isinstance(answer, Refused):
        give_back(running, send)
        if answer.gone:
            _forget_address(running, send.channel, answer)
        return Stopped("refused", str(answer))
    if isinstance(answer, Exception) and not isinstance(answer, UnknownOutcome):
        # The task fails of it; repeated, or redriven once somebody has mended it, it sends the message.
        give_back(running, send)
        running.commit()
        del heard[send.id]
        raise answer
    if isinstance(answer, str):
        running.change.send = changed(send, status="sent", provider_id=answer)
    elif task.do["send"]["delivery"] == "at_least_once":
        pause = next(iter(UNANSWERED[tries(running, task) :]), None)
        if pause is not None:
            hold_busy(running, task, send.channel, f"provider: no answer: {answer}", pause, tried=1)
    return None


def _forget_address(running: Running, channel: str, refused: Refused) -> None:
    running.change.profile = without_address(running.profile, channel, refused)
    engine, customer = running.engine, running.run.customer
    # Segments that ask what channels reach the customer.
    if any("*" in rule.attributes for rule in engine.catalogue.segments):
        running.after.append(lambda: segments_reading(engine, customer, frozenset("*")))


def _rendered(
    running: Running, task: TaskInput, message: CompiledMessage, channel: str, send: Send, unsubscribe: str
) -> Rendered:
    policy, profile = running.engine.catalogue.policy, running.profile
    links = running.engine.links
    variables = {
        "customer": known(profile),
        "entry": running.run.entry,
        "steps": running.view(task.state).steps,
        "now": iso(running.now),
        "brand": policy.brand,
        "unsubscribe_url": unsubscribe,
        "preferences_url": links.preferences(send),
    }
    return render(
        message, channel, profile.locale or policy.locale, variables, lambda url: links.tracked(send, url)
    )


def _sent(running: Running, task: TaskInput, channel: str, tried: _Tried) -> State:
    send = running.change.send or send_row(running, task, channel)
    sure = running.change.send is not None or send.status == "sent"
    details = {"message": send.message, "channel": channel, "send": send.id}
    if tried.all:
        details["instead_of"] = "; ".join(tried.all)
    running.tell("sent", task.step, "" if sure else "unknown", **details)
    return running.onward(task, "", {"sent": True, "channel": channel})


def _nothing_sent(running: Running, task: TaskInput, tried: _Tried) -> State:
    config = task.do["send"]
    reason = tried.reason or "no_address"
    extra = {"detail": tried.detail} if tried.detail else {}
    where = {"channel": tried.channel} if tried.channel else {}
    running.tell("suppressed", task.step, reason, message=config["message"], **where, **extra)
    path = "otherwise" if "otherwise" in task.then["paths"] else ""
    return running.onward(task, path, {"sent": False, "reason": reason})
