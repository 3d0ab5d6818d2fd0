"""What is wrong with the guesses of `simulation.yaml` beyond their shape: names and values that do not fit the project.

The findings have the codes of the rules about the same names elsewhere. It knows no simulation.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sojourn.domain.findings import Finding, did_you_mean, in_order
from sojourn.domain.journey.fitting import why_unfit
from sojourn.domain.journey.model.simulation import EventGuess
from sojourn.domain.journey.model.steps import Call, Task

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from sojourn.domain.journey.model.simulation import JourneyGuess, Simulation
    from sojourn.domain.journey.project import Project
    from sojourn.domain.places import Span


def simulation_findings(project: Project) -> tuple[Finding, ...]:
    """Return what is wrong with a project's guesses; what the shape of the file already told is left out."""
    simulation = project.simulation
    if simulation is None:
        return ()
    return in_order([*_unknown(simulation, project), *_unfit(simulation, project)])


def _unknown(simulation: Simulation, project: Project) -> Iterator[Finding]:
    look_up = _LookUp(project.simulation_file)
    workspace, population = project.workspace, simulation.population
    places = [(name, simulation.key_place("events", name)) for name in simulation.events]
    places += [(name, population.key_place("history", name)) for name in population.history]
    for guess in simulation.journeys.values():
        places += [(event, guess.key_place("during", event)) for event in guess.during]
    yield from look_up.all("SJ133", "unknown-event", 'there is no event "{}"', places, workspace.events)
    for name, form in simulation.events.items():
        if isinstance(form, EventGuess) and name in workspace.events:
            told = [(key, form.key_place("properties", key)) for key in form.properties]
            yield from look_up.all(
                "SJ134",
                "unknown-property",
                f'event "{name}" has no property "{{}}"',
                told,
                workspace.events[name],
            )
    places = [(name, population.key_place("attributes", name)) for name in population.attributes]
    yield from look_up.all(
        "SJ135", "unknown-attribute", 'customers have no attribute "{}"', places, workspace.attributes
    )
    places = [(name, population.key_place("consents", name)) for name in population.consents]
    yield from look_up.all("SJ131", "unknown-topic", 'there is no topic "{}"', places, workspace.topics)
    places = [(name, simulation.key_place("journeys", name)) for name in simulation.journeys]
    yield from look_up.all("SJ137", "unknown-journey", 'there is no journey "{}"', places, project.journeys)
    steps = [node.step for folder in project.journeys.values() for node in folder.flow.nodes.values()]
    places = [(name, simulation.key_place("tasks", name)) for name in simulation.tasks]
    desks = {step.task for step in steps if isinstance(step, Task)}
    yield from look_up.all("SJ136", "unknown-step", 'no task step names the desk "{}"', places, desks)
    places = [(name, simulation.key_place("calls", name)) for name in simulation.calls]
    calls = {step.id for step in steps if isinstance(step, Call) and step.id}
    yield from look_up.all("SJ136", "unknown-step", 'there is no call step "{}"', places, calls)
    for name, guess in simulation.journeys.items():
        yield from _no_entry(name, guess, project)


def _unfit(simulation: Simulation, project: Project) -> Iterator[Finding]:
    """Guesses that give no value of the type that the workspace says."""
    workspace, population = project.workspace, simulation.population
    guesses = [
        (name, guess, workspace.attributes[name], population.place("attributes", name))
        for name, guess in population.attributes.items()
        if name in workspace.attributes
    ]
    for event, form in simulation.events.items():
        if isinstance(form, EventGuess) and event in workspace.events:
            guesses += [
                (name, guess, workspace.events[event][name], form.place("properties", name))
                for name, guess in form.properties.items()
                if name in workspace.events[event]
            ]
    for name, guess, about, span in guesses:
        if why := why_unfit(guess, about.type):
            yield Finding("SJ113", "wrong-type", f'"{name}" {why}', project.simulation_file, span)


def _no_entry(name: str, guess: JourneyGuess, project: Project) -> Iterator[Finding]:
    """`enter` is about an event, the API or an audience: a segment is entered by what its condition asks about."""
    folder = project.journeys.get(name)
    if folder is None or guess.enter is None:
        return
    enter = folder.journey.enter
    if enter.audience is None and not enter.events and "api" not in enter.triggers:
        yield Finding(
            "SJ116", "out-of-bounds", f'"enter" cannot be said of "{name}": its segment decides who enters',
            project.simulation_file, guess.key_place("enter"),
            "say under `events` how often what the segment asks about happens",
        )  # fmt: skip


class _LookUp:
    def __init__(self, file: str) -> None:
        self.file = file

    def all(
        self, code: str, name: str, message: str, places: Iterable[tuple[str, Span]], known: Iterable[str]
    ) -> Iterator[Finding]:
        """Yield a finding for every name that is not known."""
        names = frozenset(known)
        for word, span in places:
            if word not in names:
                yield Finding(code, name, message.format(word), self.file, span, did_you_mean(word, names))
