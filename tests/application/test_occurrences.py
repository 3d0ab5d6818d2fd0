"""Times of schedules begin once each: none twice, none forgotten, and none of a journey that was not there."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from sojourn.application.occurrences import AHEAD, LATEST, Found, Looked, look_through, schedule_text
from sojourn.domain.compile.compiled import CompiledJourney
from tests.support.workspaces import deployed

DAILY = "enter: {schedule: daily 09:00, segment: pros, again: always}\nsteps: [{wait: 1 day}]"
CLOCKS = (
    "enter: {schedule: daily 09:00, segment: pros, zone: customer, again: always}\nsteps: [{wait: 1 day}]"
)
OTHER = "enter: {on: began}\nsteps: [{wait: 1 day}]"
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
BERLIN = "Europe/Berlin"
FOUND = deployed(DAILY, CLOCKS, OTHER).catalogue


def journey(name: str = "j") -> CompiledJourney:
    found = FOUND.current(name)
    assert found is not None
    return found


def begun(
    name: str, looked: dict[str, Looked] | None, now: datetime, published: datetime | None = None
) -> tuple[list[datetime], dict[str, Looked]]:
    """Return what begins of one journey, and how far was looked."""
    found = looked_through(name, looked, now, published)
    return [one.occurrence.at for one in found.due], dict(found.looked)


def looked_through(
    name: str, looked: dict[str, Looked] | None, now: datetime, published: datetime | None = None
) -> Found:
    """Return what is found of one journey."""
    return look_through([journey(name)], looked, now, BERLIN, {name: published}.get)


def test_what_begins_soon_is_told_once() -> None:
    """A little ahead, so that a queue can hold it back until its second."""
    at = datetime(2026, 3, 3, 8, tzinfo=UTC)

    early, looked = begun("j", {}, at - AHEAD - timedelta(seconds=1))
    soon, looked = begun("j", looked, at - AHEAD)
    again, _ = begun("j", looked, at)

    assert (early, soon, again) == ([], [at], [])


def test_when_nobody_ever_looked_all_begins_with_now() -> None:
    """A release that brings this begins nothing of the days before."""
    found, looked = begun("j", None, NOON, NOON - timedelta(days=9))

    assert (found, looked["j"].until) == ([], NOON + AHEAD)


def test_a_new_journey_begins_with_what_comes_after_its_publication() -> None:
    """Also where that was a minute before its time, and nobody looked in between; not with what came before."""
    nine = datetime(2026, 3, 2, 8, tzinfo=UTC)

    assert begun("j", {}, nine + timedelta(minutes=4), nine - timedelta(minutes=1))[0] == [nine]
    assert begun("j", {}, nine + timedelta(minutes=4), nine + timedelta(minutes=1))[0] == []


def test_a_schedule_that_was_changed_is_a_new_one() -> None:
    """What the old one would have begun since is nobody's business."""
    nine = datetime(2026, 3, 2, 8, tzinfo=UTC)
    before = {"j": Looked("weekly fri 10:00 | pros | ", nine - timedelta(days=3))}

    assert begun("j", before, nine + timedelta(hours=1), nine + timedelta(minutes=30))[0] == []


def test_what_fell_into_an_outage_begins_late_but_not_days_late() -> None:
    """A greeting for Monday is none on Wednesday."""
    looked = {"j": Looked(schedule_text(journey()), NOON - timedelta(days=5))}

    found, _ = begun("j", looked, NOON)

    assert found == [datetime(2026, 3, 2, 8, tzinfo=UTC)]
    assert timedelta(hours=24) == LATEST


def test_what_begins_no_more_is_told_once() -> None:
    """All of it, with its times; those of before the journey was published were nobody's to begin."""
    looked = {"j": Looked(schedule_text(journey()), NOON - timedelta(days=5))}

    found = looked_through("j", looked, NOON)
    again = looked_through("j", dict(found.looked), NOON)
    new = looked_through("j", {}, NOON, NOON - timedelta(days=3))
    never = looked_through("j", None, NOON, NOON - timedelta(days=3))

    (late,) = found.late
    assert [one.at for one in late.times] == [
        datetime(2026, 2, day, 8, tzinfo=UTC) for day in (26, 27, 28)
    ] + [datetime(2026, 3, 1, 8, tzinfo=UTC)]
    assert (late.journey.name, again.late, never.late) == ("j", (), ())
    assert [len(one.times) for one in new.late] == [2]


def test_customers_own_clocks_begin_where_the_day_begins() -> None:
    """Fourteen hours before UTC shows that time; each customer has their instant."""
    (one,) = looked_through("k", {}, datetime(2026, 3, 1, 18, 50, tzinfo=UTC)).due

    assert one.occurrence.at == datetime(2026, 3, 1, 19, tzinfo=UTC)
    assert one.occurrence.id == "2026-03-02T09:00:00"
    assert one.occurrence.instant("Pacific/Kiritimati") == one.occurrence.at
    assert one.occurrence.instant("Asia/Tokyo") == datetime(2026, 3, 2, 0, tzinfo=UTC)
    assert one.occurrence.instant("Pacific/Niue") == datetime(2026, 3, 2, 20, tzinfo=UTC)


@given(st.lists(st.integers(1, 900), min_size=1, max_size=60), st.sampled_from("jk"))
def test_however_often_somebody_looks_each_time_is_told_once(minutes: list[int], name: str) -> None:
    """As long as they look at least once a day."""
    now, looked, told = NOON, dict[str, Looked](), list[datetime]()
    _, looked = begun(name, None, now)

    for pause in minutes:
        now += timedelta(minutes=pause)
        found, looked = begun(name, looked, now)
        told += found

    first = NOON + AHEAD
    hour = 8 if name == "j" else 19
    wanted = [
        at
        for day in range(60)
        if first < (at := datetime(2026, 3, 1, hour, tzinfo=UTC) + timedelta(days=day)) <= now + AHEAD
        and at < datetime(2026, 3, 29, tzinfo=UTC)
    ]
    assert [at for at in told if at < datetime(2026, 3, 29, tzinfo=UTC)] == wanted
