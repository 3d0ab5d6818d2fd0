from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sojourn.application.calling import REASONS, Called, EntryCall, IdTaken, NoSuchEntry, NotAsPlanned
from sojourn.aws_runtime.api.entries import LONGEST_BODY
from sojourn.errors import AuthorError, Conflict, TooLarge, TransientError
from tests.support.link_requests import asked
from tests.support.programs import NOON, Programs

PATH = "/v1/journeys/welcome/entries"
BODY = {"id": "order-1", "customer": "c-42"}
VALUES = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
FIELDS = st.sampled_from(["id", "customer", "identities", "entry", "time", "x"])


@pytest.fixture
def programs() -> Programs:
    return Programs()


def test_a_call_is_handed_over_as_it_was_meant(programs: Programs) -> None:
    """Whose program it is, whose entry, what it tells; identities as they are compared, an instant in its zone."""
    said = {
        **BODY, "identities": {"user_id": "c-42", "email": " Ana@Example.com", "anonymous_id": None},
        "entry": {"total": 99.5, "items": ["x"]}, "time": "2026-03-06T09:00:00+01:00",
    }  # fmt: skip

    status, answer = programs.call(PATH, said)

    assert (status, answer) == (200, {"entered": True, "run": "run-1", "holdout": False, "repeated": False})
    assert programs.asked == [
        EntryCall(
            "crm", "order-1", "welcome", "c-42", datetime(2026, 3, 6, 8, tzinfo=UTC),
            {"email": "ana@example.com"}, {"total": 99.5, "items": ["x"]},
        )
    ]  # fmt: skip


def test_little_is_needed(programs: Programs) -> None:
    """An id and somebody; it is about now, and tells nothing."""
    assert programs.call(PATH, {"id": "1", "identities": {"anonymous_id": "a1"}, "entry": None})[0] == 200

    (call,) = programs.asked
    assert (call.customer, call.identities, call.properties, call.at) == (
        "",
        {"anonymous_id": "a1"},
        {},
        NOON,
    )


def test_of_addresses_a_source_without_the_right_is_believed_little(programs: Programs) -> None:
    """As of what it tells as an event."""
    programs.call(PATH, BODY)
    programs.call(PATH, BODY, key="till-key")

    assert [call.hearsay for call in programs.asked] == [False, True]


@pytest.mark.parametrize("why", REASONS)
@pytest.mark.parametrize("repeated", [False, True])
def test_who_did_not_enter_is_an_answer_too(programs: Programs, why: str, repeated: bool) -> None:
    """With the reason, a word; it is no mistake of the caller's."""
    programs.called = Called("", why, holdout=False, repeated=repeated, same=True)

    assert programs.call(PATH, BODY) == (200, {"entered": False, "reason": why, "repeated": repeated})


def test_what_the_journey_reads_and_was_not_there_is_said(programs: Programs) -> None:
    """By name, so that who wrote the program can mend it; no value is quoted."""
    programs.called = Called(
        "", "where", holdout=False, repeated=False, same=True, missing=("event.prio", "entry.n")
    )

    assert programs.call(PATH, BODY)[1]["message"] == "event.prio and entry.n are missing"


def test_an_answer_is_counted_once(programs: Programs, capsys: pytest.CaptureFixture[str]) -> None:
    """By what came of it; a call that comes again is none."""
    programs.call(PATH, BODY)
    programs.called = Called("run-1", "", holdout=True, repeated=True, same=True)
    _, again = programs.call(PATH, BODY)

    assert (again["holdout"], again["repeated"]) == (True, True)
    assert capsys.readouterr().out.count('"EntriesAnswered":1') == 1


def test_an_id_that_was_used_for_something_else_is_a_conflict(programs: Programs) -> None:
    """Somebody must look at it: the first call holds."""
    programs.called = Called("run-1", "", holdout=False, repeated=True, same=False)

    status, said = programs.call(PATH, BODY)

    assert (status, said["code"]) == (409, "other_entry")


def test_an_id_that_is_another_events_is_a_conflict(programs: Programs) -> None:
    """It says which id, whose it is, and what to do; to come again would change nothing."""
    programs.fault = IdTaken("crm:entry-1f")

    status, said = programs.call(PATH, BODY)

    assert (status, said["code"]) == (409, "id_taken")
    assert said["message"] == (
        'id: "order-1" is the event crm:entry-1f, and that is another event of this customer\'s: nobody entered;'
        " use another id"
    )


@pytest.mark.parametrize(
    ("fault", "status", "code"),
    [
        (NoSuchEntry(there=False), 404, "no_journey"),
        (NoSuchEntry(there=True), 404, "not_by_api"),
        (NotAsPlanned(("entry.total: a number is wanted, and it is a text",)), 400, "bad_field"),
        (AuthorError("says nothing of whom it is"), 400, "bad_field"),
        (TooLarge("a row"), 413, "too_large"),
        (TransientError("busy"), 503, "try_again"),
        (Conflict("ana"), 503, "try_again"),
        (RuntimeError("a mistake of ours"), 503, "try_again"),
    ],
)
def test_what_cannot_be_done_says_what_to_do(
    programs: Programs, fault: Exception, status: int, code: str
) -> None:
    """Mend the call, or send it again as it was."""
    programs.fault = fault

    answered, said = programs.call(PATH, BODY)

    assert (answered, said["code"], set(said)) == (status, code, {"code", "message"})


@pytest.mark.parametrize(
    ("key", "status", "code"),
    [
        ("", 401, "unknown_key"),
        ("another", 401, "unknown_key"),
        ("shop-key", 403, "no_right"),
        ("desk-key", 403, "no_right"),
    ],
)
def test_only_a_source_with_the_right_enters_anybody(
    programs: Programs, key: str, status: int, code: str
) -> None:
    """Who may end tasks may not; nor a write key that lies in a browser."""
    answered, said = programs.call(PATH, BODY, key=key)

    assert (answered, said["code"], programs.asked) == (status, code, [])


@pytest.mark.parametrize(
    ("path", "method", "status"),
    [
        ("/v1/journeys/welcome", "POST", 404),
        ("/v1/journeys/welcome/complete", "POST", 404),
        ("/v1/tasks/welcome/entries", "POST", 404),
        ("/", "POST", 404),
        (PATH, "GET", 405),
        (PATH, "DELETE", 405),
    ],
)
def test_what_there_is_no_call_for_is_refused(
    programs: Programs, path: str, method: str, status: int
) -> None:
    """Before anybody is asked who they are."""
    assert programs.call(path, BODY, key="", method=method)[0] == status


BAD = [
    (None, 400), ("", 400), ("[]", 400), ("{", 400), ("[" * 20_000, 400), ({"id": "1"}, 400),
    ({"customer": "c-1"}, 400), ({**BODY, "id": ""}, 400), ({**BODY, "id": 7}, 400), ({**BODY, "id": "x" * 257}, 400),
    ({**BODY, "customer": 7}, 400), ({**BODY, "customer": "x" * 256}, 400), ({**BODY, "identities": []}, 400),
    ({**BODY, "entry": []}, 400), ({**BODY, "identities": {"email": "nobody"}}, 400),
    ({**BODY, "identities": {"user_id": "c-43"}}, 400),
    ({**BODY, "identities": {"user_id": "anonymous_id-" + "0" * 32}}, 400),
    ({**BODY, "identities": {"phone": "-"}}, 400), ({**BODY, "time": "monday"}, 400),
    ({**BODY, "time": "2026-03-06T09:00:00"}, 400), ({**BODY, "time": 1}, 400),
    ({**BODY, "entry": {"x": 2**70}}, 400), ('{"id": "1", "customer": "c", "entry": {"x": NaN}}', 400),
    ('{"id": "1", "customer": "c", "entry": {"x": 1e999}}', 400), ('{"id": "\\ud800", "customer": "c"}', 400),
    ('{"id": "1", "customer": "c", "entry": {"x":' + "[" * 30 + "]" * 30 + "}}", 400),
    (" " * (LONGEST_BODY + 1), 413),
]  # fmt: skip


@pytest.mark.parametrize(("body", "status"), BAD, ids=map(str, range(len(BAD))))
def test_a_body_that_makes_no_sense_is_refused_in_words(programs: Programs, body: Any, status: int) -> None:
    """Malformed, of nobody, too large, too deep: said by its place, and nothing of what stood there."""
    answered, said = programs.call(PATH, body)

    assert (answered, programs.asked, set(said)) == (status, [], {"code", "message"})


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (
            {"properties": {}},
            "properties: there is no such field; there are id, customer, identities, entry, time",
        ),
        ({"identities": {"mail": "x"}}, "identities.mail: there is no such field; there are user_id, "),
    ],
)
def test_a_field_that_nobody_reads_is_named(programs: Programs, more: Any, said: str) -> None:
    """Else a misspelled one would be an entry without it."""
    status, answer = programs.call(PATH, {**BODY, **more})

    assert (status, answer["message"].startswith(said)) == (400, True)


def test_a_body_that_is_no_json_by_its_name_is_not_read(programs: Programs) -> None:
    """A form, XML: 415."""
    assert programs.call(PATH, BODY, content_type="application/xml")[0] == 415


@settings(max_examples=80, deadline=None)
@given(st.dictionaries(FIELDS, VALUES, max_size=6))
def test_any_body_is_answered(body: Any) -> None:
    """Whatever JSON there is: taken, or refused as the caller's mistake."""
    assert Programs().call(PATH, json.dumps(body))[0] in (200, 400, 413)


@pytest.mark.parametrize(
    "event", [{}, {"body": 7}, {"requestContext": []}, asked("POST", "/v1/journeys//entries")]
)
def test_whatever_calls_is_answered(programs: Programs, event: dict[str, Any]) -> None:
    """Even where it is no call."""
    assert programs.api(event)["statusCode"] in (401, 404)
