from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from sojourn.adapters.dynamodb.counters import DynamoCounters, counter_key, counts, head_key
from sojourn.adapters.dynamodb.customers import DynamoCustomers
from sojourn.adapters.dynamodb.daily import daily
from sojourn.adapters.dynamodb.recount import rebuild_counters
from sojourn.adapters.dynamodb.stream import change_of
from sojourn.application.changes import Committed
from sojourn.application.counting import Counted, Place, counted
from sojourn.domain.customer.rows import Change, Profile
from sojourn.domain.ledger import Happening
from tests.adapters.dynamodb_counters.test_counters import Refusing
from tests.support.aws_table import aws_table
from tests.support.engine_room import SetClock
from tests.support.told_stream import records_of

TODAY = date(2026, 3, 10)


@pytest.fixture
def table() -> Iterator[tuple[Any, str]]:
    with aws_table() as made:
        yield made


def committed(number: int, day: date, version: str = "v1", **sent: str) -> Counted:
    """An entry on a day, with a message of each step named."""
    at = datetime(day.year, day.month, day.day, 23, 59, tzinfo=UTC)
    entered = Happening(at, "ana", "welcome", version, f"r{number}", "entered")
    messages = [
        Happening(at, "ana", "welcome", version, f"r{number}", "sent", step, details={"channel": channel})
        for step, channel in sent.items()
    ]
    return counted(Committed(f"c{number}", at, "ana", [entered, *messages]))


def test_a_day_has_what_was_done_on_it(table: tuple[Any, str]) -> None:
    """By day and name, over all versions or of one; days outside of those asked for are left out."""
    days = [TODAY - timedelta(days=n) for n in range(5)]
    told = [committed(n, day, hello="email") for n, day in enumerate(days)]
    told += [committed(8, days[1], "v2", hello="sms"), committed(9, days[1])]
    DynamoCounters(*table, SetClock()).count(told)

    assert daily(*table, "welcome", 2, until=TODAY) == {
        days[2]: {"entered": 1, "passed@hello": 1, "sent.email@hello": 1},
        days[1]: {"entered": 3, "passed@hello": 2, "sent.email@hello": 1, "sent.sms@hello": 1},
    }
    assert daily(*table, "welcome", 1, until=TODAY, version="v2") == {
        days[1]: {"entered": 1, "passed@hello": 1, "sent.sms@hello": 1}
    }
    assert daily(*table, "welcome", 9, until=TODAY, version="v3") == {}
    assert daily(*table, "other", 9, until=TODAY) == {}


def test_a_change_counts_once_in_its_day(table: tuple[Any, str]) -> None:
    """A day's figures are in the same transaction as the counters, with the same marker."""
    counters = DynamoCounters(*table, SetClock())
    told = [committed(1, TODAY), committed(2, TODAY)]

    known = [counters.count(told), counters.count(told[::-1]), counters.count(told[:1])]

    assert known == [0, 2, 1]
    assert daily(*table, "welcome", 1, until=TODAY + timedelta(days=1)) == {TODAY: {"entered": 2}}


def test_a_transaction_that_fails_counts_no_day(table: tuple[Any, str]) -> None:
    """Neither the counters nor the day is written where the table is busy; both are when it is not."""
    client = Refusing(table[0], "TransactionConflict", times=1)

    DynamoCounters(client, table[1], SetClock()).count([committed(1, TODAY)])

    assert client.asked == [3, 3]
    assert daily(*table, "welcome", 1, until=TODAY + timedelta(days=1)) == {TODAY: {"entered": 1}}


def test_figures_by_day_expire_and_are_no_counters(table: tuple[Any, str]) -> None:
    """Sixty days after their day; until when is no counter, and the journey's counters have no days among them."""
    DynamoCounters(*table, SetClock()).count([committed(1, TODAY)])

    key = counter_key(1, Place("welcome", "v1", "", TODAY.isoformat()))
    item = table[0].get_item(TableName=table[1], Key=key)["Item"]

    expires = datetime.fromtimestamp(int(item["expires"]["N"]), UTC)
    assert expires == datetime(2026, 5, 9, tzinfo=UTC)
    assert counts(*table, "welcome") == {Place("welcome", "v1"): {"entered": 1, "active": 1}}


def test_a_journey_of_very_many_steps_is_counted_whole(table: tuple[Any, str]) -> None:
    """More names than one update takes are added in several, whether one change has them or many together."""
    day = Place("welcome", "v1", "", TODAY.isoformat())
    big = Counted("big", {day: {f"passed@s{n}": 1 for n in range(450)}})
    many = [Counted(f"c{n}", {day: {f"passed@t{n}.{k}": 1 for k in range(30)}}) for n in range(20)]

    known = [DynamoCounters(*table, SetClock()).count(told) for told in ([big], many, [big], many)]

    assert known == [0, 0, 5, 20]
    (figures,) = daily(*table, "welcome", 1, until=TODAY + timedelta(days=1)).values()
    assert set(figures.values()) == {1}
    assert len(figures) == 450 + 600


def test_a_rebuild_comes_to_the_same_days(table: tuple[Any, str]) -> None:
    """Days are counted anew from the ledger, young rows and old, but for those whose figures have expired."""
    clock = SetClock()
    customers = DynamoCustomers(*table, clock)
    before = clock.at.date()
    for at_once in range(3):
        for days in (0, 1, 40, 30):
            clock.pass_by(days=days)
            who = f"c{at_once}-{days}"
            happened = [Happening(clock.at, who, "welcome", "v1", f"run-{who}", "entered")]
            file = customers.load(who)
            customers.commit(file, Change(profile=Profile(who), happened=happened))
    changes = [change_of(record) for record in records_of(table[1])]
    DynamoCounters(*table, clock).count([counted(change) for change in changes if change is not None])
    until = clock.at.date() + timedelta(days=1)
    counted_before = daily(*table, "welcome", 400, until=until)

    rebuild_counters(*table, clock, segments=2)

    kept = {day: by for day, by in counted_before.items() if day > until - timedelta(days=61)}
    assert daily(*table, "welcome", 400, until=until) == kept
    assert 0 < len(kept) < len(counted_before)
    assert min(counted_before) == before
    assert counts(*table, "welcome")[Place("welcome", "v1")]["entered"] == 12


def test_while_a_generation_is_built_days_count_in_both(table: tuple[Any, str]) -> None:
    """Whoever reads sees the one that is current."""
    client, name = table
    client.put_item(TableName=name, Item={**head_key(), "current": {"N": "1"}, "building": {"N": "2"}})

    DynamoCounters(client, name, SetClock()).count([committed(1, TODAY)])

    until = TODAY + timedelta(days=1)
    first = daily(client, name, "welcome", 1, until=until)
    client.put_item(TableName=name, Item={**head_key(), "current": {"N": "2"}})
    assert first == daily(client, name, "welcome", 1, until=until) == {TODAY: {"entered": 1}}
