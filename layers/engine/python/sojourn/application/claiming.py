"""Claims a send before its provider is called, counts it for the caps, and gives both back where it came to nothing.

A send's id is a pure function of (run, step, when the step was entered, channel). It is claimed by a write that
fails if it exists, together with the run's row, so that a repetition after a crash finds the claim, and whose it is.
A send that may be out keeps its id and its room in the caps however often it is repeated, whatever the visit: whoever
receives it twice can tell, and it does not stop itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sojourn.application.attempting import digest
from sojourn.application.holding import BUSY, CLAIMED, SEND, TRIES, times_busy, tries
from sojourn.application.paused import held_before
from sojourn.domain.customer.identity import address_key
from sojourn.domain.customer.rows import Send, changed
from sojourn.domain.decide.delivery import further, is_out
from sojourn.domain.decide.own_words import unreachable, without_device
from sojourn.domain.decide.reaching import ADDRESS

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from sojourn.application.heard import Heard
    from sojourn.application.running import Running
    from sojourn.application.task_input import TaskInput
    from sojourn.domain.customer.rows import Profile
    from sojourn.errors import Refused

BY = "@by"
"""What a run remembers of a send that is under way beside: which invocation claimed it."""
Recent = tuple[tuple["datetime", str, str], ...]

_GONE = {"bad_address": "bounce", "opted_out": "stop"}
"""Why a channel is suppressed from now on, by what its provider said; anything else in the provider's word."""


def send_row(running: Running, task: TaskInput, channel: str) -> Send:
    """Return this visit's send on a channel, as it is claimed."""
    run, config = running.run, task.do["send"]
    return Send(
        id=digest(run.id, task.step, task.entered_text, channel),
        customer=run.customer, run=run.id, journey=run.journey,
        version=run.version, step=task.step, message=config["message"], channel=channel, topic=config["topic"],
        marketing=config["kind"] == "marketing", at=running.now,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Earlier:
    """The claim of an earlier attempt at a send, or of an earlier visit after which it was held.

    Args:
        may_be_out: whether a provider may have it, or has it; then no other channel is tried.
    """

    send: Send
    may_be_out: bool


def claimed_before(
    running: Running, task: TaskInput, answered: Mapping[str, Any] | None, heard: Heard
) -> Earlier | None:
    """Return the claim of an earlier attempt, or of an earlier visit; None where there is none.

    Args:
        answered: what this visit came to so far.
    """
    known = answered if answered is not None else held_before(running, task)
    if CLAIMED not in known:
        return None
    row = send_row(running, task, known[CLAIMED])
    row = changed(row, id=known.get(SEND, row.id))
    send = running.engine.customers.send(running.run.customer, row.id, running.profile.merging)
    if send is None:
        # The row has expired; that there was a claim is known all the same.
        send, may_be_out = row, True
    elif is_given_back(send):
        may_be_out = False
    else:
        # Where the claim is this invocation's own, only the answer to its write was lost.
        may_be_out = is_out(send) or known.get(BY) != heard.by or send.id in heard.repeated
    if may_be_out:
        heard.repeated.add(send.id)
    # It may have been claimed for somebody who became this customer since.
    return Earlier(changed(send, customer=running.run.customer), may_be_out)


def claim(running: Running, task: TaskInput, send: Send, by: str, earlier: Send | None) -> Send:
    """Write that this send is ours, and that it counts for the caps, before the provider is called; return its row.

    Also where it was claimed before: what the policy said holds only if nobody wrote the customer since.

    Args:
        send: the row of the earlier claim, if there is one; in any case with where the message goes now.
        by: the invocation that is about to call the provider.
        earlier: the row of an earlier claim, which may have been given back.
    """
    counted = earlier is not None and not is_given_back(earlier)
    if earlier is None:
        running.change.claim = send
    else:
        running.change.send = send = send if counted else changed(send, at=running.now, status="claimed")
    known = {TRIES: tries(running, task), BUSY: times_busy(running, task)}
    mine = {CLAIMED: send.channel, SEND: send.id, BY: by}
    running.remember(task, {**mine, **known, "steps": task.state["steps"]})
    if send.marketing and not counted:
        since = running.now - running.engine.catalogue.policy.longest_cap
        kept = tuple(one for one in recent_sends(running) if one[0] > since)
        running.change.recent = (*kept, (send.at, send.channel, send.topic))
    running.commit()
    return send


def give_back(running: Running, send: Send) -> Send:
    """The provider has it not: give the claim up, and its room in the caps back; return the row as it is then."""
    running.change.send = row = changed(send, status="failed")
    if send.marketing and not is_given_back(send):
        running.change.recent = without(send, recent_sends(running))
    return row


def taken(send: Send, provider_id: str) -> Send:
    """Return the row of a message that its provider has taken; a receipt may have come first, and says more."""
    return changed(send, status=further(send.status, "sent"), provider_id=provider_id)


def is_given_back(send: Send) -> bool:
    """Say whether a send was claimed, and the claim given up again."""
    return send.status == "failed"


def recent_sends(running: Running) -> Recent:
    """Return the sends that count for the caps, this change included."""
    return running.file.recent if running.change.recent is None else running.change.recent


def without(send: Send | None, recent: Recent) -> Recent:
    """Take one send out, once: another of the same instant still counts."""
    if send is None or not send.marketing or (mine := (send.at, send.channel, send.topic)) not in recent:
        return recent
    place = recent.index(mine)
    return (*recent[:place], *recent[place + 1 :])


def without_address(profile: Profile, send: Send, refused: Refused, at: datetime) -> Profile:
    """Return a profile as it is once an address reaches nobody any more: it is not used again.

    The same profile comes back where the customer has another by now.
    """
    field = ADDRESS.get(send.channel)
    if field is None or (send.to and send.to != address_key(getattr(profile, field))):
        return profile
    if send.channel == "push":
        return without_device(profile)
    return unreachable(profile, send.channel, _GONE.get(refused.reason, refused.reason), at)
