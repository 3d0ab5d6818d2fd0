"""Rules of Choice states."""

from __future__ import annotations

from typing import Any

import pytest

from sojourn.local.states import DefinitionError, Machine
from tests.support.local_states import machine, run

DATA = {
    "n": 5, "f": 5.0, "m": 7, "s": "abc", "t": "abd", "yes": True, "no": False, "nil": None, "o": {},
    "early": "2026-03-06T09:00:00-05:00", "noon": "2026-03-06T14:00:00.000Z", "late": "2026-03-06T14:00:01Z",
}  # fmt: skip


def outcome(rule: dict[str, Any]) -> str:
    """Return "yes" or "no", or the error name."""
    choice = {"Type": "Choice", "Choices": [{**rule, "Next": "Yes"}], "Default": "No"}
    ends = {name: {"Type": "Pass", "Result": name.lower(), "End": True} for name in ("Yes", "No")}
    execution = run(machine(Choice=choice, **ends), DATA)
    return str(execution.error or execution.output)


@pytest.mark.parametrize(
    ("variable", "name", "operand", "expected"),
    [
        ("n", "NumericEquals", 5, "yes"), ("f", "NumericEquals", 5, "yes"), ("n", "NumericEquals", 5.0, "yes"),
        ("s", "NumericEquals", 5, "no"), ("yes", "NumericEquals", 1, "no"), ("nil", "NumericLessThan", 1, "no"),
        ("n", "NumericLessThan", 5, "no"), ("n", "NumericLessThanEquals", 5, "yes"),
        ("n", "NumericGreaterThan", 4.9, "yes"), ("n", "NumericGreaterThanEquals", 6, "no"),
        ("n", "NumericEqualsPath", "$.f", "yes"), ("n", "NumericLessThanPath", "$.m", "yes"),
        ("n", "NumericGreaterThanPath", "$.s", "no"), ("n", "NumericLessThanEqualsPath", "$.n", "yes"),
        ("n", "NumericGreaterThanEqualsPath", "$.m", "no"),
        ("n", "NumericEqualsPath", "$.none", "States.Runtime"),
        ("s", "StringEquals", "abc", "yes"), ("n", "StringEquals", "5", "no"),
        ("s", "StringLessThan", "abd", "yes"),
        ("s", "StringGreaterThan", "abb", "yes"), ("s", "StringLessThanEquals", "abc", "yes"),
        ("s", "StringGreaterThanEquals", "abd", "no"), ("s", "StringEqualsPath", "$.t", "no"),
        ("s", "StringLessThanPath", "$.t", "yes"), ("s", "StringGreaterThanPath", "$.t", "no"),
        ("s", "StringLessThanEqualsPath", "$.s", "yes"), ("s", "StringGreaterThanEqualsPath", "$.t", "no"),
        ("s", "StringMatches", "a*", "yes"), ("s", "StringMatches", "a*c", "yes"),
        ("s", "StringMatches", "a?c", "no"),
        ("s", "StringMatches", "*b", "no"), ("s", "StringMatches", "a\\*c", "no"),
        ("n", "StringMatches", "*", "no"),
        ("yes", "BooleanEquals", True, "yes"), ("no", "BooleanEquals", True, "no"),
        ("n", "BooleanEquals", True, "no"),
        ("yes", "BooleanEqualsPath", "$.no", "no"), ("no", "BooleanEqualsPath", "$.no", "yes"),
        ("early", "TimestampEquals", "2026-03-06T14:00:00Z", "yes"),
        ("early", "StringEquals", "2026-03-06T14:00:00Z", "no"),
        ("s", "TimestampEquals", "2026-03-06T14:00:00Z", "no"),
        ("early", "TimestampEqualsPath", "$.noon", "yes"),
        ("early", "TimestampLessThan", "2026-03-06T14:00:01Z", "yes"),
        ("early", "TimestampLessThanPath", "$.late", "yes"),
        ("early", "TimestampGreaterThan", "2026-03-06T13:59:59.9Z", "yes"),
        ("late", "TimestampGreaterThanPath", "$.noon", "yes"),
        ("late", "TimestampLessThanEquals", "2026-03-06T14:00:00Z", "no"),
        ("noon", "TimestampLessThanEqualsPath", "$.early", "yes"),
        ("noon", "TimestampGreaterThanEquals", "2026-03-06T14:00:00Z", "yes"),
        ("noon", "TimestampGreaterThanEqualsPath", "$.late", "no"),
        ("n", "IsPresent", True, "yes"), ("nil", "IsPresent", True, "yes"), ("none", "IsPresent", True, "no"),
        ("none", "IsPresent", False, "yes"), ("none.deeper", "IsPresent", False, "yes"),
        ("nil", "IsNull", True, "yes"),
        ("n", "IsNull", False, "yes"), ("none", "IsNull", True, "States.Runtime"),
        ("s", "IsString", True, "yes"),
        ("f", "IsNumeric", True, "yes"), ("yes", "IsNumeric", True, "no"), ("no", "IsBoolean", True, "yes"),
        ("early", "IsTimestamp", True, "yes"), ("s", "IsTimestamp", False, "yes"),
        ("none", "StringEquals", "x", "States.Runtime"),
    ],
)  # fmt: skip
def test_a_comparison_holds(variable: str, name: str, operand: Any, expected: str) -> None:
    """Each operator compares values of its own type, is false for others, and fails on what is not there."""
    assert outcome({"Variable": f"$.{variable}", name: operand}) == expected


TRUE = {"Variable": "$.n", "NumericEquals": 5}
FALSE = {"Variable": "$.n", "NumericEquals": 6}
BROKEN = {"Variable": "$.none", "NumericEquals": 6}


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ({"And": [TRUE, TRUE]}, "yes"),
        ({"And": [TRUE, FALSE]}, "no"),
        ({"And": [FALSE, BROKEN]}, "no"),
        ({"Or": [FALSE, TRUE]}, "yes"),
        ({"Or": [FALSE, FALSE]}, "no"),
        ({"Or": [TRUE, BROKEN]}, "yes"),
        ({"Not": FALSE}, "yes"),
        ({"Not": {"And": [TRUE, {"Not": TRUE}]}}, "yes"),
        ({"Or": [FALSE, BROKEN]}, "States.Runtime"),
    ],
)
def test_rules_combine(rule: dict[str, Any], expected: str) -> None:
    """And, Or and Not combine rules and look no further than they must."""
    assert outcome(rule) == expected


def test_a_choice_reads_the_context() -> None:
    """A rule may ask about the execution itself."""
    assert outcome({"Variable": "$$.Execution.Name", "StringEquals": "run-1"}) == "yes"


def test_no_rule_holds() -> None:
    """Without a Default, data that no rule fits fails the execution by name."""
    choice = {"Type": "Choice", "Choices": [{**FALSE, "Next": "Yes"}]}

    execution = run(machine(Choice=choice, Yes={"Type": "Succeed"}), DATA)

    assert (execution.status, execution.error) == ("FAILED", "States.NoChoiceMatched")


def test_a_choice_filters_its_data() -> None:
    """InputPath is applied before the rules, OutputPath after them."""
    choice = {"Type": "Choice", "InputPath": "$.a", "OutputPath": "$.b", "Default": "Yes"}
    choice["Choices"] = [{"Variable": "$.b", "NumericEquals": 2, "Next": "Yes"}]

    execution = run(machine(Choice=choice, Yes={"Type": "Succeed"}), {"a": {"b": 2}})

    assert execution.output == 2


@pytest.mark.parametrize(
    "rule",
    [
        {}, {"Variable": "$.n"}, {"Variable": "$.n", "NumericNearly": 5}, {"Variable": "$.n", "NumericEquals": "5"},
        {"Variable": "n", "NumericEquals": 5}, {"Variable": "$.n", "BooleanLessThan": True}, {"And": []}, {"And": TRUE},
        {"Variable": "$.n", "IsNull": "yes"}, {"Variable": "$.n", "TimestampEquals": "2026-13-01T00:00:00Z"},
        {"Variable": "$.n", "NumericEqualsPath": 5}, {"Not": {**TRUE, "Next": "Yes"}}, {**TRUE, "StringEquals": "x"},
        {"Variable": "$.n", "StringMatches": 5}, {"Variable": 5, "StringMatches": "5"},
    ],
)  # fmt: skip
def test_what_is_no_rule_is_refused(rule: dict[str, Any]) -> None:
    """A rule that cannot be tested is a problem of the definition."""
    choice = {"Type": "Choice", "Choices": [{**rule, "Next": "Yes"}], "Default": "Yes"}

    with pytest.raises(DefinitionError, match=r"States\.Choice\.Choices\[0\]"):
        Machine.parse(machine(Choice=choice, Yes={"Type": "Succeed"}))
