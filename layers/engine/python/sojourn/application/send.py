"""Sends a message: the whole policy at the moment of sending, one claim before the provider is called.

It is claimed (`claiming`) in the same transaction that asks whether the run is still active and the caps have room.
Providers take no idempotency token: where nobody knows whether the first attempt arrived, an `at_most_once` send
stays unknown and an `at_least_once` send is repeated.

What it costs: one read; a transaction, the claim; one call of the provider; a transaction of what came of it. Where the
channel has a rate, a write before that (docs/decisions/0026).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sojourn.application.attempting import attempt
from sojourn.application.claiming import (
    claim,
    claimed_before,
    give_back,
    recent_sends,
    send_row,
    taken,
    without,
    without_address,
)
from sojourn.application.composing import composed, unsubscribe_link
from sojourn.application.heard import Heard, note
from sojourn.application.holding import (
    CLAIMED,
    hold,
    hold_busy,
    hold_for_provider,
    hold_for_room,
    tries,
)
from sojourn.application.paused import REASON, held_before, is_dropped, stop_send
from sojourn.application.ports import Outgoing
from sojourn.application.resuming import resume
from sojourn.application.running import HELD, Running
from sojourn.application.task_input import State, TaskInput
from sojourn.domain.customer.identity import address_key
from sojourn.domain.customer.rows import Send, changed
from sojourn.domain.decide.delivery import is_out
from sojourn.domain.decide.feedback import REPLIED, channel_of, went_out
from sojourn.domain.decide.hearsay import is_hearsay
from sojourn.domain.decide.reaching import ADDRESS
from sojourn.domain.decide.sending import STAGES, Allowed, Held, Stopped, may_send
from sojourn.domain.message.problems import ContentError
from sojourn.errors import Refused, RunEnded, SendHeld, Throttled, UnknownOutcome

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sojourn.application.claiming import Earlier
    from sojourn.application.ports import Engine
    from sojourn.domain.customer.rows import CustomerFile
    from sojourn.domain.message.compiled import CompiledMessage

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
        self.all.append(f"{channel}: {stopped.in_words}")
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
    if answered is not None and (HELD in answered or CLAIMED not in answered):
        if heard:
            note(engine, task.state["customer"], heard)
        if HELD in answered:
            raise SendHeld(answered[HELD])
        return running.answer_again(task, dict(answered))
    if running.run.holdout:
        return _nothing_sent(running, task, _Tried("holdout"))
    config = task.do["send"]
    message = engine.contents.get(config["digest"])
    tried = _Tried()
    channels = list(config["via"] or message.channels)
    claimed = claimed_before(running, task, answered, heard)
    may_be_out = claimed is not None and claimed.may_be_out
    if not heard and not (may_be_out and config["delivery"] == "at_most_once"):
        stop_send(running, task)
        if not may_be_out and is_dropped(task, held_before(running, task)):
            return _nothing_sent(running, task, _Tried(REASON))
    if claimed is not None:
        # What came before was passed over then; were it asked again, the customer might get a second message.
        channels = channels[channels.index(claimed.send.channel) :]
    for channel in channels:
        mine = claimed if claimed is not None and claimed.send.channel == channel else None
        came = _on_channel(running, task, message, channel, mine, heard)
        if isinstance(came, Send):
            return _sent(running, task, came, tried)
        if mine is not None and mine.may_be_out:
            # Neither another channel nor a word that nothing was sent: the provider may have it from before.
            return _sent(running, task, mine.send, tried, came)
        tried.passed_over(channel, came)
    return _nothing_sent(running, task, tried)


def _on_channel(
    running: Running, task: TaskInput, message: CompiledMessage, channel: str, mine: Earlier | None, heard: Heard
) -> Send | Stopped:  # fmt: skip
    """Send on one channel; return the send where the provider has it (or may have it), else why not.

    Args:
        mine: the claim of an earlier attempt on this channel.
    """
    config, send = task.do["send"], mine.send if mine is not None else None
    may_be_out = mine is not None and mine.may_be_out
    once = may_be_out and config["delivery"] == "at_most_once"
    if send is not None and (send.id in heard or is_out(send) or once):
        return _settle(running, task, send, heard)
    if send is not None and not may_be_out:
        send = give_back(running, send)
    recent = without(send, recent_sends(running))
    policy = running.engine.catalogue.policy
    verdict = may_send(config, channel, running.profile, recent, policy, running.now)
    if isinstance(verdict, Held):
        hold(running, task, channel, verdict, out=send if may_be_out else None)
    if isinstance(verdict, Allowed):
        return _try(running, task, message, channel, verdict.address, send, heard)
    return verdict


def _try(
    running: Running, task: TaskInput, message: CompiledMessage, channel: str, address: str, claimed: Send | None,
    heard: Heard,
) -> Send | Stopped:  # fmt: skip
    """Render, ask for room, claim and hand over; return as `_on_channel` does.

    Args:
        claimed: the claim of an earlier attempt.
    """
    heard_of = is_hearsay(running.profile, ADDRESS.get(channel, ""))
    send = changed(claimed or send_row(running, task, channel), to=address_key(address), heard=heard_of)
    unsubscribe = unsubscribe_link(running, send)
    try:
        # Whatever can go wrong before the provider is called does so before the claim.
        hand_over = running.engine.senders[channel].send
        rendered = composed(running, task, message, send, unsubscribe)
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
        hold_for_room(running, task, channel, seconds, send if send.id in heard.repeated else None)
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
    replies = running.engine.customers.events(running.run.customer, REPLIED, since, running.profile.merging)
    return any(channel_of(reply) == "whatsapp" and (reply.received or reply.at) > since for reply in replies)


def _settle(running: Running, task: TaskInput, send: Send, heard: Heard) -> Send | Stopped:
    """Write down what became of a claimed send, as far as anybody knows; return as `_on_channel` does.

    A claim that may be out since an attempt before is not given back, whatever this one came to.
    """
    answer = heard.get(send.id)
    if is_out(send) and not isinstance(answer, str):
        # A receipt came first: whatever was answered, or not, the provider has it.
        return send
    out = send if send.id in heard.repeated else None
    if isinstance(answer, Exception) and not isinstance(answer, UnknownOutcome) and out is None:
        give_back(running, send)
    if isinstance(answer, Throttled):
        hold_for_provider(running, task, send.channel, answer, out)
    if isinstance(answer, Refused):
        if answer.gone:
            _forget_address(running, send, answer)
        return Stopped("refused", str(answer))
    if isinstance(answer, Exception) and not isinstance(answer, UnknownOutcome):
        # The task fails of it; repeated, or redriven once somebody has mended it, it sends the message.
        running.commit()
        del heard[send.id]
        raise answer
    if isinstance(answer, str):
        running.change.send = send = taken(send, answer)
        running.change.profile = went_out(running.profile, send, running.now)
    elif task.do["send"]["delivery"] == "at_least_once":
        pause = next(iter(UNANSWERED[tries(running, task) :]), None)
        if pause is not None:
            why = f"provider: no answer: {answer}"
            hold_busy(running, task, send.channel, why, pause, tried=1, out=send)
    return send


def _forget_address(running: Running, send: Send, refused: Refused) -> None:
    running.change.profile = without_address(running.profile, send, refused, running.now)
    engine, customer = running.engine, running.run.customer
    # Segments that ask what channels reach the customer.
    if any("*" in rule.attributes for rule in engine.catalogue.segments):
        # Imported here, as addresses are seldom forgotten: routing is as much again as sending is.
        from sojourn.application.route import segments_reading

        running.after.append(lambda: segments_reading(engine, customer, frozenset("*")))


def _sent(
    running: Running, task: TaskInput, send: Send, tried: _Tried, stopped: Stopped | None = None
) -> State:
    """Tell that a message was sent, as far as anybody knows.

    Args:
        stopped: why a message that may be out was not sent again.
    """
    details = {"message": send.message, "channel": send.channel, "send": send.id}
    if tried.all:
        details["instead_of"] = "; ".join(tried.all)
    if stopped is not None:
        details["detail"] = f"not sent again: {stopped.in_words}"
    running.tell("sent", task.step, "" if is_out(send) else "unknown", **details)
    return running.onward(task, "", {"sent": True, "channel": send.channel})


def _nothing_sent(running: Running, task: TaskInput, tried: _Tried) -> State:
    config = task.do["send"]
    reason = tried.reason or "no_address"
    extra = {"detail": tried.detail} if tried.detail else {}
    where = {"channel": tried.channel} if tried.channel else {}
    running.tell("suppressed", task.step, reason, message=config["message"], **where, **extra)
    path = "otherwise" if "otherwise" in task.then["paths"] else ""
    return running.onward(task, path, {"sent": False, "reason": reason})
