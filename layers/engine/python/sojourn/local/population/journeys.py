"""What happens in and around one journey: how customers come in, convert, and do what it waits for or reacts to."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sojourn.domain.condition.types import ValueType
from sojourn.domain.journey.model.simulation import Convert, During, JourneyGuess
from sojourn.domain.journey.model.steps import Emit, Start, WaitFor
from sojourn.domain.time.durations import parse_duration
from sojourn.local.population.reactions import ReactionPlan, plan_reactions
from sojourn.local.population.values import Maker, guessed

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sojourn.domain.journey.model.journey import Journey
    from sojourn.domain.journey.project import JourneyFolder, Project

_WAITED_FOR, _REACTED_TO, _RESTARTS = 20.0, 5.0, 10.0


@dataclass(frozen=True, slots=True)
class DuringPlan:
    """An event of a customer who is in the journey: in which share of runs, and when.

    Args:
        at: the steps that wait for it: it comes so long after the first of them began to wait. Empty: after the
            entry.
    """

    event: str
    share: float
    after: float
    at: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class JourneyPlan:
    """What is guessed about one journey; shares from 0 to 1, times in seconds.

    Args:
        goal: the event that is its goal, empty without one.
        reactions: by channel, only where they differ from the workspace's.
    """

    goal: str
    anyway: float
    opened: float
    clicked: float
    after: float
    during: tuple[DuringPlan, ...] = ()
    reactions: Mapping[str, ReactionPlan] = field(default_factory=dict)
    entry: Mapping[str, Maker] = field(default_factory=dict)


def plan_journey(
    folder: JourneyFolder, said: JourneyGuess | None, usual: Mapping[str, ReactionPlan], project: Project
) -> JourneyPlan:
    """Work out what is guessed about one journey, defaults where nothing is *said*."""
    guess = said or JourneyGuess()
    convert = guess.convert if isinstance(guess.convert, Convert) else _converts(guess.convert)
    journey = folder.journey
    return JourneyPlan(
        goal=journey.goal.event if journey.goal is not None else "",
        anyway=convert.anyway / 100,
        opened=convert.opened / 100,
        clicked=convert.clicked / 100,
        after=_seconds(convert.after),
        during=tuple(_during(folder, guess, project)),
        reactions={
            channel: plan_reactions(channel, one, usual[channel]) for channel, one in guess.reactions.items()
        },
        entry={name: guessed(value, ValueType.ANY) for name, value in guess.entry.items()},
    )


def entry_events(journey: Journey, project: Project) -> tuple[str, ...]:
    """Return the events of the tracking plan that make customers enter."""
    return tuple(event for event in journey.enter.events if event in project.workspace.events)


def api_entries(journey: Journey, project: Project) -> bool:
    """Say whether customers enter through the API or an audience, and not only from other journeys."""
    if journey.enter.audience is not None:
        return True
    led_to = {
        *(r.to for folder in project.journeys.values() for r in folder.journey.while_running),
        *(
            node.step.start
            for folder in project.journeys.values()
            for node in folder.flow.nodes.values()
            if isinstance(node.step, Start)
        ),
    }
    return "api" in journey.enter.triggers and journey.journey not in led_to


def _converts(anyway: Any) -> Convert:
    return Convert() if anyway is None else Convert(anyway=anyway)


def _during(folder: JourneyFolder, guess: JourneyGuess, project: Project) -> list[DuringPlan]:
    """What a customer does in this journey: what is said, and what it waits for or reacts to."""
    waited: dict[str, set[str]] = {}
    for node in folder.flow.nodes.values():
        if isinstance(node.step, WaitFor):
            for release in node.step.wait_for:
                if release.event is not None:
                    waited.setdefault(release.event, set()).add(node.id)
    journey = folder.journey
    emitted = {
        node.step.emit
        for other in project.journeys.values()
        for node in other.flow.nodes.values()
        if isinstance(node.step, Emit)
    }
    usual = dict.fromkeys(waited, _WAITED_FOR)
    for reaction in journey.while_running:
        if isinstance(reaction.on, str):
            usual.setdefault(reaction.on, _RESTARTS if reaction.do == "restart" else _REACTED_TO)
    goal = journey.goal.event if journey.goal is not None else None
    known = {
        event
        for event in usual
        if event in project.workspace.events and event != goal and event not in emitted
    }
    events = sorted({*known, *guess.during})
    return [_one(event, guess.during.get(event), usual.get(event, 0.0), waited) for event in events]


def _one(event: str, said: Any, usual: float, waited: Mapping[str, set[str]]) -> DuringPlan:
    during = said if isinstance(said, During) else During(share=usual if said is None else said)
    return DuringPlan(event, during.share / 100, _seconds(during.after), frozenset(waited.get(event, ())))


def _seconds(text: str) -> float:
    return parse_duration(text).total_seconds()
