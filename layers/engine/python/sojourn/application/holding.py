"""Puts a send off: until quiet hours end, until there is room, or until its provider is there again.

Nothing is claimed while a send is held, but for one that may be out: it stays claimed, and the next visit repeats that
very send on its channel. The task ends in `SendHeld`; the state machine waits, and comes to the step again, which is
another visit of it: the whole policy is asked anew.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, NoReturn

from sojourn.application.running import HELD
from sojourn.domain.decide.sending import Held
from sojourn.domain.time.instants import iso
from sojourn.errors import SendHeld

if TYPE_CHECKING:
    from sojourn.application.running import Running
    from sojourn.application.task_input import TaskInput
    from sojourn.domain.customer.rows import Send
    from sojourn.errors import Throttled

TRIES, PACED, BUSY = "@tries", "@paced", "@busy"
"""What a run remembers of a send beside: how often its provider did not answer; how often in a row there was no room,
and its provider was busy."""
CLAIMED, SEND = "@claimed", "@send"
"""What a run remembers of a send that is under way, or that may be out: the channel it is claimed on, and its id."""
LONGEST_PACED = {True: 900.0, False: 60.0}
"""The longest pause in seconds that grows before room, or a busy provider, is asked again: a campaign can wait longer
than a receipt. Each time costs three transitions and nine events of a history that holds 25,000."""
SOON = 60
"""So many times in a row, about an hour and a half, a receipt is tried at the pace of one; after that as a campaign is,
for weeks: at its own pace it would use up the history within three days."""


def hold(
    running: Running,
    task: TaskInput,
    channel: str,
    held: Held,
    *,
    out: Send | None = None,
    tried: int = 0,
    paced: int = 0,
    busy: int = 0,
) -> NoReturn:
    """Write that the send is put off, and end the task so.

    Args:
        out: the claim of it that may be out.
        tried, paced, busy: what this time adds to what is remembered of the send.

    Raises:
        SendHeld: always.
    """
    config = task.do["send"]
    until = held.until + held.spread * running.engine.dice()
    known = {
        TRIES: tries(running, task) + tried,
        PACED: paced and _remembered(running, task, PACED) + paced,
        BUSY: (paced or busy) and times_busy(running, task) + busy,
    }
    running.tell("held", task.step, held.detail, message=config["message"], channel=channel, until=until)
    claimed = {CLAIMED: out.channel, SEND: out.id} if out is not None else {}
    running.remember(task, {HELD: iso(until), **claimed, **known, "steps": task.state["steps"]})
    running.commit()
    raise SendHeld(iso(until))


def hold_busy(
    running: Running, task: TaskInput, channel: str, why: str, seconds: float, **known: Any
) -> NoReturn:
    """Come again after so many seconds, or up to twice as many: those who are put off together come apart.

    Raises:
        SendHeld: always.
    """
    pause = max(1.0, seconds) * (1 + running.engine.dice())
    hold(running, task, channel, Held(running.now + timedelta(seconds=pause), why), **known)


def hold_for_room(
    running: Running, task: TaskInput, channel: str, seconds: float, out: Send | None = None
) -> NoReturn:
    """There is no room for the message now; each time in a row the pause is twice as long.

    A thousand sends at fourteen a second come back over a minute, not all within the first second.

    Args:
        seconds: after which there may be room.
        out: the claim of it that may be out.

    Raises:
        SendHeld: always.
    """
    times = _remembered(running, task, PACED)
    why = "pace: no room for more messages a second"
    hold_busy(running, task, channel, why, max(seconds, _growing(task, times)), paced=1, out=out)


def hold_for_provider(
    running: Running, task: TaskInput, channel: str, busy: Throttled, out: Send | None = None
) -> NoReturn:
    """The provider has not taken the message; each time in a row the pause is twice as long.

    A provider that is busy for hours does not use up the execution's history so.

    Args:
        out: the claim of it that may be out since an attempt before.

    Raises:
        SendHeld: always.
    """
    seconds = max(busy.seconds, _growing(task, times_busy(running, task)))
    hold_busy(running, task, channel, f"provider: {busy}", seconds, busy=1, out=out)


def _growing(task: TaskInput, times: int) -> float:
    longest = LONGEST_PACED[task.do["send"]["kind"] == "marketing" or times >= SOON]
    return min(longest, 2.0 ** min(16, times))


def tries(running: Running, task: TaskInput) -> int:
    """Return how often a provider did not answer this very send before."""
    return _remembered(running, task, TRIES)


def times_busy(running: Running, task: TaskInput) -> int:
    """Return how often in a row the provider was busy when it was handed this send."""
    return _remembered(running, task, BUSY)


def _remembered(running: Running, task: TaskInput, what: str) -> int:
    last = running.run.last.get(task.lane)
    return int(last[2].get(what, 0)) if last is not None and last[0] == task.step else 0
