"""Who may enter a journey, and how often."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from sojourn.domain.decide.assign import HOLDOUT, position

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sojourn.domain.compile.compiled import Entering
    from sojourn.domain.customer.rows import Profile, Run


MOST_HOPS = 25
"""So many journeys may lead from one to the next in quick succession: more of them go round in a circle."""
QUICK = timedelta(hours=1)
"""What a run sets off so soon after its own entry counts as one more; later it begins anew, as a weekly round does."""


MOST_RUNS = 1_000
"""So many runs of one journey a customer may be in at once, one for each key. All of them are read with each of the
customer's events, some half a kilobyte each, and whoever may tell an event makes up its key."""
MOST_ENDED = 1_000
"""So many runs of one journey that ended are kept for one customer, for the same reason: of more, those that ended
first are forgotten, and who comes with such a key again may enter again."""
AT_ONCE = 2
"""So many are forgotten with one entry, so that it has room in a transaction: by and by it comes to the bound."""


LONGEST_KEY = 900
"""Bytes of a run's key, with `#` and `%` as three: so much room a row's key has beside a journey's name."""


def why_no_key(value: object) -> str:
    """Return why a value is no key of a run, "" where it is one: a text or a number, and not too long a one.

    Whoever may tell events makes keys up, and a key that is not stored would keep all else that its event does from
    being stored.
    """
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return f"is {_KINDS.get(type(value), 'no text')}; a text or a number is wanted"
    text = str(value)
    if not text:
        return "is empty"
    # Each of its characters may come to four bytes.
    if len(text) * 4 > LONGEST_KEY and _bytes_of_key(text) > LONGEST_KEY:
        return f"is longer than {LONGEST_KEY} bytes"
    return ""


_KINDS = {bool: "true or false", list: "a list", tuple: "a list", dict: "an object"}


def _bytes_of_key(text: str) -> int:
    return len(text.encode("utf-8", "surrogatepass")) + 2 * (text.count("#") + text.count("%"))


def hops_after(run: Run, now: datetime) -> int:
    """Return how many journeys in quick succession lead to what a run sets off now."""
    return run.hops + 1 if now < run.entered + QUICK else 1


def why_too_many(hops: int) -> str:
    """Return why nobody enters any more after so many journeys in quick succession, "" where they may."""
    if hops <= MOST_HOPS:
        return ""
    return f"a circle: {MOST_HOPS} journeys led from one to the next, each within an hour"


def is_kept(run: Run, now: datetime) -> bool:
    """Say whether a run is one that ended and is still asked about."""
    return not run.active and (run.needed_until is None or run.needed_until > now)


def forgotten(ended: Sequence[Run]) -> list[Run]:
    """Return which of the runs of one journey that ended are forgotten when one more is entered: a few at a time."""
    spare = len(ended) - MOST_ENDED + 1
    if spare <= 0:
        return []
    return sorted(ended, key=lambda run: (run.ended or run.entered, run.id))[: min(spare, AT_ONCE)]


def why_not_enter(enter: Entering, last: Run | None, now: datetime, running: int = 0) -> str:
    """Return why a customer may not enter (again), "" where they may.

    Args:
        last: the run that has the same key now, or had it last.
        running: how many runs of theirs in the journey go on, under any key.

    Returns:
        `already_running`, `again: never`, `again: after ...`, `again: unless goal` or `too_many_runs`.
    """
    why = "" if last is None else _why_not_again(enter, last, now)
    return why or ("too_many_runs" if running >= MOST_RUNS else "")


def _why_not_again(enter: Entering, last: Run, now: datetime) -> str:
    if last.active:
        return "already_running"
    if enter.again == "always" or (enter.again == "unless goal" and not last.goal_reached):
        return ""
    if enter.again == "after":
        if now >= last.entered + timedelta(seconds=enter.again_seconds):
            return ""
        days = enter.again_seconds / 86_400
        return (
            f"again: after {days:g} days"
            if days >= 1
            else f"again: after {enter.again_seconds / 3600:g} hours"
        )
    return f"again: {enter.again}"


def in_holdout(journey: str, profile: Profile, percent: float, salt: str) -> bool:
    """Say whether a customer belongs to a journey's holdout: always the same answer."""
    if percent <= 0:
        return False
    if profile.holdout is not None:
        return profile.holdout
    return position(journey, HOLDOUT, profile.id, salt) < percent
