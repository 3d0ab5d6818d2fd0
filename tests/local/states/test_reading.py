"""What is no state machine is refused, with everything that is wrong in it."""

from __future__ import annotations

from typing import Any

import pytest

from sojourn.local.states import DefinitionError, Machine
from tests.support.local_states import chain, machine

DONE = {"Type": "Succeed"}
TASK = {"Type": "Task", "Resource": "work"}
CATCH_ALL = {"ErrorEquals": ["States.ALL"], "Next": "S0"}
LOOP = {"StartAt": "S0", "States": {"S0": {"Type": "Pass", "Next": "S0"}}}


def problems(definition: Any) -> list[str]:
    """Return what is wrong with a definition."""
    with pytest.raises(DefinitionError) as raised:
        Machine.parse(definition)
    return list(raised.value.problems)


@pytest.mark.parametrize(
    ("definition", "part"),
    [
        ("{", "not JSON"),
        ("[]", "not an object"),
        ({"StartAt": "A"}, "it needs States"),
        ({"States": {}}, "it needs States"),
        ({"StartAt": "B", "States": {"A": DONE}}, 'StartAt: there is no state "B"'),
        ({**machine(A=DONE), "StartsAt": "A"}, "StartsAt: a machine has no such field"),
        ({**machine(A=DONE), "TimeoutSeconds": 0}, "machine.TimeoutSeconds"),
        ({**machine(A=DONE), "QueryLanguage": "JSONata"}, 'QueryLanguage "JSONata" is not supported'),
        (machine(A={**DONE, "QueryLanguage": "JSONata"}), "only JSONPath is"),
        (machine(A={"Type": "Sleep"}), "Type must be one of"),
        (machine(A=DONE, B=DONE), "States.B: no state leads to it"),
        (machine(**{"x" * 81: DONE}), "80 characters"),
        (machine(A={"Type": "Pass"}), "either Next or End"),
        (machine(A={"Type": "Pass", "Next": "A", "End": True}), "either Next or End"),
        (machine(A={"Type": "Pass", "End": "yes"}), "States.A.End"),
        (machine(A={"Type": "Pass", "Next": "B"}), 'States.A.Next: there is no state "B"'),
        (machine(A={**DONE, "Next": "A"}), "a Succeed state has no such field"),
        (chain({"Type": "Pass", "Assign": {"x": 1}}), "variables are not supported"),
        (chain({**TASK, "Arguments": {}}), "belongs to JSONata"),
        (chain({"Type": "Pass", "InputPath": 5}), "States.S0.InputPath"),
        (chain({"Type": "Pass", "OutputPath": "$.a["}), "States.S0.OutputPath"),
        (chain({"Type": "Pass", "ResultPath": 5}), "States.S0.ResultPath"),
        (chain({"Type": "Pass", "Parameters": {"a": 1, "a.$": "$"}}), "stands there twice"),
        (chain({"Type": "Task"}), "States.S0.Resource"),
        (chain({"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke"}), "FunctionName"),
        (chain({**TASK, "TimeoutSeconds": 1.5}), "a whole number from 1"),
        (chain({**TASK, "TimeoutSeconds": 5, "TimeoutSecondsPath": "$.t"}), "cannot stand beside"),
        (chain({**TASK, "TimeoutSeconds": 5, "HeartbeatSeconds": 5}), "less than TimeoutSeconds"),
        (chain({**TASK, "Retry": {}}), "a list of objects"),
        (chain({**TASK, "Retry": [{}]}), "States.S0.Retry[0].ErrorEquals"),
        (chain({**TASK, "Retry": [{"ErrorEquals": ["States.ALL", "A"]}]}), "must stand alone"),
        (
            chain({**TASK, "Retry": [{"ErrorEquals": ["States.ALL"]}, {"ErrorEquals": ["A"]}]}),
            "must be the last",
        ),
        (chain({**TASK, "Retry": [{"ErrorEquals": ["A"], "BackoffRate": 0.5}]}), "BackoffRate"),
        (chain({**TASK, "Retry": [{"ErrorEquals": ["A"], "MaxDelaySeconds": 1}]}), "MaxDelaySeconds"),
        (chain({**TASK, "Retry": [{"ErrorEquals": ["A"], "JitterStrategy": "SOME"}]}), "JitterStrategy"),
        (chain({**TASK, "Retry": [{"ErrorEquals": ["A"], "Max": 1}]}), "no such field"),
        (chain({**TASK, "Catch": [{"ErrorEquals": ["A"]}]}), "States.S0.Catch[0].Next"),
        (chain({**TASK, "Catch": [CATCH_ALL, CATCH_ALL]}), "must be the last"),
        (chain({"Type": "Wait"}), "exactly one of"),
        (chain({"Type": "Wait", "Seconds": 1, "Timestamp": "2026-01-01T00:00:00Z"}), "exactly one of"),
        (chain({"Type": "Wait", "Seconds": -1}), "States.S0.Seconds"),
        (chain({"Type": "Wait", "Timestamp": "tomorrow"}), "States.S0.Timestamp"),
        (machine(A={"Type": "Fail", "Error": "E", "ErrorPath": "$.e"}), "cannot stand beside"),
        (machine(A={"Type": "Fail", "Cause": 5}), "States.A.Cause"),
        (machine(A={"Type": "Choice", "Choices": []}), "at least one rule"),
        (chain({"Type": "Parallel", "Branches": []}), "at least one machine"),
        (chain({"Type": "Parallel", "Branches": [machine(S0=DONE)]}), "names are unique"),
        (
            chain({"Type": "Parallel", "Branches": [{"StartAt": "A"}]}),
            "States.S0.Branches[0]: it needs States",
        ),
        (chain({"Type": "Map"}), "it needs ItemProcessor"),
        (
            chain({"Type": "Map", "Iterator": machine(A=DONE), "ItemProcessor": machine(B=DONE)}),
            "ItemProcessor",
        ),
        (chain({"Type": "Map", "ItemReader": {}, "ItemProcessor": machine(A=DONE)}), "no such field"),
        (
            chain(
                {
                    "Type": "Map",
                    "ItemProcessor": {**machine(A=DONE), "ProcessorConfig": {"Mode": "DISTRIBUTED"}},
                }
            ),
            "only inline maps",
        ),
        (
            chain({"Type": "Map", "ItemProcessor": machine(A=DONE), "ItemSelector": {}, "Parameters": {}}),
            "its older name",
        ),
    ],
)
def test_a_definition_is_refused(definition: Any, part: str) -> None:
    """Each mistake is named together with its place."""
    found = problems(definition)

    assert [problem for problem in found if part in problem] != []


def test_all_problems_are_listed_at_once() -> None:
    """One mistake does not hide another."""
    states = {
        "A": {"Type": "Wait", "Seconds": -1, "Next": "Nowhere"},
        "B": {"Type": "Pass", "ResultPath": 5, "End": True},
    }

    found = problems({"StartAt": "A", "States": states})

    assert [problem.split(":")[0] for problem in found] == [
        "States.A.Next", "States.A.Seconds", "States.B.ResultPath", "States.B",
    ]  # fmt: skip


def test_good_machines_are_read() -> None:
    """What the language allows is not refused: comments, loops, nested machines, both names of a Map's machine."""
    inner = {
        "Type": "Map",
        "Iterator": machine(C=DONE),
        "Parameters": {"x.$": "$"},
        "MaxConcurrencyPath": "$.n",
        "End": True,
    }
    outer = {"Type": "Parallel", "Branches": [machine(B=inner)], "End": True, "Comment": "forks"}

    read = Machine.parse(
        {**machine(A=outer), "Comment": "good", "Version": "1.0", "TimeoutSeconds": 5}, name="good"
    )

    assert (read.name, read.timeout, read.start.name) == ("good", 5, "A")
    assert Machine.parse(LOOP).start.next is not None
