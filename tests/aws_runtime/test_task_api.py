from __future__ import annotations

import gzip
import json
from base64 import b64encode
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sojourn.application.desk import Answer, TaskEnd
from sojourn.aws_runtime.api.tasks import LONGEST_ANSWER, LONGEST_BODY, LONGEST_NOTES, OUTCOME_OF
from sojourn.errors import TransientError
from tests.support.link_requests import asked
from tests.support.programs import ID, NOON, TASK, Programs

NAMES = st.sampled_from(["notes", "answer", "until", "x"])
BODIES = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3),
    max_leaves=8,
)


class Desk(Programs):
    """The function, called about one task."""

    def end_it(
        self,
        verb: str = "complete",
        body: Any = None,
        *,
        key: str = "crm-key",
        id_: str = ID,
        method: str = "POST",
    ) -> tuple[int, Any]:
        return self.call(f"/v1/tasks/{id_}/{verb}", body, key=key, method=method)


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.mark.parametrize("verb", ["complete", "fail"])
def test_a_task_is_ended_with_what_the_person_noted(desk: Desk, verb: str) -> None:
    """The notes come beside the answer, and steps read them in it; the source is told as who says so."""
    desk.end = TaskEnd("ended", OUTCOME_OF[verb])

    status, said = desk.end_it(verb, {"notes": "Wants it in blue.", "answer": {"mood": "fine", "score": 3}})

    assert (status, said) == (200, {"outcome": OUTCOME_OF[verb], "repeated": False})
    noted = {"mood": "fine", "score": 3, "notes": "Wants it in blue."}
    assert desk.ended == [(TASK, Answer(OUTCOME_OF[verb], noted, "crm"))]


@pytest.mark.parametrize("body", [None, "", "{}", {"notes": None, "answer": None}])
def test_nobody_has_to_note_anything(desk: Desk, body: Any) -> None:
    """A click in another program is enough."""
    assert desk.end_it("complete", body)[0] == 200
    assert desk.ended[0][1].noted == {}


def test_a_task_is_put_off_until_a_time(desk: Desk) -> None:
    """With its zone; steps read it in UTC."""
    status, _ = desk.end_it("reschedule", {"until": "2026-03-09T10:30:00+01:00", "notes": "On Monday."})

    ((_, answer),) = desk.ended
    assert (status, answer.outcome) == (200, "rescheduled")
    assert answer.noted == {"until": "2026-03-09T09:30:00Z", "notes": "On Monday."}


@pytest.mark.parametrize(
    ("end", "status", "said"),
    [
        (TaskEnd("repeated", "completed"), 200, {"outcome": "completed", "repeated": True}),
        (
            TaskEnd("otherwise", "failed"),
            409,
            {"code": "ended", "message": "this task was ended before: failed", "outcome": "failed"},
        ),
        (
            TaskEnd("otherwise", "completed"),
            409,
            {
                "code": "ended",
                "message": "this task was ended before: completed, with another answer",
                "outcome": "completed",
            },
        ),
    ],
)
def test_who_comes_second_hears_how_it_ended(desk: Desk, end: TaskEnd, status: int, said: Any) -> None:
    """The same again is fine, as people press twice; another answer is a conflict that somebody must look at."""
    desk.end = end

    assert desk.end_it() == (status, said)


def test_a_task_whose_time_is_up_is_gone(desk: Desk) -> None:
    """As is one whose run has ended: 410, and nothing to try again."""
    desk.end = TaskEnd("over")

    status, said = desk.end_it()

    assert (status, said["code"]) == (410, "over")


@pytest.mark.parametrize(
    ("key", "status", "code"),
    [
        ("", 401, "unknown_key"),
        ("another", 401, "unknown_key"),
        ("shop-key", 403, "no_right"),
        ("till-key", 403, "no_right"),
    ],
)
def test_only_a_source_with_the_right_ends_tasks(desk: Desk, key: str, status: int, code: str) -> None:
    """A write key that lies in a browser does not."""
    answered, said = desk.end_it(key=key)

    assert (answered, said["code"], desk.ended) == (status, code, [])


def test_who_is_nobody_hears_how_to_say_who_it_is(desk: Desk) -> None:
    """As HTTP asks of a 401."""
    answer = desk.api(asked("POST", f"/v1/tasks/{ID}/complete"))

    assert answer["statusCode"] == 401
    assert answer["headers"]["www-authenticate"].startswith("Basic ")


@pytest.mark.parametrize("id_", ["", "x", ID[:-1], ID + "A", "nobody" + ID[1:], "%2e%2e", "ä", "y" * 9_000])
def test_a_task_of_nobody_is_not_found(desk: Desk, id_: str) -> None:
    """Made up, cut off or sealed with another key."""
    assert desk.end_it(id_=id_)[0] == 404
    assert desk.ended == []


@pytest.mark.parametrize(("verb", "method", "status"), [("delete", "POST", 404), ("complete", "GET", 405)])
def test_what_there_is_no_call_for_is_refused(desk: Desk, verb: str, method: str, status: int) -> None:
    """Looking at the address ends nothing."""
    assert desk.end_it(verb, method=method)[0] == status
    assert desk.ended == []


BAD = [
    ("complete", "[]", 400), ("complete", "{", 400), ("complete", '{"answer": NaN}', 400),
    ("complete", "[" * 99_999, 413), ("complete", "[" * 20_000, 400),
    ("complete", '{"answer":' + "[" * 30 + "]" * 30 + "}", 400),
    ("complete", {"answer": "fine"}, 400), ("complete", {"answer": [1]}, 400), ("complete", {"notes": 1}, 400),
    ("complete", {"note": "x"}, 400), ("complete", {"until": "2026-03-09T10:00:00Z"}, 400),
    ("complete", {"answer": {"a b": 1}}, 400), ("complete", {"answer": {"notes": "x"}}, 400),
    ("complete", {"answer": {"until": "x"}}, 400), ("complete", {"answer": {"x": 2**70}}, 400),
    ("complete", '{"answer": {"x": 1e999}}', 400), ("complete", '{"notes": "\\ud800"}', 400),
    ("complete", {"notes": "x" * (LONGEST_NOTES + 1)}, 400), ("complete", {"answer": {"x": "y" * LONGEST_ANSWER}}, 413),
    ("complete", " " * (LONGEST_BODY + 1), 413), ("reschedule", {}, 400), ("reschedule", {"until": "monday"}, 400),
    ("reschedule", {"until": "2026-03-09T10:00:00"}, 400), ("reschedule", {"until": 1_700_000_000}, 400),
    ("reschedule", {"until": "2028-03-09T10:00:00Z"}, 400), ("reschedule", {"until": "2026-02-30T10:00:00Z"}, 400),
]  # fmt: skip


@pytest.mark.parametrize(("verb", "body", "status"), BAD, ids=map(str, range(len(BAD))))
def test_a_body_that_makes_no_sense_is_refused_in_words(
    desk: Desk, verb: str, body: Any, status: int
) -> None:
    """Malformed, too large, too deep, of another kind: said by its place, and nothing of what stood there."""
    answered, said = desk.end_it(verb, body)

    assert (answered, desk.ended) == (status, [])
    assert set(said) == {"code", "message"}


@pytest.mark.parametrize(
    ("verb", "body", "said"),
    [
        ("complete", {"note": "x"}, "note: there is no such field; there are answer, notes"),
        (
            "complete",
            {"until": "x"},
            "until: there is no such field; there are answer, notes; reschedule has until",
        ),
        ("reschedule", {"by": "x"}, "by: there is no such field; there are answer, notes, until"),
        ("fail", {"<b>": 1}, "a field of another name: there is no such field; there are answer, notes"),
    ],
)
def test_a_field_that_nobody_reads_is_named(desk: Desk, verb: str, body: Any, said: str) -> None:
    """Whoever misspells one sees which; what is no name is not said again."""
    assert desk.end_it(verb, body)[1]["message"].startswith(said)
    assert desk.ended == []


def test_a_packed_body_is_unpacked(desk: Desk) -> None:
    """As the clients of the tracking API may do."""
    event = asked("POST", f"/v1/tasks/{ID}/complete", content_encoding="gzip") | {"isBase64Encoded": True}
    event["body"] = b64encode(gzip.compress(b'{"notes": "x"}')).decode()
    event["headers"]["authorization"] = "Basic " + b64encode(b"crm-key:").decode()

    assert desk.api(event)["statusCode"] == 200
    assert desk.ended[0][1].noted == {"notes": "x"}


@pytest.mark.parametrize("fault", [TransientError("busy"), RuntimeError("a mistake of ours")])
def test_what_cannot_be_done_just_now_may_be_tried_again(
    desk: Desk, capsys: pytest.CaptureFixture[str], fault: Exception
) -> None:
    """The same call again is safe."""
    desk.fault = fault

    status, said = desk.end_it()

    assert (status, said["code"]) == (503, "try_again")
    assert '"ApiFailed":1' in capsys.readouterr().out


@settings(max_examples=60, deadline=None)
@given(BODIES, st.sampled_from(list(OUTCOME_OF)))
def test_any_body_is_answered(body: Any, verb: str) -> None:
    """Whatever JSON there is: taken, or refused as the caller's mistake."""
    assert Desk().end_it(verb, json.dumps(body))[0] in (200, 400, 413)


def test_a_task_may_be_put_off_for_a_year_at_most(desk: Desk) -> None:
    """Whoever types a century has not meant it."""
    last = (NOON + timedelta(days=366)).isoformat()

    assert desk.end_it("reschedule", {"until": last})[0] == 200
