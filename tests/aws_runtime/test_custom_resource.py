from __future__ import annotations

import json
import threading
from pathlib import Path
from typing import Any

import pytest

from sojourn.aws_runtime.custom_resource import LONGEST_REASON, PAUSES, SPARE, Answer, answered, put
from tests.support.put_server import put_server

REQUEST: dict[str, Any] = json.loads(
    (Path(__file__).parents[1] / "events" / "register-create.json").read_text()
)


class Stack:
    """Hears answers; the first few do not get through."""

    def __init__(self, deaf: int = 0) -> None:
        self.heard: list[dict[str, Any]] = []
        self.pauses: list[float] = []
        self._deaf = deaf

    def put(self, url: str, body: bytes) -> None:
        if self._deaf:
            self._deaf -= 1
            raise OSError("no connection")
        assert url == REQUEST["ResponseURL"]
        self.heard.append(json.loads(body))

    def answer(self, request: dict[str, Any] = REQUEST) -> Answer:
        return Answer(request, "sojourn-dev-journeys", self.put, self.pauses.append)


def fails(_: Any) -> None:
    raise KeyError("welcome")


def test_work_that_is_done_is_a_success() -> None:
    """The stack hears it with its own ids, and the resource has a name that stays."""
    stack = Stack()

    assert answered(REQUEST, stack.answer(), 60, lambda _: None) is True
    assert stack.heard == [{
        "Status": "SUCCESS", "Reason": "", "PhysicalResourceId": "sojourn-dev-journeys",
        "StackId": REQUEST["StackId"], "RequestId": REQUEST["RequestId"], "LogicalResourceId": "Journeys",
    }]  # fmt: skip


def test_work_that_fails_is_told_with_its_reason() -> None:
    """Whatever it raises, the stack does not wait for an hour."""
    stack = Stack()

    assert answered(REQUEST, stack.answer(), 60, fails) is False
    assert [(one["Status"], one["Reason"]) for one in stack.heard] == [("FAILED", "KeyError: 'welcome'")]


def test_a_resource_keeps_the_name_it_has() -> None:
    """Another name would make the stack delete what was registered a moment ago."""
    stack = Stack()

    answered(REQUEST, stack.answer({**REQUEST, "PhysicalResourceId": "as-it-was"}), 60, lambda _: None)

    assert stack.heard[0]["PhysicalResourceId"] == "as-it-was"


def test_a_long_reason_is_cut() -> None:
    """CloudFormation takes no more than 4 KB."""
    stack = Stack()

    stack.answer().give("FAILED", "x" * 10_000)

    assert stack.heard[0]["Reason"] == "x" * LONGEST_REASON


def test_an_answer_that_does_not_get_through_is_given_again() -> None:
    """After a pause that grows, a few times."""
    stack = Stack(deaf=2)

    assert stack.answer().give("SUCCESS") is True
    assert stack.pauses == list(PAUSES[:2])
    assert len(stack.heard) == 1


def test_in_the_end_an_answer_is_given_up() -> None:
    """The function says that the stack does not know."""
    stack = Stack(deaf=100)

    assert stack.answer().give("SUCCESS") is False
    assert stack.pauses == list(PAUSES)


def test_work_that_takes_too_long_is_told_in_time() -> None:
    """Before the function is ended from outside the stack hears of it; what comes of the work later is no answer."""
    stack, heard = Stack(), threading.Event()
    answer = Answer(
        REQUEST, "x", lambda url, body: (stack.put(url, body), heard.set())[0], stack.pauses.append
    )

    done = answered(REQUEST, answer, SPARE, lambda _: assert_true(heard.wait(10)))

    assert done is False
    assert [one["Status"] for one in stack.heard] == ["FAILED"]
    assert "longer" in stack.heard[0]["Reason"]


def assert_true(value: bool) -> None:
    assert value


def test_an_answer_is_put_without_a_content_type() -> None:
    """The address in a request is signed for one without."""
    with put_server() as (url, got):
        put(f"{url}/answer?signature=x", b"{}")

    assert got == [("/answer?signature=x", "", b"{}")]


def test_an_answer_goes_to_the_web_only() -> None:
    """Whoever can call the function makes it write no file."""
    with pytest.raises(ValueError, match="web address"):
        put("file:///etc/motd", b"{}")
