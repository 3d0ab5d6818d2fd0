"""Retry and Catch: what a state that failed does next."""

from __future__ import annotations

from math import log

from sojourn.local.states.errors import StateError, matches
from sojourn.local.states.fields import LONGEST_SECONDS
from sojourn.local.states.model import Catcher, Retrier, Working
from sojourn.local.states.runs import Frame

_LOG_OF_LONGEST = log(LONGEST_SECONDS)


def next_attempt(frame: Frame, state: Working, error: StateError) -> float | None:
    """Return after how many seconds the state is tried again, and count that; None where it is not.

    The first retrier that names the error decides, even where its attempts are used up.
    """
    for index, retrier in enumerate(state.retriers):
        if not matches(retrier.names, error.error):
            continue
        if frame.attempts is None:
            frame.attempts = [0] * len(state.retriers)
        tried = frame.attempts[index]
        if tried >= retrier.attempts:
            return None
        frame.attempts[index] = tried + 1
        return _pause(retrier, tried, frame)
    return None


def catcher_of(state: Working, error: StateError) -> Catcher | None:
    """Return the first catcher that names the error."""
    return next((catcher for catcher in state.catchers if matches(catcher.names, error.error)), None)


def _pause(retrier: Retrier, tried: int, frame: Frame) -> float:
    # In logarithms first: the power of a large rate may be beyond what a float can hold.
    far = log(retrier.interval) + tried * log(retrier.rate) > _LOG_OF_LONGEST
    seconds = LONGEST_SECONDS if far else retrier.interval * retrier.rate**tried
    if retrier.longest is not None:
        seconds = min(seconds, retrier.longest)
    return frame.chance().uniform(0, seconds) if retrier.jitter else seconds
