"""A variant of a journey's machine that can begin at any step: where a run goes on whose execution was ended.

The usual machine begins at the first step, so that nobody pays for a transition more; this one begins with a Choice
(docs/decisions/0010). Journeys that may outlast an execution have it anyway.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sojourn.domain.compile import names, states

_BEGINNINGS = frozenset(("Task", "Wait", "Parallel"))


def beginning_anywhere(definition: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return a machine of the same states that begins at the one its input names as `next`.

    Args:
        definition: a compiled machine, with or without placeholders.

    Returns:
        The very same definition, where it can begin anywhere already.
    """
    start, made = definition["StartAt"], definition["States"]
    first = {way["StringEquals"]: way["Next"] for way in made[start].get("Choices", ())}
    missing = [name for name in _resumable(definition) if name not in first]
    if not missing:
        return definition
    which = names.which_way(names.START)
    begin = states.choice([*first, *missing], "where a run begins, or goes on")
    for way in begin["Choices"]:
        way["Next"] = first.get(way["StringEquals"], way["Next"])
    # A Choice at the beginning, which only a journey's entry came to, would be a state that nothing leads to.
    over = {which} if not first or _is_led_to(start, made) else {which, start}
    others = {name: state for name, state in made.items() if name not in over}
    return {**definition, "StartAt": which, "States": {which: begin, **others}}


def _is_led_to(name: str, made: Mapping[str, Mapping[str, Any]]) -> bool:
    return any(
        name in (way.get("Next") for way in (state, *state.get("Choices", ()), *state.get("Catch", ())))
        for state in made.values()
    )


def _resumable(definition: Mapping[str, Any]) -> list[str]:
    """Return the states at which a run may go on: all but what belongs to another state, and ends."""
    held = {part for name in definition["States"] for part in (names.held(name), names.until(name))}
    return [
        name
        for name, state in definition["States"].items()
        if state["Type"] in _BEGINNINGS and name not in held
    ]
