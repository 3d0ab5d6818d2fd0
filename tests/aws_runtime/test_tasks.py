from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from sojourn.application.task_input import TaskInput
from sojourn.aws_runtime.tasks import PayloadError, checked
from sojourn.domain.compile.bundle import compiled_workspace
from sojourn.domain.journey.project import read_project

SAMPLES = Path(__file__).parents[2] / "journeys"
PAYLOAD: dict[str, Any] = json.loads((Path(__file__).parents[1] / "events" / "step-payload.json").read_text())


def test_a_payload_of_a_task_is_handed_on_as_it_is() -> None:
    """The use case reads what the machine sent, not a copy."""
    assert checked(PAYLOAD) is PAYLOAD


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"step": None}, "step is of another kind"),
        ({"state": {"run": "r", "customer": "ana"}}, r"state\.steps is missing"),
        ({"state": {"run": 7, "customer": "ana", "steps": {}}}, r"state\.run is of"),
        ({"entered": 7}, "entered is of"),
        ({"token": ""}, "token is empty"),
        ({"unheard": 1}, "unheard is nothing"),
        ({"do": ["update"]}, "do is of"),
    ],
)
def test_what_no_machine_of_ours_sends_is_refused_by_its_place(change: dict[str, Any], said: str) -> None:
    """A sentence, not a `KeyError` in the middle of the work."""
    with pytest.raises(PayloadError, match=said):
        checked({**PAYLOAD, **change})


@pytest.mark.parametrize("payload", [None, [], "text", {}])
def test_what_is_no_payload_at_all_is_refused(payload: Any) -> None:
    """Somebody tried the function in the console."""
    with pytest.raises(PayloadError, match="no payload of a journey's task"):
        checked(payload)


def payloads(states: dict[str, Any]) -> list[dict[str, Any]]:
    """Return what each Task of these states hands over, its paths filled in as Step Functions would."""
    found = []
    for state in states.values():
        for branch in state.get("Branches", ()):
            found += payloads(branch["States"])
        if state["Type"] == "Task":
            parameters = state["Parameters"]
            said = parameters.get("Payload", parameters)
            filled = {
                "entered.$": PAYLOAD["entered"], "execution.$": "run-1", "state.$": PAYLOAD["state"], "token.$": "t",
            }  # fmt: skip
            found.append({key.removesuffix(".$"): filled.get(key, value) for key, value in said.items()})
    return found


def test_every_task_of_the_sample_journeys_passes() -> None:
    """What the compiler writes is what the model reads, and what the use cases read."""
    files = (path for path in SAMPLES.rglob("*") if path.is_file())
    project = read_project({path.relative_to(SAMPLES).as_posix(): path.read_bytes() for path in files})

    tasks = [
        payload
        for journey in compiled_workspace(project).journeys
        for payload in payloads(dict(journey.definition["States"]))
    ]

    assert len(tasks) > 20
    assert [TaskInput.of(checked(task)).execution for task in tasks] == ["run-1"] * len(tasks)
