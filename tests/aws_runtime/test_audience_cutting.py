"""How audiences are cut into batches, on moto: in slices, by one at a time, and never twice, whoever dies."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from itertools import count
from typing import Any

import pytest

from sojourn.adapters.dynamodb import parts
from sojourn.adapters.dynamodb.customers import DynamoCustomers
from sojourn.application.publishing import DONE
from sojourn.application.route import Incoming, route
from sojourn.aws_runtime.audience import batches, cutting, work
from sojourn.aws_runtime.audience.cutting import ENOUGH
from sojourn.domain.customer.rows import Event
from sojourn.errors import Conflict
from tests.support.audiences import ID, KEY, Entered, adds_up, audience_on_aws, file_of
from tests.support.aws_table import items
from tests.support.engine_room import Crash

JOURNEY = "enter: {audience: spring.csv, again: always, where: event.n > 0}\nsteps: [{wait: 10 days}]"
PROS = "enter: {schedule: weekly mon 09:00, segment: pros, again: always}\nsteps: [{wait: 10 days}]"
CLOCKS = "enter: {schedule: weekly mon 09:00, segment: pros, zone: customer}\nsteps: [{wait: 10 days}]"


@pytest.fixture
def spring() -> Iterator[Entered]:
    """A journey for an audience, whose file is cut into parts of 25 rows."""
    with audience_on_aws(JOURNEY, part_rows=25) as found:
        yield found


def test_whoever_cuts_may_die_at_any_call() -> None:
    """Before a call of AWS, or after it: what is cut then is what would have been cut."""
    content, deaths = file_of(6, wrong=3), 0
    for place in count():
        with audience_on_aws(JOURNEY, part_rows=3) as found:
            found.put(content)
            found.ask()
            died = _dies_at(found, place, after=place % 2 == 1)
            found.operate()
            found.run()
            deaths += died[0]

            assert adds_up(found)["counts"] == {"entered": 4, "failed": 2}
            assert len(found.entered()) == len(set(found.entered())) == 4
        if not died[0]:
            break

    assert deaths > 15


def _dies_at(found: Entered, place: int, *, after: bool) -> list[int]:
    """Let whoever operates die once, at the so manieth call of the table or the bucket."""
    seen, died = [0], [0]

    def passes(**_: Any) -> None:
        seen[0] += 1
        if seen[0] == place + 1 and not died[0]:
            died[0] = 1
            raise Crash

    for client, service in ((found.client, "dynamodb"), (found.s3, "s3")):
        event = "after-call" if after else "before-call"
        client.meta.events.register(f"{event}.{service}", passes, unique_id=f"dies-{service}-{after}")
    real = found.operate

    def operate(*given: Any, **named: Any) -> None:
        try:
            real(*given, **named)
        finally:
            for client, service in ((found.client, "dynamodb"), (found.s3, "s3")):
                client.meta.events.unregister(
                    f"{event}.{service}", passes, unique_id=f"dies-{service}-{after}"
                )

    found.operate = operate  # type: ignore[method-assign]
    return died


def test_a_slice_ends_in_time_and_hands_on(spring: Entered) -> None:
    """Each cuts a part at least, however little time is left after it; nothing is cut twice."""
    spring.put(file_of(100))
    spring.ask()
    left: list[float] = []

    def seconds() -> float:
        left.append(ENOUGH + 1 if len(left) % 2 == 0 else 0.0)
        return left[-1]

    spring.operate(left=seconds)
    spring.run()

    assert left == [ENOUGH + 1, 0.0, ENOUGH + 1, 0.0]
    assert adds_up(spring)["counts"] == {"entered": 100}


def test_slow_entries_come_in_small_batches_one_at_a_time(spring: Entered) -> None:
    """So that each is over before its function's time is."""
    spring.put(file_of(50))

    spring.whole({"key": KEY, "format": "csv", "occurrence": "spring", "rate": 1.0})

    progress = spring.audiences.read(ID)
    assert progress is not None
    assert (progress.source["batch"], progress.source["concurrency"]) == (20, 1)
    assert progress.batches == 4


def test_no_batch_is_larger_than_step_functions_takes(spring: Entered) -> None:
    """A row may be long, and a hundred of them too much for one execution's input."""
    long = b"x" * 20_000
    spring.put(b"user_id,n:number,note\n" + b"".join(b"c-%d,1,%s\n" % (n, long) for n in range(20)))

    spring.whole()

    lines = [line for key in spring.files.keys(f"audiences/{ID}/rows/") for line in spring.files.lines(key)]
    assert len(lines) > 2
    assert max(map(len, lines)) < cutting.BATCH_BYTES + 100
    assert adds_up(spring)["counts"] == {"entered": 20}


def test_two_who_cut_one_strand_cut_it_once(spring: Entered) -> None:
    """The queue delivers twice: whoever comes second finds that the strand has moved, and stops."""
    spring.put(file_of(60))
    spring.ask()
    spring.operations.begin(ID)
    spring.work(spring.operation(), {}, lambda: 900.0)
    move, second = spring.audiences.move, [True]

    def overtaken(*given: Any, **named: Any) -> Any:
        if second[0]:
            second[0] = False
            spring.work(spring.operation(), {"strand": "file"}, lambda: 900.0)
        return move(*given, **named)

    spring.audiences.move = overtaken  # type: ignore[method-assign]
    spring.operate({"strand": "file"})
    spring.run()

    assert adds_up(spring)["counts"] == {"entered": 60}


def listed(found: Entered, people: dict[str, tuple[str, str]]) -> None:
    """Let customers be known: name -> plan and time zone; in the table, which lists them."""
    engine = replace(found.engine, customers=DynamoCustomers(found.client, found.table, found.room.clock))
    found.engine = found.batches._engine = engine
    for name, (plan, zone) in people.items():
        event = Event(f"e-{name}", "did_it", found.room.clock.at)
        route(engine, Incoming(name, event, {"plan": plan, "timezone": zone}))


@pytest.fixture
def two_strands(monkeypatch: pytest.MonkeyPatch) -> None:
    """All customers are in two parts: thirty-two take moto a while."""
    monkeypatch.setattr(parts, "PARTS", 2)
    monkeypatch.setattr(work, "STRANDS", 2)


@pytest.mark.usefixtures("two_strands")
def test_a_member_who_cannot_be_taken_is_named_where_it_expires_and_not_in_the_table() -> None:
    """An operation is kept for good: of whoever is erased after that, nothing may be left in it."""
    with audience_on_aws(PROS) as found:
        listed(found, {"ida-7": ("pro", "Europe/Berlin")})
        found.room.executions.before = [ZeroDivisionError("it broke")]

        operation = found.whole({"segment": "pros", "occurrence": "by hand"})

        (failure,) = found.failures()
        (told,) = operation.result["failures"]
        assert (failure["customer"], "ZeroDivisionError" in failure["why"]) == ("ida-7", True)
        assert (told["line"], told["why"]) == (failure["line"], failure["why"])
        kept = [one for one in items(found.client, found.table) if one["pk"]["S"].startswith("G#")]
        assert "ida-7" not in str(kept)


@pytest.mark.usefixtures("two_strands")
def test_the_members_of_a_segment_enter_whoever_is_listed() -> None:
    """All customers are listed, in strands; whether they are members is asked when they are to enter."""
    people = {f"c-{n}": ("pro" if n % 2 else "free", "Europe/Berlin") for n in range(12)}
    with audience_on_aws(PROS, part_rows=2) as found:
        listed(found, people)

        operation = found.whole({"segment": "pros", "occurrence": "by hand"})

        assert operation.state == DONE
        assert operation.result["counts"] == {"entered": 6, "not_in_segment": 6}
        assert len(found.room.executions.started) == 6


@pytest.mark.usefixtures("two_strands")
def test_a_schedule_on_customers_own_clocks_enters_each_when_it_is_that_time() -> None:
    """One execution, that waits from zone to zone."""
    began: dict[str, datetime] = {}
    people = {
        "tokyo": ("pro", "Asia/Tokyo"), "berlin": ("pro", "Europe/Berlin"), "york": ("pro", "America/New_York"),
        "free": ("free", "Asia/Tokyo"),
    }  # fmt: skip
    with audience_on_aws(CLOCKS) as found:
        listed(found, people)
        found.room.clock.at = datetime(2026, 3, 8, 19, tzinfo=UTC)
        real = found.room.executions.start

        def start(journey: str, version: str, name: str, state: Any, at: datetime | None = None) -> None:
            began[state["customer"]] = found.room.clock.at
            real(journey, version, name, state, at)

        found.room.executions.start = start  # type: ignore[method-assign]
        operation = found.whole({
            "segment": "pros", "by": "schedule", "schedule": "weekly mon 09:00", "zone": "customer",
            "occurrence": "2026-03-09T09:00:00", "wall": "2026-03-09T09:00:00",
        })  # fmt: skip

        assert operation.result["counts"] == {"entered": 3, "not_in_segment": 1}
        assert began == {
            "tokyo": datetime(2026, 3, 9, 0, tzinfo=UTC), "berlin": datetime(2026, 3, 9, 8, tzinfo=UTC),
            "york": datetime(2026, 3, 9, 13, tzinfo=UTC),
        }  # fmt: skip


@pytest.mark.usefixtures("two_strands")
def test_a_slice_of_members_ends_in_time_whoever_is_slow_to_read() -> None:
    """Where it matters in which zone they are, each is read: a part may be small, and the next goes on after it."""
    people = {f"c-{n:02}": ("pro", "Asia/Tokyo") for n in range(24)}
    with audience_on_aws(CLOCKS) as found:
        listed(found, people)
        found.room.clock.at = datetime(2026, 3, 8, 19, tzinfo=UTC)
        found.ask({
            "segment": "pros", "by": "schedule", "schedule": "weekly mon 09:00", "zone": "customer",
            "occurrence": "2026-03-09T09:00:00", "wall": "2026-03-09T09:00:00",
        })  # fmt: skip
        seconds = iter(number % 4 * 100.0 for number in count(3, -1))

        found.operate(left=lambda: next(seconds))
        found.run()

        assert len(list(found.audiences.parts(ID))) > 6
        assert adds_up(found)["counts"] == {"entered": 24}


def test_an_audience_of_many_parts_goes_on_in_another_execution(
    spring: Entered, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One holds 25,000 events: some thousand parts, as of all time zones. What is done is not done again."""
    monkeypatch.setattr(batches, "MOST_ROUNDS", 2)
    spring.put(file_of(150))

    operation = spring.whole()

    assert spring.begun == [(ID, 1), (ID, 2), (ID, 3)]
    assert operation.state == DONE
    assert adds_up(spring)["counts"] == {"entered": 150}
    assert len(spring.entered()) == 150


def test_whoever_goes_on_with_an_audience_meanwhile_is_who_does(
    spring: Entered, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A person may say so at the same moment: one execution of that attempt goes on, and the one before ends."""
    monkeypatch.setattr(batches, "MOST_ROUNDS", 0)
    spring.put(file_of(50))
    spring.ask()
    spring.operate()
    told = spring.batches({"operation": ID, "attempt": 1, "done": {}, "round": 0}, lambda: 120.0)
    spring.operate({"resume": True})
    monkeypatch.setattr(batches, "MOST_ROUNDS", 900)

    spring.run()

    assert (told["do"], told["attempt"], spring.begun) == ("anew", 2, [(ID, 1), (ID, 2)])
    assert adds_up(spring)["counts"] == {"entered": 50}


def test_what_is_cut_is_not_cut_again_because_others_count(spring: Entered) -> None:
    """Batches that are just entered are counted in the same row; to list a slice anew may take minutes."""
    spring.put(file_of(50))
    spring.ask()
    move, busy, read = spring.audiences.move, [True, True], spring.files.lines
    reads: list[int] = []

    def moved(*given: Any, **named: Any) -> Any:
        if busy and busy.pop():
            raise Conflict("somebody else counts at the same time")
        return move(*given, **named)

    def lines(key: str, offset: int = 0) -> Iterator[bytes]:
        reads.append(offset)
        return read(key, offset)

    spring.audiences.move, spring.files.lines = moved, lines  # type: ignore[method-assign]
    spring.operate()

    assert len(reads) == len(set(reads)) == 3
