"""Times of a journey's schedule that fall due while its entries are paused: on resuming, the last begins, or none."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

import pytest

from sojourn.application.publishing import CANCELLED, DONE, RUNNING, Operation, operation_id
from sojourn.application.route import Incoming, route
from sojourn.aws_runtime.audience import work
from sojourn.domain.control import EVERY
from sojourn.domain.customer.rows import Event
from tests.support.audiences import Entered, audience_on_aws

DAILY = "enter: {schedule: daily 09:00, segment: pros, again: always}\nsteps: [{wait: 10 days}]"
ASKED = {"by": "schedule", "segment": "pros", "schedule": "daily 09:00", "zone": ""}


@pytest.fixture
def daily(monkeypatch: pytest.MonkeyPatch) -> Iterator[Entered]:
    """Journeys that take in six members each morning; all customers are in one part."""
    monkeypatch.setattr(work, "STRANDS", 1)
    with audience_on_aws(DAILY, DAILY) as found:
        found.listed = tuple(f"c-{number}" for number in range(6))
        for number in range(6):
            event = Event(f"e-{number}", "did_it", found.room.clock.at)
            route(found.engine, Incoming(f"c-{number}", event, {"plan": "pro"}))
        yield found


def fell_due(found: Entered, journey: str = "j") -> str:
    """Let a time of the schedule fall due, and its operation be begun; return its id."""
    at = found.room.clock.at
    asked: Mapping[str, Any] = {**ASKED, "occurrence": at.isoformat()}
    id_ = operation_id(at, "abcde" + ("f" if journey == "j" else "0"))
    found.operations.create(Operation(id_, "audience", "schedule", at, journey, asked=asked))
    found.operate(id_=id_)
    return id_


def days(found: Entered, many: int) -> list[str]:
    """Let a time fall due on each of so many days."""
    ids = []
    for _ in range(many):
        found.room.clock.pass_by(days=1)
        ids.append(fell_due(found))
    return ids


def carried_on(found: Entered) -> None:
    """Work off what was put on the queue, and run what was started."""
    while found.put_on_queue:
        message = found.put_on_queue.pop(0)
        found.operate(message, id_=message["operation"])
    found.run()


def test_of_the_times_of_a_long_pause_the_last_begins(
    daily: Entered, capsys: pytest.CaptureFixture[str]
) -> None:
    """The others are left out, and say so; however long it lasts, no more than one waits."""
    daily.pause()
    ids = days(daily, 3)
    waiting = daily.waiting.all()
    states = [daily.operation(id_).state for id_ in ids]

    daily.resume()
    carried_on(daily)

    told = [json.loads(line) for line in capsys.readouterr().out.splitlines() if "TimesLeftOut" in line]
    assert states == [CANCELLED, CANCELLED, RUNNING]
    assert [one.operation for one in waiting] == ids[2:]
    assert daily.operation(ids[0]).result == {
        "left_out": "the journey was still paused when the next time of its schedule came"
    }
    assert (daily.operation(ids[2]).state, len(daily.entered())) == (DONE, 6)
    assert len(daily.room.executions.started) == 6
    assert [(one["ScheduleTimesLeftOut"], one["journey"]) for one in told] == [(1, "j"), (1, "j")]


def test_whoever_resumes_may_drop_what_fell_due(daily: Entered) -> None:
    """Then none begins, of which all or something is left; somebody may go on with it all the same."""
    daily.run()
    (first,) = days(daily, 1)
    daily.pause_at(3)
    daily.run()
    (second,) = days(daily, 1)

    daily.resume(drop=True)
    carried_on(daily)
    dropped, some = [daily.operation(id_) for id_ in (first, second)], len(daily.entered())
    daily.operations.reopen(first)
    daily.operate({"resume": True}, id_=first)
    daily.run()

    assert [one.state for one in dropped] == [CANCELLED, CANCELLED]
    assert {one.result["left_out"] for one in dropped} == {
        "it fell due while the journey was paused, and whoever resumed it dropped what fell due"
    }
    assert (some, len(daily.entered()), daily.waiting.all()) == (3, 6, ())


def test_what_must_arrive_is_not_dropped(monkeypatch: pytest.MonkeyPatch) -> None:
    """A statement of account is no advertising."""
    monkeypatch.setattr(work, "STRANDS", 1)
    with audience_on_aws("kind: transactional\n" + DAILY) as found:
        found.listed = ("ana",)
        found.pause()
        (id_,) = days(found, 1)

        found.resume(drop=True)
        carried_on(found)

        assert found.operation(id_).state == DONE


def test_what_falls_due_after_it_was_dropped_begins(daily: Entered) -> None:
    """The next pause is another."""
    daily.pause()
    daily.resume(drop=True)
    daily.room.clock.pass_by(hours=1)
    daily.pause()
    (id_,) = days(daily, 1)

    daily.resume()
    carried_on(daily)

    assert (daily.operation(id_).state, len(daily.entered())) == (DONE, 6)


def test_what_was_dropped_and_begun_all_the_same_is_not_dropped_by_the_next_pause(daily: Entered) -> None:
    """Who resumes it then says what becomes of what fell due, and nobody who did before."""
    daily.pause()
    (id_,) = days(daily, 1)
    daily.resume(drop=True)
    daily.operations.reopen(id_)
    daily.operate({"resume": True}, id_=id_)
    daily.pause_at(3)
    daily.run()
    some = len(daily.entered())

    daily.resume()
    carried_on(daily)

    assert (some, daily.operation(id_).state, len(daily.entered())) == (3, DONE, 6)


def test_a_time_that_is_under_way_goes_on_with_whoever_is_left(daily: Entered) -> None:
    """Days later, too: whoever resumed it had what fell due sent."""
    (id_,) = days(daily, 1)
    daily.pause_at(3)
    daily.run()
    some = len(daily.entered())

    daily.room.clock.at += timedelta(days=3)
    daily.resume()
    carried_on(daily)

    assert (some, len(daily.entered()), len(set(daily.entered()))) == (3, 6, 6)
    assert daily.operation(id_).state == DONE


def test_a_message_that_comes_twice_or_late_changes_nothing(daily: Entered) -> None:
    """The earlier time comes once more when the later already waits."""
    daily.pause()
    first, second = days(daily, 2)

    daily.operations.reopen(first)
    daily.operate(id_=first)
    daily.operate(id_=second)

    assert [one.operation for one in daily.waiting.all()] == [second]
    assert daily.operation(first).state == CANCELLED


def test_each_journey_has_its_own_last_time(daily: Entered) -> None:
    """All are paused; the one's time leaves the other's alone."""
    daily.pause(EVERY)
    ids = [fell_due(daily, "k"), fell_due(daily, "j")]

    daily.resume(EVERY)
    carried_on(daily)

    assert [daily.operation(id_).state for id_ in ids] == [DONE, DONE]
