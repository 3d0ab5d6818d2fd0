"""An audience's rows enter their customers once each, whatever is delivered how often, and in whatever order."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sojourn.application.audience import (
    Audience,
    BadRow,
    Row,
    Tally,
    ToBeTriedAgain,
    default_rate,
    enter_row,
    enter_rows,
    is_member,
)
from sojourn.application.calling import AUDIENCE, NoSuchEntry, lets_in
from sojourn.application.pacing import lane_rate, lanes
from sojourn.application.route import Incoming, route
from sojourn.domain.compile.compiled import SCHEDULE
from sojourn.domain.customer.rows import Change, Event, changed
from sojourn.errors import TransientError
from tests.support.engine_room import Room

JOURNEY = "enter: {audience: spring.csv, again: always, where: event.n > 0}\nsteps: [{wait: 10 days}]"
KEYED = "enter: {audience: trips.csv, key: event.trip, again: always}\nsteps: [{wait: 10 days}]"
PROS = "enter: {schedule: weekly mon 09:00, segment: pros, again: always}\nsteps: [{wait: 10 days}]"
SPRING = Audience("j", "spring", "op-1")


def enter(room: Room, *rows: Row | BadRow, audience: Audience = SPRING) -> Tally:
    """Enter rows, with room for all of them."""
    return enter_rows(room.engine, audience, rows, lambda: None, lambda line, error: f"broken: {error}")


def row(line: int, customer: str = "", **entry: Any) -> Row:
    return Row(line, customer or f"c-{line}", entry={"n": 1, **entry})


def ended(room: Room, customer: str, journey: str = "j", key: str = "") -> None:
    """Let a customer's run come to its end, so that the journey would let them in again."""
    file = room.customers.load(customer)
    run = changed(file.runs[(journey, key)], status="ended", ended=room.clock.at)
    room.customers.commit(file, Change(runs={(journey, key): run}))


def test_a_row_enters_its_customer_and_the_ledger_says_by_what() -> None:
    """What the row says besides is the entry's, and what it tells of the customer is theirs."""
    room = Room(JOURNEY)

    tally = enter(room, Row(2, "bo", {"email": "bo@example.com"}, {"plan": "pro"}, {"n": 3}))

    file = room.customers.load("bo")
    run = file.runs[("j", "")]
    (entered,) = [one for one in room.happened if one.what == "entered"]
    assert tally.counts == {"entered": 1}
    assert (run.entry, run.entry_event) == ({"n": 3}, AUDIENCE)
    assert (file.profile.email, file.profile.attributes["plan"]) == ("bo@example.com", "pro")
    assert entered.details == {"by": "audience", "source": "audience:spring", "holdout": False}
    assert list(room.executions.started) == [run.id]


def test_a_row_that_comes_again_is_the_same_row_and_one_that_stands_twice_is_told() -> None:
    """By its line; so is one that an earlier delivery of the whole brought."""
    room = Room(JOURNEY)
    enter(room, row(2), row(3))
    ended(room, "c-2")

    again = enter(room, row(2), row(3))
    twice = enter(room, row(4, "c-2"))
    whole = enter(room, row(2), audience=Audience("j", "spring", "op-2"))
    other = enter(room, row(2), audience=Audience("j", "summer", "op-3"))

    assert again.counts == {"entered": 2}
    assert (twice.counts, whole.counts, other.counts) == ({"twice": 1}, {"before": 1}, {"entered": 1})
    assert len(room.executions.started) == 3


def test_where_a_journey_has_a_key_each_key_enters() -> None:
    """Two trips of one customer are two runs; the same trip twice is one."""
    room = Room(KEYED)

    tally = enter(
        room,
        row(2, "ana", trip="oslo"),
        row(3, "ana", trip="rome"),
        row(4, "ana", trip="oslo"),
        row(5, "ana"),
    )

    assert tally.counts == {"entered": 2, "twice": 1, "no_key": 1}
    assert {key for journey, key in room.customers.load("ana").runs if journey == "j"} == {"oslo", "rome"}


def test_the_journeys_own_rules_hold_and_their_reasons_are_counted() -> None:
    """And told in the ledger, as for a call."""
    room = Room(JOURNEY)
    room.happen("did_it")
    enter(room, row(2, "ana"), audience=Audience("j", "before", "op-0"))

    tally = enter(room, row(2, "ana"), row(3, n=0), row(4))

    assert tally.counts == {"already_running": 1, "where": 1, "entered": 1}


@pytest.mark.parametrize(
    ("bad", "why"),
    [
        (BadRow(3, "it is no JSON"), "it is no JSON"),
        (Row(3, "x", attributes={"score": "high"}), "attributes.score: a number is wanted, and it is a text"),
        (Row(3, "", {"phone": "12"}), "says nothing of whom it is"),
    ],
)
def test_a_row_that_cannot_be_taken_is_told_with_its_line(bad: Row | BadRow, why: str) -> None:
    """The rows around it are none the worse."""
    room = Room(JOURNEY)

    tally = enter(room, row(2), bad, row(4))

    (failure,) = tally.failures
    assert tally.counts == {"entered": 2, "failed": 1}
    assert (failure.line, why in failure.why) == (3, True)


def test_what_nobody_foresaw_of_a_row_is_that_rows() -> None:
    """Whoever calls says what may be told of it."""
    room = Room(JOURNEY)
    room.executions.before = [ZeroDivisionError("of a customer")]

    tally = enter(room, row(2), row(3))

    assert tally.counts == {"failed": 1, "entered": 1}
    assert tally.failures == [BadRow(2, "broken: of a customer")]


def test_a_row_that_must_wait_is_to_be_tried_again() -> None:
    """It is neither taken nor failed; when it comes again, it is completed."""
    room = Room(JOURNEY)
    room.executions.before = [TransientError("StartExecution")]

    first = enter(room, row(2), row(3))
    second = enter(room, row(2), row(3))

    assert (first.counts, first.again) == ({"entered": 1}, 1)
    assert (second.counts, second.again) == ({"entered": 2}, 0)
    assert len(room.executions.started) == 2


def test_where_there_is_no_room_the_rest_waits() -> None:
    """The batch comes again; who was entered is not entered a second time."""
    room, taken = Room(JOURNEY), [0]

    def take() -> None:
        taken[0] += 1
        if taken[0] > 2:
            raise ToBeTriedAgain("full")

    with pytest.raises(ToBeTriedAgain):
        enter_rows(room.engine, SPRING, [row(2), row(3), row(4)], take, lambda line, error: "")

    assert taken == [3]
    assert len(room.executions.started) == 2


def test_a_journey_that_is_gone_is_no_rows_fault() -> None:
    """It is raised, not told of each row."""
    room = Room(JOURNEY)

    with pytest.raises(NoSuchEntry):
        enter(room, row(2), audience=Audience("other", "spring", "op-1"))


def test_members_enter_as_they_are_now_and_nobody_becomes_known_by_being_asked() -> None:
    """Who is not in the segment takes no room; who was erased stays so."""
    room, taken = Room(PROS), [0]
    for name, plan in (("a", "pro"), ("b", "free")):
        route(room.engine, Incoming(name, Event(f"e-{name}", "did_it", room.clock.at), {"plan": plan}))
    monday = Audience("j", "2026-03-02T08:00:00Z", "op-1", "pros", SCHEDULE)

    def take() -> None:
        taken[0] += 1

    rows = [Row(n, name) for n, name in enumerate(("a", "b", "nobody"), 1)]
    tally = enter_rows(room.engine, monday, rows, take, lambda line, error: "")

    assert tally.counts == {"entered": 1, "not_in_segment": 1, "gone": 1}
    assert taken == [1]
    assert room.customers.load("nobody").revision == 0
    assert is_member(room.engine, "nowhere", "a") is False
    (entered,) = [one for one in room.happened if one.what == "entered"]
    assert entered.details == {"by": "schedule", "holdout": False}


@pytest.mark.parametrize(
    ("enter_", "by", "segment", "may"),
    [
        ("{audience: x.csv}", AUDIENCE, "", True),
        ("{audience: x.csv}", SCHEDULE, "", False),
        ("{on: api}", AUDIENCE, "", True),
        ("{on: began}", AUDIENCE, "", False),
        ("{on: began}", AUDIENCE, "pros", False),
        ("{segment: pros}", AUDIENCE, "pros", True),
        ("{segment: pros}", AUDIENCE, "", False),
        ("{schedule: daily 09:00, segment: pros}", AUDIENCE, "pros", True),
        ("{schedule: daily 09:00, segment: pros}", SCHEDULE, "pros", True),
    ],
)
def test_only_journeys_whose_conditions_are_checked_for_it_may_be_entered_so(
    enter_: str, by: str, segment: str, may: bool
) -> None:
    """What enters by an event reads what that event has, and a row has something else."""
    journey = Room(f"enter: {enter_}\nsteps: [{{wait: 1 day}}]").engine.catalogue.current("j")

    assert journey is not None
    assert lets_in(journey, by, segment) is may


def test_as_many_enter_a_second_as_the_slowest_channel_sends() -> None:
    """Unless somebody says otherwise; never more than all audiences have together."""
    senders = {"email": {"rate": 14}, "sms": {"rate": 500}, "push": {}}

    assert default_rate(senders, ["email", "push"]) == 14
    assert default_rate(senders, ["sms"]) == 200
    assert default_rate(senders, ["push"], 50) == 50
    assert lanes("op", 14.5) == ("entries#14.5#op", "entries")
    assert [lane_rate(lane, 80) for lane in lanes("op", 14.5)] == [14.5, 80]
    assert lanes("op", 0.0) == ("entries",)


ROWS: Sequence[Row | BadRow] = (
    row(2), row(3), row(4, "c-2"), BadRow(5, "it is no JSON"), row(6, n=0), row(7),
    Row(8, "", {"email": "c-9@example.com"}, entry={"n": 1}),
)  # fmt: skip
GOOD = {"c-2", "c-3", "c-7"}


@given(st.lists(st.lists(st.integers(0, len(ROWS) - 1), max_size=5), max_size=8), st.data())
def test_any_order_and_repetition_of_batches_enters_each_customer_once(
    batches: list[list[int]], data: st.DataObject
) -> None:
    """With faults in between, whole deliveries at the end, and runs that end meanwhile, so that `again` lets in."""
    room = Room(JOURNEY)
    batches = [*batches, list(range(len(ROWS)))]
    last = Counter[str]()

    for batch in batches:
        if data.draw(st.booleans()):
            room.executions.before = [TransientError("StartExecution")]
        enter(room, *(ROWS[place] for place in batch))
        room.executions.before = []
        for customer in GOOD:
            run = room.customers.load(customer).runs.get(("j", ""))
            if run is not None and run.active and data.draw(st.booleans()):
                ended(room, customer)
    last = enter(room, *ROWS).counts

    entered = Counter(one.customer for one in room.happened if one.what == "entered")
    assert set(entered.values()) == {1}
    assert entered.keys() >= GOOD
    assert len(entered) == 4
    assert sum(last.values()) == len(ROWS)
    assert (last["entered"], last["twice"], last["where"], last["failed"]) == (4, 1, 1, 1)


def test_one_row_is_one_read_one_write_and_one_look() -> None:
    """As a call is; a second delivery asks no more."""
    room = Room(JOURNEY)
    room.customers.asked.clear()

    enter_row(room.engine, SPRING, row(2), lambda: None)

    assert room.customers.asked == ["load", "commit", "event"]
