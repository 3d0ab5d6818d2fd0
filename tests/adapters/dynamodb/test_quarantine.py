from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from itertools import islice
from typing import Any

import pytest

from sojourn.adapters.dynamodb import engine_keys, keys, rows
from sojourn.adapters.dynamodb.customers import DynamoCustomers
from sojourn.adapters.dynamodb.erasing import erase_customer
from sojourn.adapters.dynamodb.quarantine import AT_ONCE, DynamoQuarantine, Listed
from sojourn.adapters.dynamodb.whole_customer import export_customer
from sojourn.adapters.json_text import compact
from sojourn.application.quarantine import Quarantined, take_in
from sojourn.application.route import Incoming
from sojourn.aws_runtime.incoming.inbound import incoming
from sojourn.domain.customer.rows import Event
from sojourn.errors import TransientError
from tests.adapters.registry.registering import Calls
from tests.support.aws_table import aws_table, items
from tests.support.engine_room import START, RecordedExecutions, SetClock
from tests.support.merging import A1, A2, Persons

EVENT = Quarantined(
    "ana", "order#1", "order_completed", START, ("properties.total: a number is wanted, and it is a text",),
    {"customer": "ana", "id": "order#1", "name": "order_completed", "properties": {"total": "many"}},
)  # fmt: skip
LISTED = Listed("ana", "order#1", "order_completed", START, EVENT.reasons)


@dataclass
class Kept:
    client: Any
    table: str
    clock: SetClock = field(default_factory=SetClock)

    @property
    def quarantine(self) -> DynamoQuarantine:
        return DynamoQuarantine(self.client, self.table, self.clock)

    def listed(self, days: int = 3) -> list[Listed]:
        return list(self.quarantine.listed(START - timedelta(days=days), START + timedelta(days=days)))

    def rows(self) -> list[str]:
        return [item["pk"]["S"] for item in items(self.client, self.table)]


@pytest.fixture
def kept() -> Iterator[Kept]:
    with aws_table() as (client, table):
        yield Kept(client, table)


def test_an_event_is_kept_listed_and_found(kept: Kept) -> None:
    """Whole, with its reasons, under its customer; the list has no property of it."""
    assert kept.quarantine.put(EVENT)

    assert kept.listed() == [LISTED]
    assert kept.quarantine.found(LISTED) == EVENT
    (listing,) = (
        item for item in items(kept.client, kept.table) if item["pk"]["S"].startswith("G#quarantine#")
    )
    assert "many" not in str(listing)


@pytest.mark.parametrize("event_id", ["#" * 256, "\U0001f600" * 256])
def test_an_id_that_is_too_long_for_a_key_is_kept_all_the_same(kept: Kept, event_id: str) -> None:
    """A sort key takes 1,024 bytes: `#` stands there as three, a character of another script as up to four."""
    event = replace(EVENT, id=event_id, customer="#" * 180)

    assert [kept.quarantine.put(event), kept.quarantine.put(event)] == [True, False]

    (listed,) = kept.listed()
    assert (kept.quarantine.found(listed), listed.id) == (event, event_id)
    kept.quarantine.remove(listed)
    assert kept.rows() == []


def test_it_is_kept_once(kept: Kept) -> None:
    """A second delivery is known by its id, also where it comes a day later."""
    kept.quarantine.put(EVENT)

    assert not kept.quarantine.put(replace(EVENT, received=START + timedelta(days=1), reasons=("other",)))
    assert kept.listed() == [LISTED]


def test_events_are_listed_by_when_they_came(kept: Kept) -> None:
    """Over days, oldest first, from one instant on and before another."""
    for number, hours in enumerate((-30, 30, 0, 5)):
        kept.quarantine.put(replace(EVENT, id=str(number), received=START + timedelta(hours=hours)))

    assert [one.id for one in kept.listed()] == ["0", "2", "3", "1"]
    since = list(kept.quarantine.listed(START, START + timedelta(hours=30)))
    assert [one.id for one in since] == ["2", "3"]


def test_more_than_a_page_is_listed(kept: Kept) -> None:
    """However many came on one day."""
    for number in range(30):
        long = (f"{number:02}" + "x" * 40_000,)
        kept.quarantine.put(
            replace(EVENT, id=f"{number:02}", received=START + timedelta(seconds=number), reasons=long)
        )

    assert [one.id for one in kept.listed()] == [f"{number:02}" for number in range(30)]


def test_it_expires(kept: Kept) -> None:
    """Both rows, after as many days as are set, and nobody lists what is over."""
    DynamoQuarantine(kept.client, kept.table, kept.clock, days=20).put(EVENT)

    expires = {item["expires"]["N"] for item in items(kept.client, kept.table)}
    assert expires == {str(int((START + timedelta(days=20)).timestamp()))}
    kept.clock.pass_by(days=20)
    assert kept.listed() == []


def test_a_replay_takes_it_away(kept: Kept) -> None:
    """Once it is on the bus again, nothing of it is left here."""
    kept.quarantine.put(EVENT)

    assert kept.quarantine.mark(LISTED, "m1") == EVENT
    kept.quarantine.remove(LISTED, "m1")

    assert kept.rows() == []


def test_what_comes_back_at_once_stays(kept: Kept) -> None:
    """Faster than the replay takes it away, the event is here again, for a new reason, and is listed once."""
    kept.quarantine.put(EVENT)
    again = replace(EVENT, received=START + timedelta(seconds=1), reasons=("other",))

    kept.quarantine.mark(LISTED, "m1")
    assert kept.quarantine.put(again)
    kept.quarantine.remove(LISTED, "m1")

    assert kept.listed() == [replace(LISTED, received=again.received, reasons=("other",))]
    assert kept.quarantine.found(LISTED) == again


def test_a_replay_that_died_loses_nothing(kept: Kept) -> None:
    """What was marked and not put stays listed, and is replayed by another."""
    kept.quarantine.put(EVENT)
    kept.quarantine.mark(LISTED, "m1")

    assert kept.listed() == [LISTED]
    kept.quarantine.mark(LISTED, "m2")
    kept.quarantine.remove(LISTED, "m1")
    assert kept.quarantine.found(LISTED) == EVENT


def test_what_is_gone_is_not_marked(kept: Kept) -> None:
    """Somebody else dropped it in the meantime."""
    kept.quarantine.put(EVENT)
    kept.quarantine.remove(LISTED)

    assert (kept.quarantine.mark(LISTED, "m1"), kept.quarantine.found(LISTED), kept.rows()) == (
        None,
        None,
        [],
    )


def test_erasing_a_customer_takes_their_events_out_of_quarantine(kept: Kept) -> None:
    """The rows by which they are listed as well; others' stay. What is exported has them."""
    for number in range(30):
        kept.quarantine.put(replace(EVENT, id=f"e{number}"))
    kept.quarantine.put(replace(EVENT, customer="ben"))

    (first, *_) = export_customer(kept.client, kept.table, "ana")["quarantined"]
    erased = erase_customer(kept.client, kept.table, "ana", RecordedExecutions())

    assert (first["detail"]["properties"], erased.removed["quarantined"]) == ({"total": "many"}, 30)
    assert kept.rows() == [keys.customer("ben"), engine_keys.quarantine(START.date())]


def test_a_list_is_read_as_far_as_somebody_looks(kept: Kept) -> None:
    """A day on which a plan was wrong is one partition, and may have millions."""
    for first in range(0, AT_ONCE + 25, 25):
        listed = [
            engine_keys.quarantine_listed(START, "ana", f"e{number:04}")
            for number in range(first, first + 25)
        ]
        said = {"customer": "ana", "name": "x", "received": keys.instant(START), "reasons": []}
        rows_ = [
            rows.item(engine_keys.quarantine(START.date()), one, compact({**said, "id": one[-5:]}))
            for one in listed
        ]
        kept.client.batch_write_item(
            RequestItems={kept.table: [{"PutRequest": {"Item": row}} for row in rows_]}
        )
    calls = Calls(kept.client)
    quarantine = DynamoQuarantine(calls, kept.table, kept.clock)
    until = START + timedelta(seconds=1)

    first_few = list(islice(quarantine.listed(START, until), 5))
    one_call = calls.since()
    every = list(quarantine.listed(START, until))

    assert [one.id for one in first_few] == ["e0000", "e0001", "e0002", "e0003", "e0004"]
    assert (one_call, len(every)) == ({"query": 1}, AT_ONCE + 25)
    assert calls.since() == {"query": 2}


@pytest.fixture
def merged(kept: Kept) -> Persons:
    """An unknown visitor with an event in quarantine, who has become c-1 since, and had become another before."""
    persons = Persons(DynamoCustomers(kept.client, kept.table, kept.clock))
    persons.did("changed", "e0", anonymous="a2")
    aside = Incoming("", Event("bad", "did_it", START, {"n": "many"}), {}, {"anonymous_id": "a1"})
    assert take_in(persons.room.engine, kept.quarantine, aside) == "quarantined"
    persons.did("changed", "e1", anonymous="a1")
    persons.did("changed", "e2", "c-1", anonymous="a1")
    return persons


def test_an_event_of_somebody_who_became_another_is_found_and_taken_in_as_theirs(
    kept: Kept, merged: Persons
) -> None:
    """It stays under the id it came with; put on the bus again it finds who stays, and leaves quarantine."""
    (listed,) = kept.listed()
    assert (listed.customer, kept.quarantine.whose("c-1")) == (A1, frozenset(("c-1", A1)))
    catalogue: Any = merged.room.engine.catalogue
    catalogue.policy = replace(catalogue.policy, events={})

    event = kept.quarantine.mark(listed, "m1")
    assert event is not None
    again = incoming(json.dumps({"detail-type": event.name, "detail": event.detail}))
    became = take_in(merged.room.engine, kept.quarantine, again)
    kept.quarantine.remove(listed, "m1")

    assert (became, merged.events("c-1", ["did_it"])) == ("routed", ["bad"])
    assert kept.listed() == []


def test_what_is_still_wrong_comes_back_under_who_they_are_now(kept: Kept, merged: Persons) -> None:
    """And is listed once: what it was kept as goes with the replay."""
    (listed,) = kept.listed()
    event = kept.quarantine.mark(listed, "m1")
    assert event is not None

    again = incoming(json.dumps({"detail-type": event.name, "detail": event.detail}))
    became = take_in(merged.room.engine, kept.quarantine, again)
    kept.quarantine.remove(listed, "m1")

    assert became == "quarantined"
    assert [one.customer for one in kept.listed()] == ["c-1"]


@pytest.mark.parametrize("by", ["c-1", A1])
def test_erasing_either_takes_what_is_kept_under_both_ids(kept: Kept, merged: Persons, by: str) -> None:
    """No row of the visitor's is left, nor the one by which the event is listed; others' are."""
    aside = Incoming("c-1", Event("worse", "did_it", START, {"n": "none"}))
    take_in(merged.room.engine, kept.quarantine, aside)

    erased = erase_customer(kept.client, kept.table, by, RecordedExecutions())

    assert erased.removed["quarantined"] == 2
    assert kept.listed() == []
    assert set(kept.rows()) == {keys.customer(A2)}


def test_nothing_is_kept_of_whoever_is_just_being_erased(kept: Kept) -> None:
    """It comes again, and then the customer is somebody new."""
    kept.client.put_item(
        TableName=kept.table,
        Item={"pk": {"S": "C#ana"}, "sk": {"S": keys.PROFILE}, "erasing": {"BOOL": True}},
    )

    with pytest.raises(TransientError, match="is being erased"):
        kept.quarantine.put(EVENT)


class Refusing:
    """A client whose transactions DynamoDB cancels for these reasons."""

    def __init__(self, *codes: str) -> None:
        self.codes = codes

    def transact_write_items(self, **_: Any) -> Any:
        from botocore.exceptions import ClientError

        reasons = [{"Code": code} for code in self.codes]
        error: Any = {
            "Error": {"Code": "TransactionCanceledException", "Message": ""},
            "CancellationReasons": reasons,
        }
        raise ClientError(error, "TransactWriteItems")


@pytest.mark.parametrize("code", ["TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"])
def test_a_busy_table_is_asked_again(kept: Kept, code: str) -> None:
    """The event stays on its queue meanwhile."""
    refusing = DynamoQuarantine(Refusing("None", "None", code), kept.table, kept.clock)

    with pytest.raises(TransientError, match=code):
        refusing.put(EVENT)
