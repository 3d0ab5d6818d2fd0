"""Finds checks that may no longer hold when they matter: made before a wait, deciding about a send after it.

A check decides about a send if the send lies on some of the ways out of it, not on all. This module knows which
facts change by themselves and what a journey does about it, not how it is told to the author.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sojourn.domain.condition.references import Reference, references
from sojourn.domain.journey.flow import END, paths_of
from sojourn.domain.journey.model.journey import EnteredSegment, LeftSegment
from sojourn.domain.journey.model.steps import Branch, Exit, Send, StepBase, Task, Wait, WaitFor
from sojourn.domain.journey.rules.loops import takes_time

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sojourn.domain.journey.rules.context import Context, JourneyView
    from sojourn.domain.places import TextSpan

MOST_WALKED = 100_000
"""Steps that are walked through to follow up the checks of one journey; no real journey comes near it."""

_LIVE = ("in_segment", "consented", "reachable", "engaged")
_FEWER = re.compile(r"\s*(==\s*0|<)")

Outdated = tuple[str, "TextSpan", str, tuple[Reference, ...], str]


class Endings:
    """What ends a run when facts change, so that a check need not be repeated."""

    def __init__(self, context: Context, view: JourneyView) -> None:
        self.context = context
        self.goal = view.journey.goal.event if view.journey.goal else None
        leaving = [
            reaction.on for reaction in view.journey.while_running if reaction.do in ("exit", "redirect")
        ]
        self.events = {on for on in leaving if isinstance(on, str)}
        self.segments = {on.left_segment for on in leaving if isinstance(on, LeftSegment)}
        self.segments |= {on.entered_segment for on in leaving if isinstance(on, EnteredSegment)}

    def watch(self, fact: Reference) -> bool:
        """Say whether the run ends, or may be meant to end, when *fact* changes."""
        subject = str(fact.path[1]) if len(fact.path) > 1 else ""
        if fact.path[0] == "in_segment":
            return subject in self.segments or bool(self.events)
        if fact.path[0] in ("did", "times"):
            return subject == self.goal or subject in self.events or self._segments_read(fact)
        return bool(self.events) or self._segments_read(fact)

    def _segments_read(self, fact: Reference) -> bool:
        """Say whether one of the segments whose change ends the run reads the same."""
        known = self.context.project.segments
        read = {
            one.path[:2] for name in self.segments if name in known for one in references(known[name].when)
        }
        return fact.path[:2] in read


def outdated(view: JourneyView, endings: Endings) -> Iterator[Outdated]:
    """Yield each check with the facts that may have changed and the step that sends too late."""
    if not any(True for _ in view.steps_of(Send)):
        return
    enter = view.journey.enter
    if enter.where is not None and view.journey.goal is None and (facts := _unwatched(enter.where, endings)):
        late = _late(view, [view.flow.start], set())
        if late:
            yield view.file, enter.text_place("where"), enter.where, facts, late
    examined = 0
    for node in view.steps_of(Branch):
        step = node.step
        facts_of = (
            [_unwatched(case.when, endings) if case.when else () for case in step.branch]
            if isinstance(step, Branch)
            else []
        )
        if not any(facts_of) or examined * len(view.nodes) > MOST_WALKED or not isinstance(step, Branch):
            continue
        examined += 1
        ways = [edge.target for edge in view.flow.out(node.id)]
        common = set.intersection(*(_reached(view, way, node.id) for way in ways))
        late = _late(view, ways, common | {node.id})
        if late:
            case, facts = next((c, f) for c, f in zip(step.branch, facts_of, strict=True) if f)
            yield view.file, case.text_place("when"), case.when or "", facts, late


def _unwatched(text: str, endings: Endings) -> tuple[Reference, ...]:
    """Return what *text* reads that can change, and that nothing ends the run for."""
    return tuple(one for one in references(text) if _changes(one, text) and not endings.watch(one))


def _changes(fact: Reference, text: str) -> bool:
    """Say whether a check of *fact* can become wrong with time: attributes, segments, and that nothing was done."""
    if fact.path[0] in _LIVE or (fact.path[0] == "customer" and not fact.call):
        return True
    if fact.path[0] == "did":
        return text[: fact.offset].rstrip().endswith("!")
    return fact.path[0] == "times" and _FEWER.match(text, fact.offset + fact.length) is not None


def _reached(view: JourneyView, start: str, without: str) -> set[str]:
    seen: set[str] = set()
    pending = [start]
    while pending:
        node = pending.pop()
        if node not in seen and node not in (without, END):
            seen.add(node)
            pending.extend(edge.target for edge in view.flow.out(node))
    return seen


def _late(view: JourneyView, starts: list[str], indifferent: set[str]) -> str:
    """Return the first step that sends after a wait, of those that the check decides about; "" where none does."""
    seen: set[tuple[str, bool]] = set()
    pending = [(start, False) for start in reversed(starts)]
    found: set[str] = set()
    while pending:
        node_id, waited = pending.pop()
        node = view.flow.nodes.get(node_id)
        if (node_id, waited) in seen or node_id in indifferent or node_id == END:
            continue
        seen.add((node_id, waited))
        if node is not None:
            if isinstance(node.step, Send) and waited:
                found.add(node_id)
                continue
            if isinstance(node.step, Branch) and _looks_again(node.step):
                continue
            waited = waited or _lets_time_pass(node.step)
        pending.extend((edge.target, waited) for edge in view.flow.out(node_id))
    return next((node.id for node in view.nodes if node.id in found), "")


def _looks_again(step: Branch) -> bool:
    """Say whether a branch asks about the customer as they are then."""
    kinds = (*_LIVE, "customer", "did", "times", "last")
    return any(one.path[0] in kinds for case in step.branch if case.when for one in references(case.when))


def _lets_time_pass(step: StepBase) -> bool:
    """Say whether facts may change unseen meanwhile; a wait for something that ends the run watches for it."""
    if isinstance(step, WaitFor):
        return not any(isinstance(inner, Exit) for path in paths_of(step) for inner in path.steps)
    return isinstance(step, Wait | Task) and takes_time(step)
