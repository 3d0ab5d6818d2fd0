from __future__ import annotations

from functools import cache
from pathlib import Path, PurePosixPath

import pytest

from sojourn.domain.journey.checking import check
from sojourn.domain.journey.model.steps import VERBS
from sojourn.domain.journey.project import JourneyFolder, Project, ScenarioFile, read_project
from sojourn.local.deployment import Deployment, deploy
from sojourn.local.scenario import play

SAMPLES = Path(__file__).resolve().parents[2] / "journeys"
JOURNEYS = ("abandoned-cart", "appointment-reminder", "post-purchase", "welcome", "win-back")


def _read() -> Project:
    files = [path for path in SAMPLES.rglob("*") if path.is_file()]
    return read_project({path.relative_to(SAMPLES).as_posix(): path.read_bytes() for path in files})


PROJECT = _read()
FOLDERS = [pytest.param(folder, id=name) for name, folder in PROJECT.journeys.items()]
SCENARIOS = [
    pytest.param(scenario, id=f"{name}/{PurePosixPath(scenario.file).stem}")
    for name, folder in PROJECT.journeys.items()
    for scenario in folder.scenarios
]


@cache
def deployment() -> Deployment:
    """The samples compiled once: a scenario plays in a world of its own and leaves them as they are."""
    return deploy(PROJECT)


def test_check_finds_nothing() -> None:
    """Whoever learns from the samples learns no bad habits: not even a warning stands against them."""
    findings = [f"{f.file}:{f.span.line}:{f.span.column} {f.code} {f.message}" for f in check(PROJECT)]

    assert findings == []


def test_the_five_journeys_are_there() -> None:
    """What could not be read would leave its scenarios unplayed, so the journeys are named here."""
    assert tuple(PROJECT.journeys) == JOURNEYS


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_scenario(scenario: ScenarioFile) -> None:
    """Every scenario of the samples comes out as it says."""
    played = play(scenario.scenario, deployment())

    assert played.failures == []


@pytest.mark.parametrize("folder", FOLDERS)
def test_every_journey_has_scenarios(folder: JourneyFolder) -> None:
    """A journey is shown from at least six sides, and every one of them expects something."""
    scenarios = [file.scenario for file in folder.scenarios]

    assert len(scenarios) >= 6
    assert [one.scenario for one in scenarios if not one.expect] == []


@pytest.mark.parametrize("folder", FOLDERS)
def test_every_message_speaks_german_too(folder: JourneyFolder) -> None:
    """Whatever channel a message has in English it has in German."""
    missing = {
        name: set(_channels(file.message)) - set(_channels(file.message.locales.get("de")))
        for name, file in folder.messages.items()
    }

    assert {name: channels for name, channels in missing.items() if channels} == {}


@pytest.mark.parametrize("folder", FOLDERS)
def test_every_step_is_walked(folder: JourneyFolder) -> None:
    """Between them the scenarios of a journey come through every step that leaves a mark in the trace."""
    marks = {
        happening.step
        for file in folder.scenarios
        for happening in play(file.scenario, deployment()).trace
        if happening.journey == folder.journey.journey
    }

    unmarked = {"goto", "parallel", "exit"}
    walked = {node.id for node in folder.flow.nodes.values() if node.step.verb not in unmarked}

    assert walked - marks == set()


def test_every_verb_is_shown() -> None:
    """The samples are where an author looks a verb up, so each stands in one of them."""
    shown = {node.step.verb for folder in PROJECT.journeys.values() for node in folder.flow.nodes.values()}

    assert shown == set(VERBS)


def _channels(contents: object) -> list[str]:
    names = ("email", "sms", "push", "whatsapp", "in_app", "webhook")
    return [name for name in names if getattr(contents, name, None) is not None]
