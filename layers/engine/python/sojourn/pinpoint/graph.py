"""A journey's activities as a graph: what follows what, where ways meet again, and what is wrong with it.

An activity names the next by id, so that ways can meet anywhere; a journey here is steps within steps. Where all ways
out of a split meet again (its immediate postdominator) is where the steps after it begin.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from sojourn.pinpoint.mistakes import mistakes, near
from sojourn.pinpoint.outcome import Problem

if TYPE_CHECKING:
    from sojourn.pinpoint.reading import Document, Json

KINDS: Final = ("CUSTOM", "ConditionalSplit", "EMAIL", "Holdout", "MultiCondition", "PUSH", "RandomSplit", "SMS",
                "Wait", "ContactCenter")  # fmt: skip
DEEPEST: Final = 14
"""So many splits within splits at most: a workspace's files are at most 60 levels deep, a split takes up to four."""


@dataclass(frozen=True, slots=True)
class Activity:
    """One activity.

    Args:
        ways: the ids that can follow, in the order of its paths; None is the journey's end.
    """

    id: str
    kind: str
    settings: Json
    description: str
    ways: tuple[str | None, ...]


@dataclass(frozen=True, slots=True)
class Graph:
    """The activities that participants can come to, from the first.

    Args:
        order: their ids, each before what follows it.
        meets: a split's id -> where all its ways meet again; None is the journey's end.
        unreached: ids of activities that no way leads to.
    """

    start: str
    activities: dict[str, Activity]
    order: tuple[str, ...]
    meets: dict[str, str | None]
    unreached: tuple[str, ...]

    def before(self, id_: str) -> frozenset[str]:
        """Return the activities from which one can come to *id_*."""
        found: set[str] = set()
        for one in reversed(self.order[: self.order.index(id_)]):
            if any(way == id_ or way in found for way in self.activities[one].ways):
                found.add(one)
        return frozenset(found)


def graph_of(document: Document) -> tuple[Graph | None, list[Problem]]:
    """Return the graph of a journey, or everything that keeps it from being one."""
    given: dict[str, Json] = document.value.get("Activities", {})
    wrong = _Wrong(document)
    if not given:
        wrong.say("it has no activities", "give the answer of `aws pinpoint get-journey`, not a part of it")
        return None, wrong.problems
    activities = _activities(given, wrong)
    start = document.value.get("StartActivity")
    if start is None:
        first = sorted(set(given) - {way for one in activities.values() for way in one.ways})
        wrong.say("`StartActivity` is missing", f'add `"StartActivity": "{(first or list(given))[0]}"`')
    elif start not in given:
        wrong.say(f'`StartActivity` is "{start}", and there is no such activity', near(start, given))
    if wrong.problems or start is None:
        return None, wrong.problems
    order, circle = _ordered(start, activities)
    if circle:
        said = " > ".join([*circle, circle[0]])
        repair = f'let "{circle[-1]}" go on with another activity, or end there'
        wrong.say(f"its activities go round in a circle: {said}", repair, circle[-1])
        return None, wrong.problems
    unreached = tuple(id_ for id_ in given if id_ not in set(order))
    graph = Graph(start, activities, tuple(order), _meets(order, activities), unreached)
    if (deepest := _depth(graph)) > DEEPEST:
        repair = "let a path go on in a journey of its own"
        wrong.say(f"its splits lie {deepest} deep in each other, and {DEEPEST} is the most", repair)
        return None, wrong.problems
    return graph, wrong.problems


@dataclass(slots=True)
class _Wrong:
    """What is wrong with one journey so far."""

    document: Document
    problems: list[Problem] = field(default_factory=list)

    def say(self, what: str, repair: str, activity: str = "") -> None:
        where = self.document.where + (f', activity "{activity}"' if activity else "")
        self.problems.append(Problem(self.document.file, where, what, repair))


def _activities(given: dict[str, Json], wrong: _Wrong) -> dict[str, Activity]:
    made: dict[str, Activity] = {}
    for id_, value in given.items():
        kinds = [kind for kind in KINDS if kind in value]
        if not kinds:
            wrong.say("it is of no kind", f"give it one of {', '.join(KINDS)}", id_)
        elif len(kinds) > 1:
            wrong.say(f"it is of {len(kinds)} kinds: {', '.join(kinds)}", "make one activity of each", id_)
        else:
            settings = value[kinds[0]]
            made[id_] = Activity(
                id_, kinds[0], settings, value.get("Description", ""), _ways(kinds[0], settings)
            )
            for way in dict.fromkeys(made[id_].ways):
                if way is not None and way not in given:
                    wrong.say(
                        f'it goes on with "{way}", and there is no such activity', near(way, given), id_
                    )
            for what, repair in mistakes(kinds[0], settings, given):
                wrong.say(what, repair, id_)
    return made


def _ways(kind: str, settings: Json) -> tuple[str | None, ...]:
    if kind == "ConditionalSplit":
        return settings.get("TrueActivity"), settings.get("FalseActivity")
    if kind == "MultiCondition":
        return (
            *(one.get("NextActivity") for one in settings.get("Branches", [])),
            settings.get("DefaultActivity"),
        )
    if kind == "RandomSplit":
        return tuple(one.get("NextActivity") for one in settings.get("Branches", []))
    return (settings.get("NextActivity"),)


def _ordered(start: str, activities: dict[str, Activity]) -> tuple[list[str], list[str]]:
    """Return the activities that can be come to, each before what follows it; or the first circle among them."""
    done: dict[str, None] = {}
    path = [start]
    pending = [iter(activities[start].ways)]
    while pending:
        way = next(pending[-1], "")
        if way == "":
            done[path.pop()] = None
            pending.pop()
        elif way is not None and way in path:
            return [], path[path.index(way) :]
        elif way is not None and way not in done:
            path.append(way)
            pending.append(iter(activities[way].ways))
    return list(reversed(done)), []


def _meets(order: list[str], activities: dict[str, Activity]) -> dict[str, str | None]:
    """Return where all ways out of each activity meet again (immediate postdominators of a graph without circles)."""
    found: dict[str, str | None] = {}
    after = {id_: position for position, id_ in enumerate(order)}

    def follow(one: str | None, other: str | None) -> str | None:
        while one != other:
            if one is None or other is None:
                return None
            if after[one] < after[other]:
                one = found[one]
            else:
                other = found[other]
        return one

    for id_ in reversed(order):
        ways = activities[id_].ways
        meeting = ways[0]
        for way in ways[1:]:
            meeting = follow(meeting, way)
        found[id_] = meeting
    return found


def _depth(graph: Graph) -> int:
    """Return how deep splits lie in each other as steps; a way that was written before is a jump, and not deeper."""
    placed: set[str] = set()
    deepest = 0
    pending: list[tuple[str | None, str | None, int]] = [(graph.start, None, 0)]
    while pending:
        id_, until, depth = pending.pop()
        while id_ is not None and id_ != until and id_ not in placed:
            placed.add(id_)
            ways, meeting = graph.activities[id_].ways, graph.meets[id_]
            if len(ways) > 1:
                deepest = max(deepest, depth + 1)
                pending.extend((way, meeting, depth + 1) for way in reversed(ways))
            id_ = meeting
    return deepest
