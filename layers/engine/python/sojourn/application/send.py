"""Sends a message: the whole policy at the moment of sending, one claim before the provider is called.

A send's id is a pure function of (run, step, when the step was entered, channel). It is claimed by a write that
fails if it exists, in the same transaction that asks whether the run is still active and the caps have room; so a
repetition after a crash finds the claim. Providers take no idempotency token: where nobody knows whether the
first attempt arrived, an `at_most_once` send stays unknown and an `at_least_once` send is repeated.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sojourn.application.ports import Outgoing
from sojourn.application.running import Running, attempt, digest, resume
from sojourn.application.task_input import State, TaskInput
from sojourn.application.view import known
from sojourn.domain.customer.rows import Change, Send, changed
from sojourn.domain.decide.sending import STAGES, Allowed, Held, Stopped, may_send
from sojourn.domain.message.content import render
from sojourn.domain.message.problems import ContentError
from sojourn.domain.time.instants import iso
from sojourn.errors import Refused, RunEnded, SendHeld, Throttled, UnknownOutcome

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from sojourn.application.ports import Engine
    from sojourn.domain.customer.rows import CustomerFile
    from sojourn.domain.message.content import CompiledMessage
    from sojourn.domain.message.rendering import Rendered

CLAIMED, HELD, TRIES = "@claimed", "@held", "@tries"
"""What a run remembers of a send that is under way: the channel it is claimed on; until when it is held."""
Heard = dict[str, "str | Throttled | Refused | UnknownOutcome"]
"""What providers said, by send: it holds, though somebody wrote the customer before it could be written down."""
Recent = tuple[tuple["datetime", str, str], ...]


UNANSWERED = (300.0, 900.0, 2_700.0, 8_100.0, 21_600.0)
"""The pauses in seconds after which a provider that did not answer is asked again, where a message must arrive.

Nobody knows which of the attempts arrived, so they are few; after the last the send stays unknown.
"""


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
    heard: Heard = {}
    try:
        return attempt(engine, task.state["customer"], lambda file: _send(engine, task, file, heard))
    except RunEnded:
        _note(engine, task.state["customer"], heard)
        raise


def _note(engine: Engine, customer: str, heard: Heard) -> None:
    """The run ended while the provider was asked: nothing more is told of it, but the sends' rows say what came."""
    for send_id, answer in heard.items():
        send = engine.customers.send(customer, send_id)
        if send is None or isinstance(answer, UnknownOutcome):
            continue
        provider_id = answer if isinstance(answer, str) else ""
        row = changed(send, status="sent" if provider_id else "failed", provider_id=provider_id)
        attempt(engine, customer, lambda file, row=row: engine.customers.commit(file, Change(send=row)))  # type: ignore[misc]


def _send(engine: Engine, task: TaskInput, file: CustomerFile, heard: Heard) -> State:
    running, answered = resume(engine, task, file)
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
        claimed = _claimed(running, task, channel) if answered and answered[CLAIMED] == channel else None
        if claimed is not None and (claimed.id in heard or config["delivery"] == "at_most_once"):
            stopped = _settle(running, task, claimed, heard)
        else:
            recent = _without(claimed, _recent(running))
            verdict = may_send(config, channel, running.profile, recent, engine.catalogue.policy, running.now)
            if isinstance(verdict, Held):
                return _hold(running, task, channel, verdict)
            stopped = (
                _try(running, task, message, channel, verdict.address, claimed, heard)
                if isinstance(verdict, Allowed)
                else verdict
            )
        if stopped is None:
            return _sent(running, task, channel, tried)
        tried.passed_over(channel, stopped)
    return _nothing_sent(running, task, tried)


def _claimed(running: Running, task: TaskInput, channel: str) -> Send | None:
    return running.engine.customers.send(running.run.customer, _send_row(running, task, channel).id)


def _try(
    running: Running, task: TaskInput, message: CompiledMessage, channel: str, address: str, claimed: Send | None,
    heard: Heard,
) -> Stopped | None:  # fmt: skip
    """Render, claim and hand over; return why not, None where the provider has it (or may have it).

    Args:
        claimed: the claim of an earlier attempt of which nobody knows what came.
    """
    send = claimed or _send_row(running, task, channel)
    try:
        rendered = _rendered(running, task, message, channel, send)
    except ContentError as error:
        return Stopped("content", str(error))
    if claimed is None:
        _claim(running, task, send)
    try:
        outgoing = Outgoing(send, address, rendered, send.marketing)
        heard[send.id] = running.engine.senders[channel].send(outgoing)
    except (Throttled, Refused, UnknownOutcome) as error:
        heard[send.id] = error
    return _settle(running, task, send, heard)


def _settle(running: Running, task: TaskInput, send: Send, heard: Heard) -> Stopped | None:
    """Write down what became of a claimed send, as far as anybody knows."""
    answer = heard.get(send.id)
    if isinstance(answer, Throttled):
        _not_taken(running, send)
        return _hold_busy(running, task, send.channel, answer)
    if isinstance(answer, Refused):
        _not_taken(running, send)
        return Stopped("refused", str(answer))
    if isinstance(answer, str):
        running.change.send = changed(send, status="sent", provider_id=answer)
    elif task.do["send"]["delivery"] == "at_least_once":
        pause = next(iter(UNANSWERED[_tries(running, task) :]), None)
        if pause is not None:
            return _hold_busy(
                running, task, send.channel, Throttled(f"no answer: {answer}", pause), tried=True
            )
    return None


def _send_row(running: Running, task: TaskInput, channel: str) -> Send:
    run, config = running.run, task.do["send"]
    return Send(
        id=digest(run.id, task.step, task.entered_text, channel),
        customer=run.customer, run=run.id, journey=run.journey,
        version=run.version, step=task.step, message=config["message"], channel=channel, topic=config["topic"],
        marketing=config["kind"] == "marketing", at=running.now,
    )  # fmt: skip


def _claim(running: Running, task: TaskInput, send: Send) -> None:
    """Write that this send is ours, and that it counts for the caps, before the provider is called."""
    running.change.claim = send
    running.remember(
        task, {CLAIMED: send.channel, TRIES: _tries(running, task), "steps": task.state["steps"]}
    )
    if send.marketing:
        running.change.recent = _counted(running, send)
    running.commit()


def _not_taken(running: Running, send: Send) -> None:
    """The provider has it not: the claim is given up, and its room in the caps given back."""
    running.change.send = changed(send, status="failed")
    if send.marketing:
        running.change.recent = _without(send, _recent(running))


def _counted(running: Running, send: Send) -> tuple[tuple[datetime, str, str], ...]:
    since = running.now - running.engine.catalogue.policy.longest_cap
    kept = tuple(one for one in _recent(running) if one[0] > since)
    return (*kept, (send.at, send.channel, send.topic))


def _recent(running: Running) -> Recent:
    """The sends that count for the caps, this change included."""
    return running.file.recent if running.change.recent is None else running.change.recent


def _without(send: Send | None, recent: Recent) -> Recent:
    """Take one send out, once: another of the same instant still counts."""
    if send is None or not send.marketing or (mine := (send.at, send.channel, send.topic)) not in recent:
        return recent
    place = recent.index(mine)
    return (*recent[:place], *recent[place + 1 :])


def _rendered(
    running: Running, task: TaskInput, message: CompiledMessage, channel: str, send: Send
) -> Rendered:
    policy, profile = running.engine.catalogue.policy, running.profile
    links = running.engine.links
    variables = {
        "customer": known(profile),
        "entry": running.run.entry,
        "steps": running.view(task.state).steps,
        "now": iso(running.now),
        "brand": policy.brand,
        "unsubscribe_url": links.unsubscribe(send),
        "preferences_url": links.preferences(send),
    }
    return render(
        message, channel, profile.locale or policy.locale, variables, lambda url: links.tracked(send, url)
    )


def _tries(running: Running, task: TaskInput) -> int:
    """How often a provider did not answer this very send before."""
    last = running.run.last.get(task.lane)
    return int(last[2].get(TRIES, 0)) if last is not None and last[0] == task.step else 0


def _hold(running: Running, task: TaskInput, channel: str, held: Held, *, tried: bool = False) -> State:
    config = task.do["send"]
    tries = _tries(running, task) + tried
    running.tell("held", task.step, held.detail, message=config["message"], channel=channel, until=held.until)
    running.remember(task, {HELD: iso(held.until), TRIES: tries, "steps": task.state["steps"]})
    running.commit()
    raise SendHeld(iso(held.until))


def _hold_busy(
    running: Running, task: TaskInput, channel: str, busy: Throttled, *, tried: bool = False
) -> Stopped:
    """The provider asks for patience: come again later."""
    until = running.now + timedelta(seconds=max(1.0, busy.seconds))
    _hold(running, task, channel, Held(until, f"provider: {busy}"), tried=tried)
    raise AssertionError


def _sent(running: Running, task: TaskInput, channel: str, tried: _Tried) -> State:
    send = running.change.send or _send_row(running, task, channel)
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
