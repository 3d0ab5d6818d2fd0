from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from infra.constructs.bus import states_pattern
from infra.constructs.naming import machine_name, machine_output
from infra.settings import Settings, SettingsError
from sojourn.domain.journey.model.authored import NAME

STAGES = st.from_regex(r"[a-z]([a-z0-9-]{0,14}[a-z0-9])?", fullmatch=True)
JOURNEYS = st.from_regex(NAME, fullmatch=True).filter(lambda name: len(name) <= 40)
ALIKE = (
    "reminder-2",
    "reminder2",
    "reminder_2",
    "win-back",
    "winback",
    "win_back",
    "win-back2",
    "win-back-2",
)


@settings(max_examples=200, deadline=None)
@given(STAGES, STAGES, JOURNEYS, JOURNEYS)
def test_no_two_machines_have_one_name(one: str, other: str, journey: str, another: str) -> None:
    """A machine's name tells its stage and its journey, whatever both are called."""
    first = machine_name(Settings(stage=one), journey)
    second = machine_name(Settings(stage=other), another)

    assert (first == second) == ((one, journey) == (other, another))


@settings(max_examples=200, deadline=None)
@given(STAGES, STAGES, JOURNEYS)
def test_no_stage_hears_of_anothers_executions(one: str, other: str, journey: str) -> None:
    """What all machines of a stage begin with, none of another stage does."""
    begins = machine_name(Settings(stage=one), "")

    assert machine_name(Settings(stage=other), journey).startswith(begins) == (one == other)
    assert begins in str(states_pattern(Settings(stage=one)))


def test_a_machines_name_is_no_longer_than_step_functions_takes() -> None:
    """Whoever named stage and journey is told by how much it is too long, before anything is deployed."""
    stage = Settings(stage="a" * 16)
    assert len(machine_name(stage, "b" * 55)) == 80

    with pytest.raises(SettingsError, match="shorten it by 5, or the stage"):
        machine_name(stage, "b" * 60)


@pytest.mark.parametrize(
    ("journey", "expected"),
    [("welcome", "WelcomeArn"), ("win-back", "WinBackArn"), ("reminder2", "Reminder2Arn")],
)
def test_an_output_is_the_journeys_name_in_capitals(journey: str, expected: str) -> None:
    """Operators find a machine's ARN by the journey's name."""
    assert machine_output(journey) == expected


def test_journeys_that_are_spelled_alike_have_outputs_of_their_own() -> None:
    """`reminder-2` and `reminder2` can be deployed together: outputs are letters and digits, and all different."""
    outputs = {machine_output(journey) for journey in ALIKE}

    assert len(outputs) == len(ALIKE)
    assert all(output.isalnum() for output in outputs)


@settings(max_examples=300, deadline=None)
@given(JOURNEYS, JOURNEYS)
def test_an_output_is_one_journeys(one: str, other: str) -> None:
    """Two journeys have one output only if they are the same."""
    assert (machine_output(one) == machine_output(other)) == (one == other)
