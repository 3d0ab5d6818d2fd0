"""The machine in which a run can go on at any step: others accept it, and it has the states of the usual one."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from sojourn.domain.compile.anywhere import beginning_anywhere
from sojourn.domain.compile.timeouts import late_state, late_wait
from sojourn.local.states.machine import Machine
from tests.support.asl_checks import problems
from tests.support.compiling import steps

ROOT = Path(__file__).parents[3]
GOLDEN = ROOT / "tests" / "golden" / "compile"
GOLDENS = {
    path.name: json.loads(path.read_text(encoding="utf-8")) for path in sorted(GOLDEN.glob("*.asl.json"))
}


@pytest.mark.node
@pytest.mark.parametrize("name", GOLDENS)
def test_it_is_accepted_by_others(name: str) -> None:
    """By asl-validator, CloudFormation's linter and moto; and by the local runtime."""
    definition = dict(beginning_anywhere(GOLDENS[name]))
    placeholders = {"StepFunctionArn": "step", "SendFunctionArn": "send"}

    assert problems(definition) == []
    assert Machine.parse(definition, placeholders, name).name == name


@pytest.mark.parametrize("name", GOLDENS)
def test_it_begins_at_every_task_wait_and_parallel_and_changes_nothing_else(name: str) -> None:
    """States that belong to another one, and ends, are no places to go on at."""
    usual = GOLDENS[name]

    made = beginning_anywhere(usual)

    begins = {way["StringEquals"] for way in made["States"][made["StartAt"]].get("Choices", ())}
    places = {
        name
        for name, state in usual["States"].items()
        if state["Type"] in ("Task", "Wait", "Parallel") and not name.endswith((": held", ": held until"))
    }
    assert places <= begins
    same = {name: state for name, state in made["States"].items() if name != made["StartAt"]}
    assert same.items() <= usual["States"].items()
    assert beginning_anywhere(made) is made


def test_a_machine_that_parks_runs_begins_anywhere_as_it_is() -> None:
    """Nobody need make a second one."""
    definition = steps(
        "  - {wait: {until: entry.at}}\n  - {id: s, send: hello}\n  - {wait: {until: entry.at}}"
    ).definition

    assert beginning_anywhere(definition) is definition


def test_a_choice_that_only_an_entry_came_to_is_gone_into_the_beginning() -> None:
    """What it could go to can still be begun at, the ends among it."""
    branch = "  - branch: [{when: entry.n > 3, steps: [{exit: many}]}]"
    usual = steps(
        f"{branch}\n  - {{id: s, send: hello}}\n  - wait: 1 day\n  - {{id: t, send: hello}}"
    ).definition

    made = beginning_anywhere(usual)

    ways = [way["StringEquals"] for way in made["States"][made["StartAt"]]["Choices"]]
    assert (usual["StartAt"], made["StartAt"]) == ("branch_1: which way", "Start: which way")
    assert usual["StartAt"] not in made["States"]
    assert ways == ["exit_1", "s", "wait_1", "t"]


LATE = {
    "nothing": ("", "End"),
    "a send": ("{id: n, send: hello}", "n"),
    "a wait": ("{id: n, wait: 1 hour}", "n"),
    "a wait until": ('{id: n, wait: {until: "09:00"}}', "n: decide"),
    "a branch": ('{id: n, branch: [{when: customer.plan == "pro", steps: []}]}', "n: decide"),
    "a split": ("{id: n, split: {a: {weight: 1}, b: {weight: 1}}}", "n: decide"),
    "an exit": ("{id: n, exit: x}", "n: decide"),
    "a parallel": ("{id: n, parallel: {a: [{send: hello}], b: [{emit: did_it}]}}", "n"),
    "a parallel of waits": ("{id: n, parallel: {a: [{wait: 1 hour}], b: [{emit: did_it}]}}", "n"),
}


@pytest.mark.parametrize(("follows", "state"), LATE.values(), ids=LATE)
@pytest.mark.parametrize("kind", ["wait_for: [{event: did_it}]", "task: desk, title: Call"])
def test_where_a_timeout_leads_is_read_from_what_the_wait_carries(
    follows: str, state: str, kind: str
) -> None:
    """As the machine has it, whether or not the journey is one that parks."""
    step = f"  - {{id: w, {kind}, up_to: 1 day}}" + (f"\n  - {follows}" if follows else "")
    definition = steps(step).definition
    payload = definition["States"]["w"]["Parameters"]["Payload"]
    then = payload["then"] if isinstance(payload["then"], dict) else json.loads(payload["then"])

    assert (late_state(then), definition["States"]["w"]["Catch"][0]["Next"]) == (state, state)
    assert late_wait(then) == (3600.0 if follows == LATE["a wait"][0] else 0.0)


def test_where_it_leads_is_what_a_journey_that_parks_tells_its_tasks_outright() -> None:
    """In every golden machine."""
    payloads = [
        state["Parameters"]["Payload"]
        for definition in GOLDENS.values()
        for state in definition["States"].values()
        if "late" in state.get("Parameters", {}).get("Payload", {})
    ]

    assert payloads
    for payload in payloads:
        then = payload["then"] if isinstance(payload["then"], dict) else json.loads(payload["then"])
        assert late_state(then) == payload["late"]
