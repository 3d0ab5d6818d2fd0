"""Parallel and Map states: the frames that they consist of."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from sojourn.local.states.errors import RUNTIME, StateError
from sojourn.local.states.limits import measured, within
from sojourn.local.states.model import Map, Parallel
from sojourn.local.states.payload import to_json
from sojourn.local.states.runs import Frame, Group


def forked(frame: Frame, state: Parallel | Map) -> tuple[Group, int]:
    """Return the group of a frame's branches or iterations, and how many of them start at once.

    Raises:
        StateError: where the state's fields do not fit its data.
    """
    value = state.effective(frame.value, frame)
    bound = within(frame.size, state.effective_growth, value, state.name)
    if isinstance(state, Parallel):
        children = [
            Frame(frame.execution, branch, value, bound, frame, index)
            for index, branch in enumerate(state.branches)
        ]
        return Group(len(children), iter(children)), len(children)
    items = state.items(value, frame)
    if not isinstance(items, list):
        raise StateError(RUNTIME, f"The items of a Map state must be an array: {to_json(items)} is not")
    at_once = 0 if state.at_once is None else state.at_once(value, frame)
    return Group(len(items), _iterations(frame, state, value, items, bound)), at_once or len(items)


def _iterations(frame: Frame, state: Map, value: Any, items: list[Any], bound: float) -> Iterator[Frame]:
    """Yield a frame for each item; its data is only made when it starts."""
    for index, item in enumerate(items):
        child = Frame(frame.execution, state, item, bound, frame, index, (index, item))
        if state.selector is not None:
            # Filled in at the Map state, whose name and time `$$.State` shows, and only then moved on.
            child.entered = frame.entered
            child.value = state.selector(value, child)
            child.size = measured(child.value, state.name)
        child.state = state.processor
        # MapIterationStarted and MapIterationSucceeded.
        frame.execution.events += 2
        yield child


def abandon(group: Group, close: Callable[[Frame], None]) -> None:
    """Close all frames of a group, and those inside of them."""
    left = list(group.frames)
    while left:
        frame = left.pop()
        close(frame)
        if frame.group is not None:
            left.extend(frame.group.frames)
            frame.group = None
