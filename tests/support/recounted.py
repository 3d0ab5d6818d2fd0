"""Counts anew what stories came to, from what happened and from where runs are: the second opinion on the counters."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sojourn.application.counting import Deltas, Place

if TYPE_CHECKING:
    from sojourn.domain.customer.rows import Run
    from sojourn.domain.ledger import Happening


@dataclass
class Came:
    """What came of a story: what happened, and where runs ended up."""

    happened: list[Happening]
    runs: list[Run]


def recomputed(*told: Came) -> Deltas:
    """Count anew, with none of the code that counts the stream."""
    total: Deltas = {}
    for story in told:
        named = [
            (Place(one.journey, one.version, one.step), name)
            for one in story.happened
            for name in _names(one)
        ]
        for run in story.runs:
            if run.active:
                named += [(Place(run.journey, run.version, step), "now") for step in run.at.values()]
                named.append((Place(run.journey, run.version), "active"))
        for place, name in named:
            counters = total.setdefault(place, {})
            counters[name] = counters.get(name, 0) + 1
    return total


def _names(one: Happening) -> list[str]:
    details, path = one.details, one.details.get("path")
    if one.what in (
        "delivered",
        "bounced",
        "complained",
        "rejected",
        "undelivered",
        "opened",
        "clicked",
        "replied",
    ):
        if details.get("machine"):
            return [f"{one.what}.machine"]
        return [one.what, *([f"{one.what}.{details['channel']}"] if details.get("channel") else [])]
    return {
        "entered": ["entered", *(["holdout"] if details.get("holdout") else [])],
        "not_entered": ["not_entered"],
        "goal": [
            "goal",
            *(["goal_late"] if details.get("after_end") else []),
            *(["goal_holdout"] if details.get("holdout") else []),
        ],
        "exited": [one.reason] if one.reason != "goal" else [],
        "sent": [
            "sent",
            f"sent.{details.get('channel')}",
            *([one.reason, f"{one.reason}.{details.get('channel')}"] if one.reason else []),
        ],
        "held": ["held"],
        "suppressed": ["suppressed", f"suppressed.{one.reason}"],
        "timed_out": ["timed_out"],
    }.get(one.what, []) + ([f"path.{path}"] if path and one.step else [])


def without_days(counters: Deltas) -> Deltas:
    """Leave out the figures by day, which are sums of the others."""
    return {place: numbers for place, numbers in counters.items() if not place.day}


def without_moves(counters: Deltas) -> Deltas:
    """Leave out what only moves tell, which `recomputed` has no way to know."""
    kept = {
        place: {name: number for name, number in numbers.items() if name not in {"passed", "ended"}}
        for place, numbers in counters.items()
    }
    return {place: numbers for place, numbers in kept.items() if numbers}
