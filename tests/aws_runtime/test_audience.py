"""An audience from its file to its customers, on moto: what is interrupted goes on, and the counts add up."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from sojourn.application.publishing import CANCELLED, DONE, FAILED, QUEUED
from sojourn.domain.ledger import Happening
from sojourn.errors import AuthorError, TransientError
from tests.support.audiences import HEADER, ID, KEY, Entered, adds_up, audience_on_aws, file_of
from tests.support.engine_room import Crash

JOURNEY = "enter: {audience: spring.csv, again: always, where: event.n > 0}\nsteps: [{wait: 10 days}]"
PROS = "enter: {schedule: weekly mon 09:00, segment: pros, again: always}\nsteps: [{wait: 10 days}]"


@pytest.fixture
def spring() -> Iterator[Entered]:
    """A journey for an audience, whose file is cut into parts of 25 rows."""
    with audience_on_aws(JOURNEY, part_rows=25) as found:
        yield found


def test_every_good_row_enters_and_every_bad_one_is_told(spring: Entered) -> None:
    """In batches of its own, at a rate, through a machine that asks what is next."""
    spring.put(file_of(120, wrong=40))

    operation = spring.whole()

    assert operation.state == DONE
    assert adds_up(spring)["counts"] == {"entered": 117, "failed": 3}
    assert [one["line"] for one in spring.failures()] == [41, 81, 121]
    assert operation.result["failures"] == spring.failures()
    assert len(spring.entered()) == len(set(spring.entered())) == 117
    assert set(spring.states.concurrency) == {10}


def test_thousands_of_rows_that_are_interrupted_and_begun_again_enter_nobody_twice() -> None:
    """It is interrupted in the middle of everything, cancelled, and gone on with."""
    with audience_on_aws(JOURNEY, part_rows=800) as found:
        found.put(file_of(2_000, wrong=200) + b"c-1,,1\n")
        found.ask()
        found.operate()
        found.faults.extend([None] * 12 + [Crash()])
        with pytest.raises(Crash):
            found.run()
        some = len(found.entered())
        found.operations.cancel(ID, found.room.clock.at)
        found.begun.clear()
        found.start(ID, 1)
        found.run()
        stopped = len(found.entered())

        found.operations.reopen(ID)
        found.operate({"resume": True})
        found.run()

        assert 0 < some == stopped < 1_990
        assert found.operation().state == DONE
        assert adds_up(found)["counts"] == {"entered": 1_990, "failed": 10, "twice": 1}
        assert len(found.entered()) == len(set(found.entered())) == 1_990


def test_a_batch_that_fails_is_tried_again_then_with_its_part_then_told(
    spring: Entered, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The others are done meanwhile; when somebody says so, what is left is done."""
    spring.put(file_of(250))
    real = spring.engine.executions.start
    broken = [True]

    def start(journey: str, version: str, name: str, *given: Any) -> None:
        customer = next(
            one.customer for one in spring.room.happened if one.details.get("source") and _is(one, name)
        )
        if broken[0] and customer == "c-7":
            raise TransientError("StartExecution")
        real(journey, version, name, *given)

    def _is(one: Happening, name: str) -> bool:
        return one.what == "entered" and one.run == name

    monkeypatch.setattr(spring.room.executions, "start", start)

    first = spring.whole()
    broken[0] = False
    spring.operations.reopen(ID)
    spring.operate({"resume": True})
    spring.run()

    assert first.state == FAILED
    assert "1 of 10 batches could not be done: sojourn audience resume" in first.result["message"]
    assert spring.states.waited[:5] == [60, 120, 240, 480, 900]
    assert spring.operation().state == DONE
    assert adds_up(spring)["counts"] == {"entered": 250}
    assert len(spring.room.executions.started) == 250


def test_a_file_of_nobody_ends_well_and_one_that_is_none_does_not(spring: Entered) -> None:
    """Of the second nothing is taken; the author hears why."""
    other = "20260302T130000000Z-abcdef"
    spring.put(HEADER)
    empty = spring.whole()

    spring.put(b"name,plan\nx,y\n")
    spring.ask(id_=other)
    with pytest.raises(AuthorError, match="no column says who the rows are about"):
        spring.operate(id_=other)
    spring.operations.finish(other, FAILED, {}, spring.room.clock.at)
    spring.run()

    assert (empty.state, empty.result["rows"]) == (DONE, 0)
    assert spring.entered() == []


@pytest.mark.parametrize(
    ("journey", "asked", "said"),
    [
        ("other", None, 'there is no journey "other" here'),
        ("k", None, "its `enter` names neither `audience` nor `on: api`"),
        ("j", {"segment": "nobody"}, 'there is no segment "nobody" here'),
        ("j", {"key": KEY, "format": "xlsx"}, 'format "xlsx": there are csv, jsonl, parquet'),
        ("j", {"key": "audiences/x/y.csv", "format": "csv"}, "the file is not there any more"),
        ("l", {"segment": "pros", "by": "schedule", "schedule": "daily 07:00"}, "has another schedule now"),
    ],
)
def test_what_cannot_be_done_is_said(journey: str, asked: dict[str, Any] | None, said: str) -> None:
    """Before anybody enters."""
    open_ = "enter: {on: api, audience: x}\nsteps: [{wait: 1 day}]".replace(", audience: x", "")
    events = "enter: {on: began}\nsteps: [{wait: 1 day}]"
    with audience_on_aws(open_, events, PROS) as found:
        found.ask(asked, journey)

        with pytest.raises(AuthorError, match=said):
            found.operate()


def test_rows_of_parquet_are_read_and_put_into_batches_by_step_functions(spring: Entered) -> None:
    """They are counted when they are taken; numbers that are ids are read as such."""
    spring.parquet[KEY] = [{"user_id": n, "n": n, "none": None} for n in range(1, 251)] + [{"n": 1}]

    operation = spring.whole({"key": KEY, "format": "parquet", "occurrence": "spring"})

    assert operation.state == DONE
    assert adds_up(spring)["counts"] == {"entered": 250, "failed": 1}
    assert [one["line"] for one in spring.failures()] == [251]


def test_parquet_of_which_a_batch_fails_begins_anew_and_counts_once(spring: Entered) -> None:
    """What was done is known by its marker."""
    spring.parquet[KEY] = [{"user_id": n, "n": n} for n in range(1, 251)]
    spring.faults.extend([None, None, *[TransientError("busy")] * 3])

    operation = spring.whole({"key": KEY, "format": "parquet", "occurrence": "spring"})

    assert operation.state == DONE
    assert spring.states.waited == [60]
    assert adds_up(spring)["counts"] == {"entered": 250}


def test_entries_wait_for_room_and_a_batch_gives_up_in_time(spring: Entered) -> None:
    """Room is asked for in the audience's own lane and in everybody's; what is left comes again."""
    spring.put(file_of(4))
    spring.ask({"key": KEY, "format": "csv", "occurrence": "spring", "rate": 50.0})
    spring.operate()
    spring.room.pace.waits = [2.0, 0.0, 0.0, 500.0]

    spring.run()

    assert spring.room.clock.paused[0] == 2.0
    assert set(spring.room.pace.asked) == {f"entries#50#{ID}", "entries"}
    assert adds_up(spring)["counts"] == {"entered": 4}


def test_what_nobody_expected_of_a_row_is_logged_and_told_in_our_words(spring: Entered) -> None:
    """The row is counted; its words, which may quote a customer, are not shown."""
    spring.put(file_of(2))
    spring.room.executions.before = [ZeroDivisionError("c-1 is secret")]

    operation = spring.whole()

    (failure,) = spring.failures()
    assert operation.result["counts"] == {"entered": 1, "failed": 1}
    assert "ZeroDivisionError" in failure["why"]
    assert "secret" not in json.dumps(operation.result)


def test_an_operation_that_is_cancelled_enters_nobody_more(spring: Entered) -> None:
    """Its batches are handed over, and do nothing; the machine ends."""
    spring.put(file_of(30))
    spring.ask()
    spring.operate()
    spring.operations.cancel(ID, spring.room.clock.at)

    spring.run()

    assert spring.entered() == []
    assert spring.operation().state == CANCELLED
    assert spring.operations.reopen(ID).state == QUEUED


def test_an_attempt_that_was_overtaken_does_no_more(spring: Entered) -> None:
    """Somebody goes on with an audience while its first execution still waits."""
    spring.put(file_of(30))
    spring.ask()
    spring.operate()
    spring.operate({"resume": True})
    states, spring.attempts = list(spring.attempts), type(spring.attempts)()

    assert states == [(ID, 1), (ID, 2)]
    assert spring.batches.next(ID, 1) == {"do": "over"}
    assert spring.batches.next(ID, 2)["do"] == "rows"
