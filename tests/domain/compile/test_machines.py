"""What every compiled machine keeps to: what others accept, what a step costs, how large it may be, what it says."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from sojourn import errors
from sojourn.domain.compile.compiled import canonical
from sojourn.domain.compile.folder import compile_folder
from sojourn.domain.customer.rows import Profile
from sojourn.domain.journey.project import read_project
from sojourn.domain.ledger import Happening
from sojourn.local.deployment import deploy
from sojourn.local.world import World
from tests.support.asl_checks import problems
from tests.support.compiling import compiled, read, states, steps

ROOT = Path(__file__).parents[3]
GOLDEN = ROOT / "tests" / "golden" / "compile"
START = datetime(2026, 3, 2, 12, tzinfo=UTC)


def samples() -> dict[str, dict[str, Any]]:
    """Compile every sample journey of the repository."""
    root = ROOT / "journeys"
    files = {str(path.relative_to(root)): path.read_bytes() for path in root.rglob("*") if path.is_file()}
    project = read_project(files)
    return {
        name: dict(compile_folder(folder, project)[0].definition) for name, folder in project.journeys.items()
    }


SAMPLES = samples()


@pytest.mark.node
@pytest.mark.parametrize("name", sorted(path.name for path in GOLDEN.glob("*.asl.json")))
def test_each_golden_machine_is_accepted_by_others(name: str) -> None:
    """By asl-validator, CloudFormation's linter and moto."""
    definition = json.loads((GOLDEN / name).read_text(encoding="utf-8"))

    assert problems(definition) == []


@pytest.mark.node
@pytest.mark.parametrize("name", sorted(SAMPLES))
def test_each_sample_journeys_machine_is_accepted_by_others(name: str) -> None:
    """By asl-validator, CloudFormation's linter and moto."""
    assert problems(SAMPLES[name]) == []


EVERY = (GOLDEN / "several-releases.yaml").read_text(encoding="utf-8")


def test_the_same_journey_gives_the_same_bytes() -> None:
    """On every compilation, read anew."""
    first, second = (json.dumps(compiled(EVERY).to_json()) for _ in range(2))

    assert first == second


def test_the_order_in_which_a_mapping_is_written_changes_no_version() -> None:
    """Where order means nothing: keys of a step, keys of its values; the order of shares does mean something."""
    step = "- {call: 'https://x.example', with: {a: 1, b: {c: 2, d: 3}}, otherwise: [{exit: x}]}"
    other = "- {otherwise: [{exit: x}], with: {b: {d: 3, c: 2}, a: 1}, call: 'https://x.example'}"
    shares = [
        "- split: {a: {weight: 50}, b: {weight: 50, steps: [{exit: x}]}}",
        "- split: {b: {weight: 50, steps: [{exit: x}]}, a: {weight: 50}}",
    ]

    assert steps(step).version == steps(other).version
    assert canonical(steps(step).to_json()) == canonical(steps(other).to_json())
    assert steps(shares[0]).version != steps(shares[1]).version


def test_a_version_is_the_content() -> None:
    """Another wait, another message: another version; a comment in the file: the same."""
    versions = [
        steps(text).version for text in ("- wait: 1 day", "- wait: 24 hours # the same", "- wait: 2 days")
    ]

    assert versions[0] == versions[1] != versions[2]


COSTS = {
    "- {id: s, send: hello}": 1,
    "- {id: s, send: hello}\n- {branch: [{when: steps.s.sent, steps: []}]}": 1,
    "- {id: s, send: hello}\n- {branch: [{when: steps.s.sent, steps: [{emit: x}]}]}\n- {emit: y}": 4,
    "- wait: 1 day": 2,
    "- wait: 1 day\n- {id: s, send: hello}": 2,
    "- wait: 1 day\n- {branch: [{when: entry.n > 1, steps: [{emit: x}]}]}\n- {emit: y}": 5,
    "- {emit: x}\n- {wait: {until: '09:00'}}\n- {emit: y}": 3,
    "- {wait: {until: '09:00'}}\n- {emit: y}": 2,
    "- {wait_for: [{event: did_it}], up_to: 1 day}\n- {emit: y}": 2,
    "- {wait_for: [{event: did_it, steps: [{exit: x}]}], up_to: 1 day, otherwise: [{emit: y}]}": 2,
    "- {emit: x}\n- split: {a: {weight: 50, steps: [{emit: y}]}, b: {weight: 50, steps: [{emit: z}]}}": 3,
    "- {id: x, emit: x}\n- {wait: 1 day}\n- {goto: x, at_most: 2}": 3 * 4 + 1,
}
"""Steps, and the transitions of a run through them in which nothing comes and every condition asked holds."""


@pytest.mark.parametrize(("text", "transitions"), COSTS.items())
def test_a_run_takes_as_many_transitions_as_it_is_said_to(text: str, transitions: int) -> None:
    """Counted by the interpreter as AWS bills them: states entered."""
    deployment = deploy(read(f"journey: j\ntopic: news\nenter: {{on: began}}\nsteps:\n{text}"))
    happened: list[Happening] = []
    world = World(deployment, START, happened.append)
    world.add_customer(Profile("ana", email="ana@example.com", timezone="UTC"))

    world.happen("ana", "began", {"n": 2})
    world.clock.run()

    assert [one.what for one in happened][-1] == "exited"
    assert world.interpreter.transitions == transitions


def named_errors(definition: dict[str, Any]) -> set[str]:
    """Return every error that Retry, Catch and Fail of a machine name."""
    text = json.dumps(definition)
    listed = re.findall(r'"ErrorEquals": \[([^\]]*)\]', text)
    return {name for names in listed for name in json.loads(f"[{names}]")} | set(
        re.findall(r'"Error": "([^"]*)"', text)
    )


@pytest.mark.parametrize("name", sorted(SAMPLES))
def test_every_error_of_ours_that_a_machine_names_is_one_we_raise(name: str) -> None:
    """Lambda reports the class name, so a renamed class would never be caught; all others are AWS's own."""
    ours = {
        error
        for error in named_errors(SAMPLES[name])
        if not re.match(r"(States|Lambda|Runtime|Sandbox)\.", error)
    }

    assert ours <= set(vars(errors))
    assert {"RunParked", "RunEnded", "TransientError", "Throttled", "Conflict"} <= ours


def test_every_error_that_is_worth_trying_again_is_tried_again() -> None:
    """A state machine matches the class's own name and knows no base classes; no task stores an event."""
    entries = states(steps("- {emit: x}"))["emit_1"]["Retry"]
    retried = {name for entry in entries for name in entry["ErrorEquals"]}
    worth = {
        name for name, kind in vars(errors).items()
        if isinstance(kind, type) and issubclass(kind, errors.TransientError | errors.Conflict)
    } - {"EventKnown"}  # fmt: skip

    assert worth <= retried


def test_a_hundred_steps_are_far_from_the_definition_limit() -> None:
    """A definition may hold 1 MB; branches with sends on both sides, waits and questions stay below a quarter of it."""
    block = """
- {{id: s{n}, send: hello, otherwise: [{{id: t{n}, send: hello, via: [sms]}}]}}
- wait: 1 day
- id: w{n}
  wait_for: [{{event: did_it, where: event.n > entry.n, steps: [{{update: {{plan: keen}}}}]}}, {{clicked: s{n}}}]
  up_to: 3 days
- branch: [{{when: steps.s{n}.sent && customer.score > 5, steps: [{{emit: other, with: {{ref: entry.ref}}}}]}}]
- {{call: https://api.shop.example/x, with: {{ref: entry.ref}}}}
"""
    journey = steps("".join(block.format(n=n) for n in range(12)))

    assert len(states(journey)) > 100
    assert len(json.dumps(journey.definition).encode()) < 250_000


NAMES = (
    "over",
    "completed",
    "end",
    "start",
    "run",
    "done",
    "failed",
    "held",
    "otherwise",
    "next",
    "state",
    "steps",
)


def test_no_step_id_collides_with_a_state_of_the_compilers() -> None:
    """Whatever an author calls a step, its state is the step's."""
    text = "".join(
        f"- {{id: {name}, send: hello}}\n"
        f"- {{id: b_{name}, branch: [{{when: steps.{name}.sent, steps: [{{exit: x}}]}}]}}\n"
        for name in NAMES
    )
    journey = steps(text + "- wait: 400 days\n")

    found = states(journey)
    assert [found[name]["Parameters"]["step"] for name in NAMES] == list(NAMES)


def test_every_way_out_of_every_state_leads_to_a_state() -> None:
    """In nested parallels too, where names are unique over all paths."""
    journey = steps(
        """
- id: p
  parallel:
    a:
      - id: q
        parallel:
          x: [{id: w, wait_for: [{event: did_it, steps: [{wait: 1 hour}]}], up_to: 1 day}]
          y: [{wait: 1 day}, {branch: [{when: entry.n > 1, steps: [{exit: n}]}]}]
      - {branch: [{when: steps.w.path == "did_it", steps: [{emit: x}]}]}
    b: [{id: s, send: hello, otherwise: [{wait: 2 days}]}]
    c: []
"""
    )

    def ways(machine: Any) -> None:
        assert machine["StartAt"] in machine["States"]
        for state in machine["States"].values():
            every = [state, *state.get("Choices", ()), *state.get("Catch", ())]
            assert {way["Next"] for way in every if "Next" in way} <= set(machine["States"])
            for branch in state.get("Branches", ()):
                ways(branch)

    ways(journey.definition)
    assert problems(dict(journey.definition)) == []
    assert len(states(journey)) > 10


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ('{"price.$": "$.steps"}', {"price.$": "$.steps"}),
        ('["${StepFunctionArn}", "$.x"]', ["${StepFunctionArn}", "$.x"]),
        ('{"deep": [{"a.$": "$$.Execution.Name"}]}', {"deep": [{"a.$": "$$.Execution.Name"}]}),
        ("null", None),
        (r'"C:\\$ \"${x}\" \u0024{y}"', 'C:\\$ "${x}" ${y}'),
        ('"States.UUID()"', "States.UUID()"),
    ],
)
def test_an_authors_text_means_itself(value: str, text: object) -> None:
    """AWS reads no path and CloudFormation no placeholder in it, and the task gets it as it was written."""
    project = read(
        f"journey: j\ntopic: news\nenter: {{on: began}}\nsteps: [{{id: e, emit: other, with: {{v: {value}}}}}]"
    )
    world = World(deploy(project), START, lambda _: None)
    world.happen("ana", "began", {})
    world.clock.run()

    (event,) = world.customers.events("ana", "other")
    definition = json.dumps(compile_folder(project.journeys["j"], project)[0].definition)
    assert event.properties == {"v": text}
    assert set(re.findall(r"\$\{(\w+)\}", definition)) == {"StepFunctionArn"}
    assert set(re.findall(r'"([^"]+\.\$)":', definition)) == {
        "entered.$",
        "execution.$",
        "state.$",
    }
    assert ": null" not in definition.replace('"ResultPath": null', "")


def test_what_reads_like_a_placeholder_in_a_title_is_no_placeholder() -> None:
    """Of the journey and of a person's task, which both become comments."""
    journey = compiled(
        "journey: j\ntitle: 'a ${B}'\ntopic: news\nenter: {on: began}\n"
        "steps: [{task: desk, title: 'c ${D}', up_to: 1 day}]"
    )

    assert set(re.findall(r"\$\{(\w+)\}", json.dumps(journey.definition))) == {"StepFunctionArn"}
