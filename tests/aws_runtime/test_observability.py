from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from traceback import format_exception
from types import SimpleNamespace
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from sojourn.aws_runtime.observability import Withheld, count, observed, task_keys
from sojourn.aws_runtime.settings import SettingsError
from sojourn.errors import AuthorError, Conflict, RunEnded, RunParked, SendHeld, Throttled, TransientError

PAYLOAD: dict[str, Any] = json.loads((Path(__file__).parents[1] / "events" / "step-payload.json").read_text())
ADDRESS = "ana@example.com"
CONTEXT = SimpleNamespace(aws_request_id="request-1")
Lines = Callable[[], list[dict[str, Any]]]


@pytest.fixture
def lines(printed: Callable[[], str], monkeypatch: pytest.MonkeyPatch) -> Lines:
    """Return what was printed, a JSON object a line."""
    monkeypatch.setenv("POWERTOOLS_SERVICE_NAME", "sojourn-dev-step")
    monkeypatch.setenv("POWERTOOLS_METRICS_NAMESPACE", "Sojourn")

    def read() -> list[dict[str, Any]]:
        return [json.loads(line) for line in printed().splitlines()]

    return read


def raising(error: Exception) -> Any:
    def handler(event: Any, context: Any) -> None:
        raise error

    return observed(handler)


def test_an_answer_goes_through_without_a_word(lines: Lines) -> None:
    """What went well is in the metrics and the ledger."""
    handler = observed(lambda event, context: {"answer": event["step"]})

    assert handler(PAYLOAD, CONTEXT) == {"answer": "mark"}
    assert lines() == []


@pytest.mark.parametrize(
    ("error", "level"),
    [
        (SendHeld("2026-03-06T09:00:00Z"), "INFO"),
        (RunParked("run-1-1"), "INFO"),
        (RunEnded("goal"), "INFO"),
        (Conflict("ana"), "WARNING"),
        (TransientError("busy"), "WARNING"),
        (Throttled("busy", 1.0), "WARNING"),
        (KeyError("ana@example.com"), "ERROR"),
    ],
)
def test_what_a_task_raises_is_logged_and_goes_on(lines: Lines, error: Exception, level: str) -> None:
    """The class is what the state machine hears; only what nobody expects is an error to an operator."""
    with pytest.raises(Exception) as raised:  # noqa: PT011 - its class is what is asked about
        raising(error)(PAYLOAD, CONTEXT)

    assert type(raised.value).__name__ == type(error).__name__
    (line,) = lines()
    assert (line["level"], line["raised"]) == (level, type(error).__name__)
    assert {name: line[name] for name in ("request", "customer", "run", "step", "execution")} == {
        "request": "request-1", "customer": "ana", "run": "welcome-3f2a", "step": "mark",
        "execution": "welcome-3f2a",
    }  # fmt: skip


def test_an_error_says_where_and_not_with_what(lines: Lines) -> None:
    """The places in our code are enough to find a bug; the message may quote a customer."""
    with pytest.raises(Withheld, match="^KeyError; the log says where, under request request-1$"):
        raising(KeyError("ana@example.com"))(PAYLOAD, CONTEXT)

    (line,) = lines()
    assert (line["where"][0].split(":")[0], line["request"]) == ("test_observability.py", "request-1")
    assert "ana@example.com" not in json.dumps(line)


def refused_by_aws() -> None:
    answer: Any = {"Error": {"Code": "BadRequestException", "Message": f"Illegal address {ADDRESS}"}}
    error = ClientError(answer, "SendEmail")
    raise TransientError(str(error)) from error


def not_for_aws() -> None:
    boto3.client("sesv2", region_name="us-east-1").send_email(Destination=ADDRESS)


def not_a_number() -> None:
    try:
        int(ADDRESS)
    finally:
        raise KeyError(ADDRESS)


@pytest.mark.parametrize(
    ("fails", "name", "words"),
    [
        (refused_by_aws, "TransientError", "SendEmail: BadRequestException; the log"),
        (not_a_number, "KeyError", "KeyError; the log"),
        (not_for_aws, "ParamValidationError", "ParamValidationError; the log"),
    ],
)
def test_what_lambda_logs_of_an_error_quotes_nobody(fails: Callable[[], None], name: str, words: str) -> None:
    """Lambda's own record, and the answer a state machine keeps, have class, message and stack: no address in any."""

    def handler(event: Any, context: Any) -> None:
        fails()

    with pytest.raises(Withheld) as raised:
        observed(handler)(PAYLOAD, CONTEXT)

    assert type(raised.value).__name__ == name
    assert str(raised.value).startswith(words)
    assert ADDRESS not in "".join(format_exception(raised.value))


def test_what_a_state_machine_reads_stays_word_for_word() -> None:
    """The message of `SendHeld` is the instant until when: the machine waits for it."""
    for error in (
        SendHeld("2026-03-06T09:00:00Z"),
        RunEnded("goal"),
        AuthorError("400 KB"),
        SettingsError("no table"),
    ):
        with pytest.raises(type(error)) as raised:
            raising(error)(PAYLOAD, CONTEXT)

        assert raised.value is error


def test_one_invocation_is_not_logged_under_anothers_names(lines: Lines) -> None:
    """Functions live on; what was said of the last task is forgotten."""
    for payload in (PAYLOAD, {"Records": []}):
        with pytest.raises(RunEnded):
            raising(RunEnded("goal"))(payload, CONTEXT)

    first, second = lines()
    assert first["customer"] == "ana"
    assert "customer" not in second


@pytest.mark.parametrize("event", [None, [], "text", {"state": "text"}, {"state": {"customer": 7}}])
def test_an_event_of_another_kind_has_no_task(event: Any) -> None:
    """Whatever a function was called with, logging it is no new fault."""
    assert task_keys(event) == {}


def test_a_metric_is_a_line_with_its_dimensions(lines: Lines) -> None:
    """The service's name is always one; an empty one is left out."""
    count("MessagesSent", 2, channel="email", reason="")

    (line,) = lines()
    metrics = line["_aws"]["CloudWatchMetrics"][0]
    assert metrics["Namespace"] == "Sojourn"
    assert metrics["Metrics"] == [{"Name": "MessagesSent", "Unit": "Count"}]
    assert sorted(metrics["Dimensions"][0]) == ["channel", "service"]
    assert (line["service"], line["channel"], line["MessagesSent"]) == ("sojourn-dev-step", "email", 2)
