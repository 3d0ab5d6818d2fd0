"""An audience of a journey whose entries are paused waits, at no cost, and goes on by itself; a stop ends it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from sojourn.adapters.memory.catalogue import MemoryCatalogue
from sojourn.application.publishing import CANCELLED, DONE, FAILED, RUNNING
from sojourn.domain.control import EVERY, PAUSED, USUAL
from sojourn.errors import AuthorError
from tests.support.audiences import ID, KEY, Entered, adds_up, audience_on_aws, file_of

JOURNEY = "enter: {audience: spring.csv, again: always, where: event.n > 0}\nsteps: [{wait: 10 days}]"


@pytest.fixture
def spring() -> Iterator[Entered]:
    """A journey for an audience, whose file is cut into parts of 25 rows."""
    with audience_on_aws(JOURNEY, part_rows=25) as found:
        yield found


@pytest.mark.parametrize("journey", ["j", EVERY])
def test_rows_that_a_pause_leaves_wait_and_enter_when_it_is_over(spring: Entered, journey: str) -> None:
    """Within a batch and between them; no execution lives meanwhile, and nobody enters twice."""
    spring.put(file_of(60))
    spring.ask()
    spring.operate()
    spring.pause_at(30, journey)

    spring.run()
    waiting, some = spring.operation(), len(spring.entered())
    progress = spring.audiences.read(ID)
    still = spring.pauses.go_on()
    spring.room.clock.pass_by(days=20)
    went, goes_on = spring.resume(journey), spring.operation()
    spring.run()

    assert (goes_on.state, goes_on.waits_for) == (RUNNING, {})
    assert (waiting.state, waiting.waits_for["by"], waiting.waits_for["reason"]) == (
        RUNNING, "kim", "a wrong price",
    )  # fmt: skip
    assert some == 30
    # The batch in whose middle it came is not counted, whoever entered of it.
    assert progress is not None
    assert progress.counts == {"entered": 25}
    assert (still, went, spring.states.waited) == (0, 1, [])
    assert spring.begun == [(ID, 1), (ID, 2)]
    assert (spring.operation().state, spring.operation().waits_for) == (DONE, {})
    assert adds_up(spring)["counts"] == {"entered": 60}
    assert len(spring.entered()) == len(set(spring.entered())) == 60
    assert spring.waiting.all() == ()


def test_however_often_it_is_paused_each_enters_once() -> None:
    """A pause is no failure: it does not use up how often a part is tried."""
    with audience_on_aws(JOURNEY) as found:
        found.put(file_of(50, wrong=10))
        found.ask()
        found.operate()

        for _ in range(9):
            found.pause_at(5)
            found.run()
            assert found.resume() == 1
        found.run()

        assert found.operation().state == DONE
        assert adds_up(found)["counts"] == {"entered": 45, "failed": 5}
        assert len(found.entered()) == len(set(found.entered())) == 45
        assert found.states.waited == []


def test_parquet_of_which_a_pause_leaves_rows_loses_none(spring: Entered) -> None:
    """A batch that ended well would be done for Step Functions, and nobody else counts those."""
    spring.parquet[KEY] = [{"user_id": n, "n": n} for n in range(1, 251)]
    spring.ask({"key": KEY, "format": "parquet", "occurrence": "spring"})
    spring.operate()
    spring.pause_at(130)

    spring.run()
    waiting = spring.operation()
    spring.resume()
    spring.run()

    assert waiting.waits_for["entries"] == "paused"
    assert adds_up(spring)["counts"] == {"entered": 250}
    assert len(set(spring.entered())) == 250


def test_an_audience_that_begins_in_a_pause_waits_before_anything_is_read(spring: Entered) -> None:
    """Whoever asked for it need not ask again; asked for what can never be, it says so at once."""
    spring.pause()
    spring.ask()

    spring.operate()
    waiting, (row,) = spring.operation(), spring.waiting.all()
    spring.put(file_of(10))
    spring.resume()
    spring.operate(spring.put_on_queue.pop())
    goes_on = spring.operation()
    spring.run()

    assert (waiting.waits_for["reason"], goes_on.waits_for) == ("a wrong price", {})
    assert (row.operation, row.journey, row.attempt, row.scheduled) == (ID, "j", 0, False)
    assert adds_up(spring)["counts"] == {"entered": 10}
    assert spring.waiting.all() == ()


@pytest.mark.parametrize("waits", [False, True])
def test_a_stop_ends_an_audience_with_its_reason(spring: Entered, waits: bool) -> None:
    """Whether it runs or waits; once the journey is open again, somebody may go on with the rest."""
    spring.put(file_of(60))
    spring.ask()
    spring.operate()
    end = USUAL.stopped(spring.room.clock.at, "kim", "the campaign is over")
    if waits:
        spring.pause_at(30)
        spring.run()
        spring.say(end)
        spring.pauses.go_on()
    else:
        spring.room.customers.meanwhile = [None] * 29 + [lambda: spring.say(end)]
        spring.run()

    ended = spring.operation()
    spring.say(USUAL)
    spring.operations.reopen(ID)
    spring.operate({"resume": True})
    spring.run()

    assert (ended.state, ended.result["counts"]) == (FAILED, {"entered": 25})
    assert ended.result["message"] == (
        "the journey was stopped at 2026-03-02T12:00:00Z (“the campaign is over”), and nobody more enters: once it is"
        f" resumed, sojourn audience resume {ID} goes on with the rest"
    )
    assert spring.waiting.all() == ()
    assert adds_up(spring)["counts"] == {"entered": 60}


def test_into_a_journey_that_is_stopped_no_audience_begins(spring: Entered) -> None:
    """It says so, and what to do; nothing is taken."""
    spring.say(USUAL.stopped(spring.room.clock.at, "kim", ""))
    spring.ask()

    with pytest.raises(AuthorError, match="the journey was stopped at 2026-03-02T12:00:00Z, and nobody more"):
        spring.operate()


def test_an_audience_whose_rows_are_gone_says_so(spring: Entered) -> None:
    """They are customers' data, and kept for thirty days; the same file again enters whoever is left."""
    spring.put(file_of(30))
    spring.ask()
    spring.operate()
    spring.pause()
    spring.run()

    spring.room.clock.pass_by(days=31)
    spring.resume()

    assert spring.operation().state == FAILED
    assert "which is 30 days: begin with the same file again" in spring.operation().result["message"]


def test_one_that_is_cancelled_while_it_waits_does_not_go_on(spring: Entered) -> None:
    """And is forgotten as one that waits."""
    spring.put(file_of(30))
    spring.ask()
    spring.operate()
    spring.pause()
    spring.run()

    spring.operations.cancel(ID, spring.room.clock.at)
    spring.resume()

    assert (spring.operation().state, list(spring.attempts)) == (CANCELLED, [])
    assert spring.waiting.all() == ()


def test_one_whose_journey_was_withdrawn_ends(spring: Entered) -> None:
    """Nobody resumes that any more."""
    spring.put(file_of(30))
    spring.ask()
    spring.operate()
    spring.pause()
    spring.run()

    empty = MemoryCatalogue(spring.engine.catalogue.policy, (), ())
    empty.controls = spring.room.deployment.catalogue.controls
    ended = replace(spring.pauses, catalogue=empty).go_on()

    assert ended == 1
    assert spring.operation().result["message"] == 'there is no journey "j" here any more'
    assert (spring.operation().state, spring.waiting.all()) == (FAILED, ())


def test_a_round_that_finds_entries_open_again_begins_anew_and_loses_nothing(spring: Entered) -> None:
    """Batches saw the pause, and whoever asks what is next did not."""
    spring.put(file_of(20))
    spring.ask()
    spring.operate()
    spring.pause()
    (part,) = spring.audiences.parts(ID)
    spring.batches(
        {"operation": ID, "part": part.name, "batch": [0, [[2, {"user_id": "c-1", "n": 1}]]]}, lambda: 99
    )
    spring.say(USUAL)

    told = spring.batches.next(ID, 1, part.name)
    spring.run()

    assert told == {"do": "wait", "seconds": 60}
    assert adds_up(spring)["counts"] == {"entered": 20}


def test_an_audience_that_is_through_does_not_wait(spring: Entered) -> None:
    """The pause came with its last customer: there is nothing that it could wait for."""
    spring.put(file_of(10))
    spring.ask()
    spring.operate()
    spring.pause_at(10)

    spring.run()

    assert spring.engine.catalogue.control("j").entries == PAUSED
    assert spring.operation().state == DONE
    assert adds_up(spring)["counts"] == {"entered": 10}
