"""What Pinpoint's model allows in an activity and Pinpoint does not: numbers, times and words that cannot be."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING, Any

from sojourn.pinpoint.conditions import OPERATORS
from sojourn.pinpoint.times import TimeFault, wait

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sojourn.pinpoint.reading import Json


def near(word: str, known: dict[str, Any]) -> str:
    """Return the help for an activity that does not exist: the one that is called most alike."""
    found = difflib.get_close_matches(word, list(known), n=1, cutoff=0.6)
    return f'did you mean "{found[0]}"?' if found else f"the activities are: {', '.join(list(known)[:12])}"


def mistakes(kind: str, settings: Json, given: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield what is wrong with an activity, each with what to do about it.

    Args:
        given: the journey's activities by id.
    """
    if kind == "RandomSplit":
        shares = [one.get("Percentage", 0) for one in settings.get("Branches", [])]
        if not shares or sum(shares) != 100 or min(shares) < 0:
            yield (
                f"its percentages are {', '.join(map(str, shares)) or 'none'}, not 100 in all",
                "make them sum to 100",
            )
    if kind == "Holdout" and not 0 <= settings["Percentage"] <= 100:
        yield f"{settings['Percentage']} % cannot be held out", "write 0 to 100"
    if kind == "MultiCondition" and not settings.get("Branches"):
        yield "it has no `Branches`", "add them, or let the activity before it go on with the next"
    for key in ("WaitTime", "EvaluationWaitTime"):
        if key in settings or (key == "WaitTime" and kind == "Wait"):
            try:
                wait(settings.get(key, {}))
            except TimeFault as fault:
                yield f"{key}: {fault}", fault.repair
    for simple in simple_conditions(kind, settings):
        for metric in _metrics(simple):
            operator = metric["ComparisonOperator"]
            if operator not in OPERATORS:
                found = difflib.get_close_matches(operator.upper(), OPERATORS, n=1)
                yield (f'ComparisonOperator: "{operator}" is none of {", ".join(OPERATORS)}',
                       f'write "{(found or list(OPERATORS))[0]}"')  # fmt: skip
        message = simple.get("EventCondition", {}).get("MessageActivity")
        if message is not None and message not in given:
            yield f'MessageActivity: there is no activity "{message}"', near(message, given)


def simple_conditions(kind: str, settings: Json) -> list[Json]:
    """Return the conditions of a split, in their order; a branch without one has an empty one."""
    if kind == "ConditionalSplit":
        found: list[Json] = settings.get("Condition", {}).get("Conditions", [])
        return found
    if kind == "MultiCondition":
        return [one.get("Condition", {}) for one in settings.get("Branches", [])]
    return []


def _metrics(simple: Json) -> Iterator[Json]:
    yield from simple.get("SegmentDimensions", {}).get("Metrics", {}).values()
    yield from simple.get("EventCondition", {}).get("Dimensions", {}).get("Metrics", {}).values()
