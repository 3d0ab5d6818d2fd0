"""What only this adapter does: keys, expiry, one query, one transaction. The port's contract is in tests/contracts."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from sojourn.adapters.dynamodb.changes import ReadFile, moves
from sojourn.adapters.dynamodb.customers import DynamoCustomers, Keep
from sojourn.domain.customer.rows import Change, CustomerFile, Event, Profile, Run, Send, Waiter
from sojourn.domain.ledger import Happening
from sojourn.errors import Conflict, TooLarge, TransientError
from tests.support.aws_table import aws_table, items
from tests.support.engine_room import SetClock
from tests.support.metered import Metered

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
DAY = timedelta(days=1)
RUN = Run("j-1", "ana", "j", "v1", "", NOON, NOON, "j-1", at={"": "hello"})
WAITER = Waiter("j-1", "j", "w", "t1", NOON, None, "wait_for", (), {}, (), (), {"steps": {}})
SEND = Send("s1", "ana", "j-1", "j", "v1", "s", "hello", "email", "news", True, NOON)
EVENT = Event("e1", "did_it", NOON - DAY, {"n": 1}, NOON)


@dataclass
class Kept:
    """A table with one customer's rows, and short ways to them."""

    client: Metered
    table: str
    clock: SetClock
    customers: DynamoCustomers

    def write(self, **change: Any) -> CustomerFile:
        return self.customers.commit(self.customers.load("ana"), Change(**change))

    def rows(self, sort_key: str = "") -> list[str]:
        return [item["sk"]["S"] for item in items(self.client.client, self.table, sort_key)]

    def item(self, sort_key: str) -> dict[str, Any]:
        (found,) = items(self.client.client, self.table, sort_key)
        return found


@pytest.fixture
def kept() -> Iterator[Kept]:
    """Give an empty table whose calls are counted."""
    with aws_table() as (client, table):
        metered, clock = Metered(client), SetClock(NOON)
        keep = Keep(events_days=10, ledger_days=20, ended_runs_days=30)
        yield Kept(metered, table, clock, DynamoCustomers(metered, table, clock, keep=keep))


def seconds(at: datetime) -> dict[str, str]:
    return {"N": str(int(at.timestamp()))}


def test_hot_rows_are_read_by_one_consistent_query_and_nothing_else(kept: Kept) -> None:
    """Events, sends and the ledger cost a load nothing, however many there are."""
    kept.write(
        profile=Profile("ana"), runs={("j", ""): RUN}, waiters={("j-1", "w"): WAITER}, event=EVENT, claim=SEND
    )
    kept.client.calls.clear()

    kept.customers.load("ana")

    (call,) = kept.client.calls
    assert (call.operation, call.consistent, call.rows) == ("query", True, 3)


def test_a_customer_of_more_than_one_page_is_read_whole(kept: Kept) -> None:
    """DynamoDB answers with 1 MB at most; a customer may have more."""
    large = {
        ("j", str(n)): replace(RUN, id=f"j-{n}", key=str(n), entry={"x": "x" * 300_000}) for n in range(5)
    }
    for key, run in large.items():
        kept.write(runs={key: run})
    kept.client.calls.clear()

    file = kept.customers.load("ana")

    assert dict(file.runs) == large
    assert [call.operation for call in kept.client.calls] == ["query", "query"]


def test_the_profile_alone_is_written_without_a_transaction(kept: Kept) -> None:
    """An update costs half of a transaction; its condition is the same."""
    kept.write(profile=Profile("ana"))
    stale = kept.customers.load("ana")
    kept.write(recent=((NOON, "email", "news"),))

    with pytest.raises(Conflict):
        kept.customers.commit(stale, Change(profile=Profile("ana", {"by": "stale"})))

    assert {call.operation for call in kept.client.calls} == {"query", "update_item"}


def test_only_rows_of_the_change_are_written(kept: Kept) -> None:
    """Of the profile's row just the revision is sent; rows that are not named are not touched."""
    kept.write(
        profile=Profile("ana"), runs={("j", ""): RUN, ("k", ""): replace(RUN, id="k-1", journey="k")},
        waiters={("j-1", "w"): WAITER},
    )  # fmt: skip
    before = {item["sk"]["S"]: item for item in items(kept.client.client, kept.table)}

    kept.write(waiters={("j-1", "w"): replace(WAITER, released="e1"), ("j-1", "never"): None})

    after = {item["sk"]["S"]: item for item in items(kept.client.client, kept.table)}
    assert {key for key in after if after[key] != before.get(key)} == {"A#profile", "A#wait#j-1#w"}
    assert after["A#profile"]["data"] == before["A#profile"]["data"]


def test_a_wait_that_is_not_there_costs_nothing_to_take_away(kept: Kept) -> None:
    """Nothing is sent for it, and the profile's row alone needs no transaction."""
    kept.write(profile=Profile("ana"))
    kept.client.calls.clear()

    kept.write(waiters={("j-1", "never"): None})

    assert [(call.operation, call.rows) for call in kept.client.calls] == [("query", 1), ("update_item", 1)]


def test_what_happened_and_where_runs_moved_is_one_row(kept: Kept) -> None:
    """It stands at the instant of the commit and its revision; where nothing happened and moved, there is none."""
    happening = Happening(NOON, "ana", "j", "v1", "j-1", "entered")
    file = kept.write(runs={("j", ""): RUN}, happened=[happening])
    kept.write(runs={("j", ""): replace(RUN, continued=1)})

    (row,) = [json.loads(item["data"]["S"]) for item in items(kept.client.client, kept.table, "H#")]

    assert kept.rows("H#") == [f"H#2026-03-02T12:00:00.000000Z#{file.revision:016d}"]
    assert (row["customer"], row["revision"], [one["what"] for one in row["happened"]], row["moves"]) == (
        "ana", file.revision, ["entered"], [["j", "v1", "", "hello"]],
    )  # fmt: skip


def test_moves_are_told_lane_by_lane() -> None:
    """Each path of a run moves by itself; a run in the place of another leaves where that one was."""
    file = CustomerFile(
        Profile("ana"), 1, {("j", ""): replace(RUN, at={"p/a": "x", "p/b": "y"}), ("k", ""): RUN}
    )
    here = replace(RUN, at={"p/a": "x", "p/b": "z", "p/c": "q"})
    other = replace(RUN, id="k-2", version="v2", at={"": "first"})

    assert moves(file, Change(runs={("j", ""): here})) == [
        ("j", "v1", "y", "z"),
        ("j", "v1", "", "q"),
    ]
    assert moves(file, Change(runs={("k", ""): other})) == [
        ("j", "v1", "hello", ""),
        ("j", "v2", "", "first"),
    ]
    assert moves(file, Change(runs={("j", ""): replace(here, status="ended", at={})})) == [
        ("j", "v1", "x", ""),
        ("j", "v1", "y", ""),
    ]


def test_rows_expire_as_settings_say(kept: Kept) -> None:
    """Events, sends and the ledger after their days, counted by our clock; hot rows of a running run never."""
    kept.write(event=EVENT, claim=SEND, runs={("j", ""): RUN}, waiters={("j-1", "w"): WAITER})

    expires = {key: kept.item(key).get("expires") for key in ("E#", "S#", "H#", "A#run", "A#wait", "A#prof")}

    assert expires == {
        "E#": seconds(NOON + 10 * DAY), "S#": seconds(NOON + 20 * DAY), "H#": seconds(NOON + 20 * DAY), "A#run": None,
        "A#wait": None, "A#prof": None,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("fields", "until"),
    [
        ({"status": "running"}, None),
        ({"status": "ended", "ended": NOON, "needed_until": NOON + 3 * DAY}, NOON + 3 * DAY),
        ({"status": "ended", "ended": NOON, "needed_until": NOON + 3 * DAY, "key": "o1"}, NOON + 3 * DAY),
        ({"status": "ended", "ended": NOON, "key": "o1"}, NOON + 30 * DAY),
        ({"status": "ended", "ended": NOON}, None),
    ],
)
def test_an_ended_run_is_kept_while_somebody_asks(
    kept: Kept, fields: dict[str, Any], until: datetime | None
) -> None:
    """As long as it is needed; for ever where it is the only run of its journey, and "never again" needs it."""
    run = replace(RUN, **fields)

    kept.write(runs={("j", run.key): run})

    assert kept.item("A#run").get("expires") == (seconds(until) if until else None)


def test_a_run_that_begins_again_does_not_expire(kept: Kept) -> None:
    """The row of an ended run is replaced whole, its expiry with it."""
    kept.write(runs={("j", ""): replace(RUN, status="ended", ended=NOON, needed_until=NOON + DAY)})

    kept.write(runs={("j", ""): replace(RUN, id="j-2")})

    assert "expires" not in kept.item("A#run")


def test_what_has_expired_is_gone_at_once(kept: Kept) -> None:
    """DynamoDB takes up to two days to delete it; until then nobody reads it, and its place is free."""
    ended = replace(RUN, status="ended", ended=NOON, needed_until=NOON + DAY)
    kept.write(event=EVENT, claim=SEND, runs={("j", ""): ended})
    kept.clock.pass_by(days=30)

    assert dict(kept.customers.load("ana").runs) == {}
    assert list(kept.customers.events("ana", "did_it")) == []
    assert kept.customers.send("ana", "s1") is None
    kept.write(event=EVENT, claim=SEND, runs={("j", ""): RUN})
    assert dict(kept.customers.load("ana").runs) == {("j", ""): RUN}


def test_a_run_that_is_needed_no_longer_is_not_in_the_committed_file(kept: Kept) -> None:
    """What commit returns is what a load would read."""
    file = kept.write(runs={("j", ""): replace(RUN, status="ended", ended=NOON, needed_until=NOON)})

    assert (dict(file.runs), file) == ({}, kept.customers.load("ana"))


def test_a_run_that_was_read_too_early_is_not_written_over(kept: Kept) -> None:
    """A query reads row by row: the profile as of after a transaction, the run as of before it, is no basis."""
    kept.write(runs={("j", ""): RUN}, waiters={("j-1", "w"): WAITER})
    before = kept.customers.load("ana")
    kept.write(runs={("j", ""): replace(RUN, status="ended", ended=NOON)}, waiters={("j-1", "w"): None})
    after = kept.customers.load("ana")
    assert isinstance(before, ReadFile)
    torn = ReadFile(after.profile, after.revision, before.runs, before.waiters, (), written=before.written)

    for change in (
        Change(runs={("j", ""): replace(RUN, continued=1)}),
        Change(waiters={("j-1", "w"): replace(WAITER, released="e1")}),
        Change(waiters={("j-1", "w"): None}),
    ):
        with pytest.raises(Conflict):
            kept.customers.commit(torn, change)

    assert kept.customers.load("ana") == after


def test_a_run_that_was_not_seen_yet_is_not_written_over(kept: Kept) -> None:
    """Likewise for a run that another transaction had just begun."""
    kept.write(profile=Profile("ana"))
    file = kept.write(runs={("j", ""): RUN})
    torn = ReadFile(file.profile, file.revision, {}, {}, (), written={"A#profile": file.revision})

    with pytest.raises(Conflict):
        kept.customers.commit(torn, Change(runs={("j", ""): replace(RUN, id="j-2")}))

    assert kept.customers.load("ana").runs["j", ""].id == "j-1"


def test_a_change_of_too_many_rows_says_so(kept: Kept) -> None:
    """One transaction takes 100 rows; the message names the customer and what there is too much of."""
    runs = {("j", str(n)): replace(RUN, id=f"j-{n}", key=str(n)) for n in range(99)}

    with pytest.raises(TooLarge, match=r'customer "ana": 101 rows would change at once.*100: 99 runs'):
        kept.write(runs=runs)
    kept.write(runs=dict(list(runs.items())[:98]))

    assert len(kept.rows("A#run")) == 98


def test_a_row_that_is_too_large_says_whose_and_how_large(kept: Kept) -> None:
    """DynamoDB takes 400 KB."""
    with pytest.raises(TooLarge, match=r'customer "ana", row \'A#profile\': 410,\d+ bytes; .* 409,600'):
        kept.write(profile=Profile("ana", {"story": "x" * 410_000}))


def test_a_key_that_is_too_long_says_whose_and_how_long(kept: Kept) -> None:
    """DynamoDB takes 1,024 bytes; nothing of the change is written."""
    with pytest.raises(TooLarge, match=r"'E#eeee.*: its names and ids come to 1,102 bytes; .* 1,024"):
        kept.write(event=replace(EVENT, id="e" * 1100))

    assert kept.rows() == []


def test_the_index_reads_only_what_is_asked_for(kept: Kept) -> None:
    """Events of other names, and those received before, cost nothing."""
    for n in range(4):
        received = NOON + n * DAY
        kept.write(event=replace(EVENT, id=f"e{n}", received=received))
        kept.write(event=replace(EVENT, id=f"x{n}", received=received, name="did_it_not"))
    kept.client.calls.clear()

    found = kept.customers.events("ana", "did_it", NOON + 2 * DAY)

    (call,) = kept.client.calls
    assert ([event.id for event in found], call.rows, call.consistent) == (["e2", "e3"], 2, True)


def test_rows_without_a_profile_hold_nobody_up(kept: Kept) -> None:
    """They can only be made by hand: the customer is new, and their keys are free."""
    kept.write(runs={("j", ""): RUN}, waiters={("j-1", "w"): WAITER})
    kept.client.client.delete_item(TableName=kept.table, Key={"pk": {"S": "C#ana"}, "sk": {"S": "A#profile"}})

    file = kept.customers.load("ana")
    kept.customers.commit(file, Change(runs={("j", ""): replace(RUN, id="j-2")}))

    assert (dict(file.runs), dict(file.waiters), file.revision) == ({}, {}, 0)
    assert kept.customers.load("ana").runs["j", ""].id == "j-2"


def test_a_customer_who_is_being_erased_cannot_be_read(kept: Kept) -> None:
    """Whoever comes meanwhile is told to come again, not that there is nobody."""
    kept.write(profile=Profile("ana"))
    kept.client.client.update_item(
        TableName=kept.table, Key={"pk": {"S": "C#ana"}, "sk": {"S": "A#profile"}},
        UpdateExpression="SET erasing = :yes", ExpressionAttributeValues={":yes": {"BOOL": True}},
    )  # fmt: skip

    with pytest.raises(TransientError, match="being erased"):
        kept.customers.load("ana")


def test_a_send_alone_can_be_written_after_its_run_has_gone(kept: Kept) -> None:
    """What a provider said late is noted, whatever became of the run."""
    kept.write(claim=SEND)

    kept.write(send=replace(SEND, status="sent", provider_id="p-1"))

    assert kept.customers.send("ana", "s1") == replace(SEND, status="sent", provider_id="p-1")


def test_a_claim_whose_outcome_is_known_is_one_row(kept: Kept) -> None:
    """One transaction may write a row once: claim and outcome of one send are written as its outcome, if new."""
    sent = replace(SEND, status="sent")
    kept.write(claim=SEND, send=sent)

    with pytest.raises(Conflict):
        kept.write(claim=SEND, send=replace(SEND, status="failed"))

    assert kept.customers.send("ana", "s1") == sent
