"""The scenarios of a workspace as they can be played on one deployment at once: each has customers of its own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

from sojourn.domain.decide.assign import assigned, position
from sojourn.domain.journey.model.scenario import Scenario, ScenarioCustomer
from sojourn.domain.journey.model.steps import Split
from sojourn.domain.journey.project import Project

SCHEDULE = "its journey is entered by a schedule: one time lets in the members of all scenarios, and each has its own"
BUSY = "its provider is busy for a minute; SES does not say for how long, so that it is asked again sooner"
PROGRAM = "another program has a part in it that nobody plays there: it enters customers, or answers calls"
UNKNOWN = "it knows a customer by other names, which are not told from those of another scenario"
Splits = tuple[tuple[str, str, tuple[tuple[str, float], ...]], ...]
"""Where customers are divided: journey, step, and the weight of each path."""


@dataclass(frozen=True, slots=True)
class Told:
    """A scenario, and the journey that it lies beside."""

    name: str
    journey: str
    scenario: Scenario


def scenarios(project: Project) -> Iterator[Told]:
    """Yield a workspace's scenarios, each by its journey and the name of its file."""
    for folder in project.journeys.values():
        for one in folder.scenarios:
            journey = folder.journey.journey
            yield Told(f"{journey}/{Path(one.file).stem}", journey, one.scenario)


def hindrance(project: Project, told: Told) -> str:
    """Return why a scenario cannot be played on the embedded AWS; empty for one that can."""
    scenario = told.scenario
    events = scenario.events
    if project.journeys[told.journey].journey.enter.schedule:
        return SCHEDULE
    if any(also.fault == "throttled" for also in scenario.also):
        return BUSY
    if any(also.enter for also in scenario.also) or scenario.calls:
        return PROGRAM
    return UNKNOWN if any(event.anonymous or event.identities or event.merge for event in events) else ""


def splits(project: Project) -> Splits:
    """Return where a workspace's journeys divide customers."""
    return tuple(
        (name, node.id, tuple((path, share.weight) for path, share in node.step.split.items()))
        for name, folder in project.journeys.items()
        for node in folder.flow.nodes.values()
        if isinstance(node.step, Split)
    )


def with_own_customers(scenario: Scenario, number: int, where: Splits, salt: str) -> Scenario:
    """Return a scenario whose customers are nobody else's, and are divided as its own are.

    Args:
        number: of the scenario; no two play at once with one.
        salt: of the workspace.
    """
    names = {one.id: _namesake(one.id, number, where, salt) for one in scenario.customers}

    def of(one: Any) -> Any:
        return one.model_copy(update={"customer": names[one.customer]}) if one.customer else one

    return scenario.model_copy(update={
        "customers": tuple(_moved(one, names) for one in scenario.customers),
        "events": tuple(map(of, scenario.events)),
        "also": tuple(of(one if one.customer else _firsts(one, scenario)) for one in scenario.also),
        "expect": tuple(map(of, scenario.expect)),
        "never": tuple(map(of, scenario.never)),
    })  # fmt: skip


def _firsts(also: Any, scenario: Scenario) -> Any:
    """Return what names nobody, and so is the first customer's."""
    return also.model_copy(update={"customer": scenario.customers[0].id})


def _moved(one: ScenarioCustomer, names: Mapping[str, str]) -> ScenarioCustomer:
    known = names[one.id]
    email = f"{known}@{one.email.partition('@')[2]}" if one.email else None
    return one.model_copy(
        update={"id": known, "email": email, "device": f"fcm:{known}" if one.device else None}
    )


def _namesake(name: str, number: int, where: Splits, salt: str) -> str:
    """Return a name that no other scenario has, and that goes the way of *name* at every split."""
    tried = (f"{name}-{number}-{again}" for again in count())
    return next(one for one in tried if _paths(one, where, salt) == _paths(name, where, salt))


def _paths(name: str, where: Splits, salt: str) -> list[str]:
    return [assigned(shares, position(journey, step, name, salt)) for journey, step, shares in where]
