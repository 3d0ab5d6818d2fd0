"""The hot path: going through states that only compute, in one loop."""

from __future__ import annotations

from sojourn.local.states.errors import RUNTIME, StateError
from sojourn.local.states.evaluation import input_itself
from sojourn.local.states.limits import measured
from sojourn.local.states.model import Choice, Fail, State, Wait, Working
from sojourn.local.states.observing import Observer
from sojourn.local.states.payload import LIMIT
from sojourn.local.states.runs import Frame


def compute(frame: Frame, observer: Observer | None, most_events: int) -> StateError | None:
    """Carry a frame on to the first state that waits, works or fails, or to its end (then it is `done`).

    Counts are kept in local variables and written back at the end: attributes cost as much as the states do.

    Args:
        frame: stands before `frame.state`, with `frame.value` as that state's input.
        observer: told of every state, if there is one.
        most_events: the most events that the execution's history may have before its last.

    Returns:
        The error of the state that the frame then stands at, where that state failed.
    """
    execution = frame.execution
    state, value, bound = frame.state, frame.value, frame.size
    entered, events = 0, execution.events
    following: State | None = state
    failure: StateError | None = None
    try:
        while following is not None:
            frame.state = state = following
            entered += 1
            events += state.events
            if events > most_events:
                failure = _history_full(most_events + 1)
                break
            if observer is not None:
                observer.entered(execution, state.name, value)
            if type(state) is Choice:
                if state.inward is not input_itself:
                    value = state.inward(value, frame)
                following = state.pick(value, frame)
            elif isinstance(state, Wait | Fail | Working):
                break
            else:
                following = state.next
            if state.work is not None:
                value = state.work(value, frame)
                fixed, copies = state.growth
                bound = bound * copies + fixed
                if bound > LIMIT:
                    bound = measured(value, state.name)
            if observer is not None:
                observer.left(execution, state.name, value)
    except StateError as error:
        failure = error
    execution.transitions += entered
    execution.events = events
    frame.value, frame.size = value, bound
    frame.done = following is None
    return failure


def _history_full(limit: int) -> StateError:
    return StateError(RUNTIME, f"The execution reached the maximum number of history events ({limit}).")
