"""What a function's log counts as an unexpected error, tried on records as Lambda writes them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import pytest

from infra.constructs.function import EXPECTED
from tests.infra.conftest import Assembly

TOKEN = re.compile(r'\s*(\(|\)|&&|\|\||!=|=|NOT EXISTS|"[^"]*"|\$[\w.]+)')


def found(record: Any, path: str) -> Any:
    """Return what stands at a path such as `$.record.status`; None for nothing."""
    for name in path[2:].split("."):
        record = record.get(name) if isinstance(record, Mapping) else None
    return record


def matches(pattern: str, record: Mapping[str, Any]) -> bool:
    """Say whether a filter pattern of CloudWatch Logs for JSON finds a record ("Filter pattern syntax", user guide).

    `&&` goes before `||`; a term is true of a property that is not there for `NOT EXISTS` alone.
    """
    tokens = TOKEN.findall(pattern.strip().removeprefix("{").removesuffix("}"))

    def either() -> bool:
        value = both()
        while tokens and tokens[0] == "||":
            tokens.pop(0)
            value = both() or value
        return value

    def both() -> bool:
        value = term()
        while tokens and tokens[0] == "&&":
            tokens.pop(0)
            value = term() and value
        return value

    def term() -> bool:
        if tokens[0] == "(":
            tokens.pop(0)
            value = either()
            assert tokens.pop(0) == ")"
            return value
        held, operator = found(record, tokens.pop(0)), tokens.pop(0)
        if operator == "NOT EXISTS":
            return held is None
        wanted = tokens.pop(0).strip('"')
        same = bool(re.fullmatch(re.escape(wanted).replace(r"\*", ".*"), str(held)))
        return held is not None and (same if operator == "=" else not same)

    value = either()
    assert tokens == []
    return value


def report(status: str, error: str = "", kind: str = "platform.report") -> dict[str, Any]:
    """Return what Lambda's own log says of an invocation, in JSON."""
    return {"type": kind, "record": {"status": status, **({"errorType": error} if error else {})}}


RAISED = {"level": "ERROR", "message": "failed"}
NOBODY_EXPECTS = {
    "our own line": RAISED,
    "a bug that Lambda logs": {**RAISED, "errorType": "KeyError"},
    "no permission": {**RAISED, "errorType": "NotAllowed"},
    "out of time": report("timeout"),
    "out of memory": report("error", "Runtime.OutOfMemory"),
    "killed": report("failure", "Runtime.ExitError"),
    "killed while it began": report("error", "Runtime.ExitError", "platform.initReport"),
    "out of time, as older logs say": report("failure", "Sandbox.Timedout"),
}
USUAL = {
    "it went well": report("success"),
    "it told a state machine something": report("error", "SendHeld"),
    "what it told is logged": {**RAISED, "errorType": "SendHeld"},
    "busy": {**RAISED, "errorType": "TransientError"},
    "a line of another level": {"level": "WARNING", "message": "to be tried again"},
    "a metric": {"_aws": {}, "EventsRouted": 1},
}


def counted(dev: Assembly, record: Mapping[str, Any]) -> dict[str, bool]:
    """Return, per function, whether a record counts."""
    filters: dict[str, bool] = {}
    for properties in dev.resources("engine", "AWS::Logs::MetricFilter").values():
        (told,) = properties["MetricTransformations"]
        assert len(properties["FilterPattern"]) <= 1_024
        counts = matches(properties["FilterPattern"], record)
        filters[told["MetricName"]] = filters.get(told["MetricName"], False) or counts
    return filters


@pytest.mark.parametrize("record", NOBODY_EXPECTS)
def test_what_nobody_expects_counts(dev: Assembly, record: str) -> None:
    """Whatever ends a function that should not, an alarm hears of it, for every function."""
    found = counted(dev, NOBODY_EXPECTS[record])

    assert len(found) >= 7
    assert all(found.values())


@pytest.mark.parametrize("record", USUAL)
def test_what_is_usual_does_not(dev: Assembly, record: str) -> None:
    """Nobody is woken by a message that is held until the morning."""
    assert not any(counted(dev, USUAL[record]).values())


def test_what_is_tried_for_two_minutes_only_is_expected_by_nobody() -> None:
    """A function that dies is repeated, and somebody must hear of it all the same."""
    assert not {"Runtime.ExitError", "Runtime.OutOfMemory", "Sandbox.Timedout", "NotAllowed"} & set(EXPECTED)
