"""The guesses of `simulation.yaml` and the defaults for everything it does not say, worked out for one project.

What is guessed about an event, a journey or a channel is looked up here once; `behaviour` only draws.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sojourn.domain.compile.bundle import traits_of
from sojourn.domain.condition.types import ValueType
from sojourn.domain.decide.segments import segment_rule
from sojourn.domain.journey.model.guesses import parse_rate
from sojourn.domain.journey.model.simulation import CallGuess, EventGuess, Simulation, TaskGuess
from sojourn.domain.journey.model.steps import Update
from sojourn.domain.journey.model.workspace import CHANNELS, Property
from sojourn.domain.time.durations import parse_duration
from sojourn.domain.time.instants import parse_instant
from sojourn.local.population.journeys import JourneyPlan, api_entries, entry_events, plan_journey
from sojourn.local.population.people import People, plan_people
from sojourn.local.population.reactions import ReactionPlan, plan_reactions
from sojourn.local.population.values import Maker, believable, guessed

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sojourn.domain.journey.project import Project

START = "2026-01-05"
"""The first day where nobody says otherwise: a Monday, and always the same, so that a seed keeps its meaning."""
_ENTER = "50%"


@dataclass(frozen=True, slots=True)
class Stream:
    """Something customers do of their own accord.

    Args:
        event: its name; empty for an entry through the API.
        journey: the journey such an entry is into.
        mean: how often it happens to a customer in all, on average; with `once`, the share it happens to.
    """

    event: str
    mean: float
    once: bool
    journey: str = ""


@dataclass(frozen=True, slots=True)
class EventPlan:
    """What an event tells: `said` are the properties somebody guessed, `usual` the others."""

    said: Mapping[str, Maker] = field(default_factory=dict)
    usual: Mapping[str, Maker] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class TaskPlan:
    """What becomes of a desk's work: shares from 0 to 1, `after` and `put_off` in seconds."""

    completed: float
    failed: float
    rescheduled: float
    after: float
    put_off: float
    answer: Mapping[str, Maker]


@dataclass(frozen=True, slots=True)
class CallPlan:
    """What a webhook answers, in which share of calls."""

    answered: float
    answer: Mapping[str, Maker]


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything guessed, by what it is about.

    Args:
        arriving: the seconds within which customers begin; None for all of the simulated time.
    """

    start: datetime
    seconds: float
    arriving: float | None
    day: Mapping[str, float]
    week: Mapping[str, float]
    people: People
    streams: tuple[Stream, ...]
    events: Mapping[str, EventPlan]
    journeys: Mapping[str, JourneyPlan]
    reactions: Mapping[str, ReactionPlan]
    tasks: Mapping[str, TaskPlan]
    calls: Mapping[str, CallPlan]


def plan_of(project: Project, simulation: Simulation, days: int) -> Plan:
    """Work out the plan for *days* days of a project that has no errors."""
    workspace = project.workspace
    start = parse_instant(simulation.start or START, workspace.timezone)
    seconds = days * 86_400.0
    arrivals = simulation.arrivals
    traits = traits_of(project)
    segments = [segment_rule(name, segment.when, traits) for name, segment in project.segments.items()]
    reactions: dict[str, ReactionPlan] = {
        channel: plan_reactions(channel, simulation.reactions.get(channel)) for channel in CHANNELS
    }
    return Plan(
        start=start,
        seconds=seconds,
        arriving=parse_duration(arrivals.within).total_seconds() if arrivals.within else None,
        day=arrivals.day,
        week={str(day): weight for day, weight in arrivals.week.items()},
        people=plan_people(workspace, simulation.population, segments, _set_by_journeys(project)),
        streams=tuple(_streams(project, simulation, seconds)),
        events={name: _event(name, properties, simulation) for name, properties in workspace.events.items()},
        journeys={
            name: plan_journey(folder, simulation.journeys.get(name), reactions, project)
            for name, folder in project.journeys.items()
        },
        reactions=reactions,
        tasks={name: _task(guess) for name, guess in simulation.tasks.items()},
        calls={name: _call(guess) for name, guess in simulation.calls.items()},
    )


def _set_by_journeys(project: Project) -> frozenset[str]:
    steps = [node.step for folder in project.journeys.values() for node in folder.flow.nodes.values()]
    return frozenset(name for step in steps if isinstance(step, Update) for name in step.update)


def _streams(project: Project, simulation: Simulation, seconds: float) -> list[Stream]:
    """What customers do of their own accord: what they are said to do, and what makes them enter."""
    entering: dict[str, list[str]] = {}
    found: list[Stream] = []
    for name, folder in project.journeys.items():
        guess = simulation.journeys.get(name)
        rate = guess.enter if guess is not None else None
        if api_entries(folder.journey, project):
            found.append(_stream("", rate or _ENTER, seconds, name))
        elif events := entry_events(folder.journey, project):
            entering.setdefault(events[0], []).extend([rate] if rate else [])
    for event in project.workspace.events:
        said = _guess_of(simulation.events.get(event)).happens
        if said is None and event not in entering:
            continue
        rates = [said] if said is not None else entering[event] or [_ENTER]
        # An event that makes customers enter several journeys happens as often as it must for the busiest.
        found.append(max((_stream(event, rate, seconds) for rate in rates), key=lambda stream: stream.mean))
    return found


def _stream(event: str, rate: str, seconds: float, journey: str = "") -> Stream:
    number, per = parse_rate(rate)
    return Stream(event, number if per is None else number * seconds / per, per is None, journey)


def _guess_of(form: Any) -> EventGuess:
    if isinstance(form, EventGuess):
        return form
    return EventGuess(happens=form)


def _event(name: str, properties: Mapping[str, Property], simulation: Simulation) -> EventPlan:
    guesses = _guess_of(simulation.events.get(name)).properties
    said = {key: guessed(guess, properties[key].type) for key, guess in guesses.items() if key in properties}
    usual = {key: believable(key, about, ahead=True) for key, about in properties.items() if key not in said}
    return EventPlan(said, usual)


def _task(guess: TaskGuess) -> TaskPlan:
    return TaskPlan(
        guess.completed / 100,
        guess.failed / 100,
        guess.rescheduled / 100,
        parse_duration(guess.after).total_seconds(),
        parse_duration(guess.put_off).total_seconds(),
        _answer(guess.answer),
    )


def _call(guess: CallGuess) -> CallPlan:
    return CallPlan(guess.answered / 100, _answer(guess.answer))


def _answer(guesses: Mapping[str, Any]) -> dict[str, Maker]:
    return {name: guessed(guess, ValueType.ANY) for name, guess in guesses.items()}


USUAL_TASK = _task(TaskGuess())
USUAL_CALL = _call(CallGuess())
