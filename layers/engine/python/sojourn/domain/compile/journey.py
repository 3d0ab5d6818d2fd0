"""Compiles a journey: from its models to one version that can be entered and run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sojourn.domain.compile.compiled import (
    API,
    CompiledGoal,
    CompiledJourney,
    CompiledReaction,
    Entering,
    Sendable,
    Trigger,
)
from sojourn.domain.compile.kept import kept_outcomes
from sojourn.domain.compile.limits import EVENTS_PER_STATE, EXECUTION_DAYS, HISTORY_EVENTS
from sojourn.domain.compile.machine import Layout
from sojourn.domain.compile.then import Hoister
from sojourn.domain.journey.flow import flow_of
from sojourn.domain.journey.model.journey import EnteredSegment, LeftSegment
from sojourn.domain.journey.model.steps import Goto, Parallel, Wait
from sojourn.domain.time.durations import parse_duration

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from sojourn.domain.compile.then import Then
    from sojourn.domain.journey.flow import Flow
    from sojourn.domain.journey.model.journey import Goal, Journey


def compile_journey(
    journey: Journey, messages: Mapping[str, Sendable], templates: Iterable[tuple[str, ...]] = ()
) -> CompiledJourney:
    """Compile *journey*, which must have no errors.

    Args:
        messages: the messages the journey can send, by name.
        templates: the variable paths the journey's messages use, such as `("steps", "call", "answer", "code")`.
    """
    flow = flow_of(journey)
    kept = kept_outcomes(journey, flow, templates)
    hoister = Hoister(flow, long=may_outlast_an_execution(flow), jumps_here=_jumps_here(flow))
    definition, begin = Layout(journey, flow, hoister, kept, messages).machine()
    return CompiledJourney(
        name=journey.journey, title=journey.title or journey.journey, kind=journey.kind, topic=journey.topic or "",
        enter=_entering(journey, begin, _seeds(flow, kept)),
        goal=_goal(journey.goal) if journey.goal else None,
        reactions=tuple(
            CompiledReaction(_trigger(r.on), r.do, r.where or "", r.reason or "", r.to or "")
            for r in journey.while_running
        ),
        definition=definition, messages={name: messages[name].digest for name in sorted(messages)},
    ).versioned()  # fmt: skip


def may_outlast_an_execution(flow: Flow) -> bool:
    """Say whether a run could come near the year that an execution may last.

    An upper bound is enough: every wait and limit is counted once per time its loop can run. Waits worked out
    at run time have no bound, except one at the very start, which entering works out before any execution.
    """
    rounds = _rounds(flow)
    days = 0.0
    for node in flow.nodes.values():
        step = node.step
        if isinstance(step, Wait) and not isinstance(step.wait, str):
            before = [edge.source for edge in flow.edges if edge.target == node.id]
            if (
                hasattr(step.wait, "until")
                and (flow.start != node.id or before)
                and _may_be_far(step.wait.until)
            ):
                return True
            days += 8.0 * rounds
        else:
            text = getattr(step, "wait" if isinstance(step, Wait) else "up_to", None)
            days += _seconds(text) / 86_400 * (rounds if node.id in _looped(flow) else 1)
    return days > EXECUTION_DAYS


def _may_be_far(until: str) -> bool:
    """A clock time or weekday is at most a week away; a date or a value read at run time can be any time."""
    return "." in until or until[:4].isdigit()


def _looped(flow: Flow) -> frozenset[str]:
    """The nodes that a jump back can lead to again."""
    jumps = [node.id for node in flow.nodes.values() if isinstance(node.step, Goto)]
    looped: set[str] = set()
    for jump in jumps:
        pending, seen = [flow.target(jump, "again")], set()
        while pending:
            node = pending.pop()
            if node not in seen:
                seen.add(node)
                pending.extend(edge.target for edge in flow.out(node))
        if jump in seen:
            looped |= seen
    return frozenset(looped)


def _rounds(flow: Flow) -> int:
    rounds = 1
    for node in flow.nodes.values():
        if isinstance(node.step, Goto):
            rounds += node.step.at_most or 1
    return rounds


def _jumps_here(flow: Flow) -> dict[str, int]:
    """How often each `goto` may jump within one execution, where its history could fill up otherwise."""
    jumps = {
        n.id: n.step.at_most or 1 for n in flow.nodes.values() if isinstance(n.step, Goto) and not n.inside
    }
    per_round = EVENTS_PER_STATE * len(flow.nodes)
    if sum(jumps.values()) * per_round <= HISTORY_EVENTS:
        return {}
    return {jump: max(1, HISTORY_EVENTS // (per_round * len(jumps))) for jump in jumps}


def _seeds(flow: Flow, kept: Mapping[str, object]) -> tuple[str, ...]:
    """The steps whose outcome must always be present: a join reads every path's, taken or not."""
    if not any(isinstance(node.step, Parallel) for node in flow.nodes.values()):
        return ()
    return tuple(dict.fromkeys([*kept, *(n.id for n in flow.nodes.values() if isinstance(n.step, Goto))]))


def _entering(journey: Journey, begin: Then, seeds: tuple[str, ...]) -> Entering:
    enter = journey.enter
    again, seconds = enter.again, 0.0
    if again.startswith("after "):
        again, seconds = "after", parse_duration(again.removeprefix("after ")).total_seconds()
    return Entering(
        triggers=tuple(
            Trigger(API, journey.journey) if trigger == API else _trigger(trigger) for trigger in enter.triggers
        ),
        schedule=enter.schedule or "", segment=enter.segment or "", audience=enter.audience or "",
        where=enter.where or "", key=enter.key or "", again=again, again_seconds=seconds, holdout=enter.holdout,
        seeds=seeds, then=begin.to_json(), zone="" if enter.zone in (None, "workspace") else enter.zone,
    )  # fmt: skip


def _goal(goal: Goal) -> CompiledGoal:
    return CompiledGoal(goal.event, goal.where or "", _seconds(goal.within))


def _trigger(on: object) -> Trigger:
    if isinstance(on, EnteredSegment):
        return Trigger("entered", on.entered_segment)
    if isinstance(on, LeftSegment):
        return Trigger("left", on.left_segment)
    return Trigger("event", str(on))


def _seconds(duration: str | None) -> float:
    return parse_duration(duration).total_seconds() if duration else 0.0
