"""Whoever lets an audience wait, or go on, may die, come twice or late: nobody is lost, and nobody enters twice."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from sojourn.adapters.dynamodb.waiting_audiences import Waiting
from sojourn.adapters.stepfunctions.audience_machine import BEGINNING
from sojourn.application.publishing import DONE
from sojourn.domain.control import USUAL
from sojourn.errors import TransientError
from tests.support.audiences import ID, Entered, adds_up, audience_on_aws, file_of
from tests.support.engine_room import Crash

JOURNEY = "enter: {audience: spring.csv, again: always}\nsteps: [{wait: 10 days}]"


@pytest.fixture
def spring() -> Iterator[Entered]:
    """A journey for an audience."""
    with audience_on_aws(JOURNEY) as found:
        yield found


def test_one_that_began_to_wait_as_somebody_let_it_go_on_is_not_forgotten(spring: Entered) -> None:
    """Whoever began it anew had not heard yet that it is resumed: a few seconds, after which it is looked at again."""
    spring.pause()
    spring.ask()
    spring.operate()
    (before,) = spring.waiting.all()

    spring.operate()
    spring.waiting.over(before)

    (after,) = spring.waiting.all()
    assert (after.operation, after.attempt, after.mark == before.mark) == (ID, 0, False)


def test_whoever_dies_while_letting_it_go_on_is_followed_by_another(spring: Entered) -> None:
    """After the attempt was counted and before it began: the same one begins, and one alone."""
    spring.put(file_of(30))
    spring.ask()
    spring.operate()
    spring.pause()
    spring.run()
    spring.say(USUAL)
    spring.refusals = 1

    with pytest.raises(TransientError):
        spring.pauses.go_on()
    again = [spring.pauses.go_on(), spring.pauses.go_on()]
    spring.run()

    assert again == [1, 0]
    assert spring.begun == [(ID, 1), (ID, 2)]
    assert adds_up(spring)["counts"] == {"entered": 30}


def test_whoever_is_late_takes_nothing_back(spring: Entered) -> None:
    """An attempt that was overtaken does not wait, nor does one that is over; who waits anew is not forgotten."""
    spring.put(file_of(30))
    spring.ask()
    spring.operate()
    spring.pause()
    spring.run()
    (first,) = spring.waiting.all()
    control = spring.engine.catalogue.control("j")
    spring.audiences.again(ID, 1)

    overtaken = spring.waiting.wait(first, control)
    second = spring.waiting.wait(Waiting(ID, "j", 2), control)
    spring.waiting.over(first)
    (left,) = spring.waiting.all()
    spring.operations.finish(ID, DONE, {}, spring.room.clock.at)

    assert (overtaken, second, left.attempt) == (False, True, 2)
    assert spring.audiences.again(ID, 1).attempt == 2
    assert spring.waiting.wait(left, control) is False
    spring.waiting.goes_on(ID)
    assert spring.operation().result == {}


WRITES = ("PutItem", "UpdateItem", "DeleteItem", "TransactWriteItems")


@pytest.mark.parametrize("when", ["before-call", "after-call"])
def test_whoever_dies_at_any_write_loses_nobody_and_enters_nobody_twice(when: str) -> None:
    """Those that let it wait and go on included; whoever follows finds it as it is."""
    died = at = 0
    while died == at:
        at += 1
        with audience_on_aws(JOURNEY, part_rows=2) as found:
            found.put(file_of(3))
            found.ask()
            found.operate()
            found.pause_at(2)
            died += dies(found, at, when)

            for _ in range(2):
                found.resume()
                for begun in found.begun:
                    found.states.run({"operation": begun[0], "attempt": begun[1], **BEGINNING})

            assert found.operation().state == DONE, at
            assert adds_up(found)["counts"] == {"entered": 3}
            assert sorted(found.entered()) == ["c-1", "c-2", "c-3"]
            assert (found.waiting.all(), found.operation().waits_for) == ((), {})
    assert at > 8


def dies(found: Entered, at: int, when: str) -> bool:
    """Let whoever works die at so manieth write, from the first row to the last; say whether that came to be."""
    left = [at]

    def call(**_: Any) -> None:
        left[0] -= 1
        if not left[0]:
            raise Crash

    events = found.client.meta.events
    for write in WRITES:
        events.register(f"{when}.dynamodb.{write}", call)
    try:
        found.run()
        found.resume()
        found.run()
    except Crash:
        return True
    finally:
        for write in WRITES:
            events.unregister(f"{when}.dynamodb.{write}", call)
    return False
