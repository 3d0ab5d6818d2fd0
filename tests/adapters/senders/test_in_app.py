"""The in-app inbox, in the table on moto."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ReadTimeoutError

from sojourn.adapters.botocore_errors import EVERYWHERE
from sojourn.adapters.dynamodb import keys
from sojourn.adapters.senders.in_app import KEPT, WRITING, InApp, InboxMessage
from sojourn.application.ports import Outgoing
from sojourn.domain.customer.rows import changed
from sojourn.errors import Refused, UnknownOutcome
from tests.support.aws_sends import model_errors, outgoing, stubbed, told
from tests.support.aws_table import aws_table
from tests.support.engine_room import SetClock

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
PARTS = {"title": "The cart is waiting", "body": "We kept it for you."}


@pytest.fixture
def table() -> Iterator[tuple[Any, str]]:
    """The table, empty."""
    with aws_table() as made:
        yield made


def message(send_id: str = "send-1", customer: str = "ana", **parts: str) -> Outgoing:
    """Return an in-app message on its way."""
    made = outgoing("", customer=customer, **(PARTS | parts))
    return Outgoing(changed(made.send, id=send_id), "", made.rendered, marketing=False)


class Recording:
    """A client that keeps what it was to put."""

    def __init__(self) -> None:
        self.rows: list[dict[str, Any]] = []

    def put_item(self, **asked: Any) -> None:
        self.rows.append(asked["Item"])

    def get_item(self, **_: Any) -> dict[str, Any]:
        return {}


def ids(messages: list[InboxMessage]) -> list[str]:
    """Return the messages' ids."""
    return [one.id for one in messages]


def test_a_message_is_in_the_inbox(table: tuple[Any, str]) -> None:
    """What was said, when it was sent, until when it stays, unread."""
    inbox = InApp(*table, SetClock(NOON))

    provider_id = inbox.send(message(link="https://acme.example/cart", image="https://acme.example/i.png"))

    assert provider_id == "send-1"
    assert inbox.inbox("ana") == [
        InboxMessage(
            id="send-1", title="The cart is waiting", body="We kept it for you.", link="https://acme.example/cart",
            image="https://acme.example/i.png", sent=NOON, expires=NOON + KEPT, read=None,
            journey="abandoned-cart", step="reminder",
        )
    ]  # fmt: skip


def test_the_row_is_part_of_the_customer(table: tuple[Any, str]) -> None:
    """It stands where erasing finds it, DynamoDB removes it when it expires, and no hot read comes across it."""
    client, name = table
    InApp(client, name, SetClock(NOON)).send(message("a#b", "c#1"))

    (row,) = client.scan(TableName=name)["Items"]
    assert (row["pk"]["S"], row["sk"]["S"]) == ("C#c%231", "B#a%23b")
    assert row["expires"]["N"] == str(int((NOON + KEPT).timestamp()))
    assert keys.kind(row["sk"]["S"]) == "inbox"
    assert ids(InApp(client, name, SetClock(NOON)).inbox("c#1")) == ["a#b"]


def test_a_message_that_is_sent_twice_is_there_once(table: tuple[Any, str]) -> None:
    """A repetition after a crash changes nothing, not even what was read."""
    clock = SetClock(NOON)
    inbox = InApp(*table, clock)
    inbox.send(message())
    inbox.mark_read("ana", "send-1")
    clock.pass_by(hours=1)

    assert inbox.send(message(title="Something else")) == "send-1"

    (one,) = inbox.inbox("ana")
    assert (one.title, one.sent, one.read) == ("The cart is waiting", NOON, NOON)


def test_the_newest_message_comes_first(table: tuple[Any, str]) -> None:
    """Whatever their ids are; and no more than asked for."""
    clock = SetClock(NOON)
    inbox = InApp(*table, clock)
    for send_id in ("b", "c", "a"):
        inbox.send(message(send_id))
        clock.pass_by(minutes=1)
    inbox.send(message("other", "ben"))

    assert ids(inbox.inbox("ana")) == ["a", "c", "b"]
    assert ids(inbox.inbox("ana", limit=2)) == ["a", "c"]
    assert ids(inbox.inbox("ben")) == ["other"]
    assert inbox.inbox("nobody") == []


def test_a_read_message_stays_read(table: tuple[Any, str]) -> None:
    """Reading it again changes nothing: the first time counts."""
    clock = SetClock(NOON)
    inbox = InApp(*table, clock)
    inbox.send(message("a"))
    inbox.send(message("b"))
    clock.pass_by(minutes=5)

    marked = [inbox.mark_read("ana", "a")]
    clock.pass_by(minutes=5)
    marked.append(inbox.mark_read("ana", "a"))

    assert marked == [True, True]
    assert {one.id: one.read for one in inbox.inbox("ana")} == {"a": NOON + timedelta(minutes=5), "b": None}
    assert ids(inbox.inbox("ana", unread=True)) == ["b"]


def test_nobody_reads_what_is_not_there(table: tuple[Any, str]) -> None:
    """Saying so of another's message, or of none, puts nothing into the table."""
    client, name = table
    inbox = InApp(client, name, SetClock(NOON))
    inbox.send(message("a"))

    marked = [inbox.mark_read("ben", "a"), inbox.mark_read("ana", "b")]

    assert marked == [False, False]
    assert client.scan(TableName=name)["Count"] == 1


def test_an_expired_message_is_passed_over(table: tuple[Any, str]) -> None:
    """DynamoDB removes rows some time after they expired; customers need not see them meanwhile."""
    clock = SetClock(NOON)
    inbox = InApp(*table, clock)
    inbox.send(message("short", expires="2 hours"))
    inbox.send(message("long"))

    clock.pass_by(hours=2)

    assert ids(inbox.inbox("ana")) == ["long"]
    assert inbox.mark_read("ana", "short") is False


@pytest.mark.parametrize(
    ("said", "zone", "expires"),
    [
        ("7 days", "UTC", NOON + timedelta(days=7)),
        (" PT2H ", "UTC", NOON + timedelta(hours=2)),
        ("2026-03-31", "UTC", datetime(2026, 3, 31, 23, 59, 59, tzinfo=UTC)),
        ("2026-03-31", "America/New_York", datetime(2026, 4, 1, 3, 59, 59, tzinfo=UTC)),
        ("2026-03-31T18:00:00Z", "America/New_York", datetime(2026, 3, 31, 18, tzinfo=UTC)),
        ("2026-03-31T18:00", "Europe/Berlin", datetime(2026, 3, 31, 16, tzinfo=UTC)),
        ("9999-12-31T23:59:59Z", "UTC", NOON + timedelta(days=3650)),
        ("", "UTC", NOON + KEPT),
        ("  ", "UTC", NOON + KEPT),
    ],
)
def test_a_message_says_when_it_expires(said: str, zone: str, expires: datetime) -> None:
    """A length of time, a day to its end, or an instant; where it says nothing, thirty days."""
    client = Recording()

    InApp(client, "table", SetClock(NOON), zone).send(message(expires=said))

    assert [row["expires"] for row in client.rows] == [{"N": str(int(expires.timestamp()))}]


@pytest.mark.parametrize(
    "said", ["soon", "2 months", "2026-02-30", "2026-03-01", "0 days", "-1 day", "2026-13-1T1"]
)
def test_an_expiry_that_makes_no_sense_is_refused(said: str) -> None:
    """What nobody could read in time, or what is no time at all, is not put there."""
    client = Recording()

    with pytest.raises(Refused, match="expires"):
        InApp(client, "table", SetClock(NOON)).send(message(expires=said))

    assert client.rows == []


def test_a_large_inbox_is_read_to_its_end(table: tuple[Any, str]) -> None:
    """A query answers a megabyte at a time; the newest may be on the last page."""
    clock = SetClock(NOON)
    inbox = InApp(*table, clock)
    for number in range(12):
        inbox.send(message(f"{number:02d}", body="x" * 100_000))
        clock.pass_by(minutes=1)

    assert ids(inbox.inbox("ana", limit=3)) == ["11", "10", "09"]


CODES = {
    "ProvisionedThroughputExceededException": (400, "busy 2"),
    "ThrottlingException": (400, "busy 2"),
    "RequestLimitExceeded": (400, "busy 2"),
    "TransactionConflictException": (400, "busy 2"),
    "ReplicatedWriteConflictException": (400, "busy 2"),
    "ResourceInUseException": (400, "busy 2"),
    "ResourceNotFoundException": (400, "held 900 no_table"),
    "AccessDeniedException": (400, "held 900 not_authorized"),
    "ItemCollectionSizeLimitExceededException": (400, "refused rejected"),
    "ValidationException": (400, "refused rejected"),
    "InternalServerError": (500, "unknown"),
    "ServiceUnavailable": (503, "unknown"),
    "ConditionalCheckFailedException": (400, "taken"),
}


@pytest.mark.parametrize("code", CODES)
def test_what_the_table_says(code: str) -> None:
    """Every error of PutItem is told apart; that the message is there already is what was wanted."""
    status, said = CODES[code]
    with stubbed("dynamodb") as (client, stub):
        stub.add_client_error("put_item", code, "said so", status)
        if said == "taken":
            stub.add_response("get_item", {})

        assert told(lambda: InApp(client, "table", SetClock(NOON)).send(message())) == said


def test_no_error_of_the_model_was_forgotten() -> None:
    """What botocore's model says PutItem answers is in the table or the same everywhere."""
    with stubbed("dynamodb") as (client, _):
        errors = model_errors(client, "PutItem")

    assert errors - set(WRITING) - set(EVERYWHERE) == {"ConditionalCheckFailedException"}
    assert errors - set(CODES) == set()


def test_no_answer_leaves_doubt() -> None:
    """A write that is not answered may have worked."""

    class Silent:
        def put_item(self, **_: Any) -> Any:
            raise ReadTimeoutError(endpoint_url="dynamodb")

    with pytest.raises(UnknownOutcome):
        InApp(Silent(), "table", SetClock(NOON)).send(message())


def test_reading_fails_as_the_table_does() -> None:
    """Nobody sends anything here: what the table says goes on to who asked."""
    with stubbed("dynamodb") as (client, stub):
        stub.add_client_error("query", "ThrottlingException", "said so", 400)
        stub.add_client_error("update_item", "ThrottlingException", "said so", 400)
        inbox = InApp(client, "table", SetClock(NOON))

        said = [told(lambda: inbox.inbox("ana")), told(lambda: inbox.mark_read("ana", "a"))]

    assert said == ["ours ThrottlingException", "ours ThrottlingException"]


def become(table: tuple[Any, str], customer: str, into: str) -> None:
    """Let a customer be another from now on."""
    client, name = table
    key = {"pk": {"S": keys.customer(customer)}, "sk": {"S": keys.PROFILE}}
    client.put_item(TableName=name, Item={**key, keys.MERGED_INTO: {"S": into}})


def test_a_message_to_somebody_who_just_became_another_is_in_the_others_inbox(table: tuple[Any, str]) -> None:
    """It was claimed before they did, and is handed over after; whoever holds the old id finds it, and reads it."""
    inbox = InApp(*table, SetClock(NOON))
    become(table, "visitor", "between")
    become(table, "between", "ana")

    inbox.send(message("a", "visitor"))
    inbox.send(message("a", "visitor"))
    marked = [inbox.mark_read("visitor", "a"), inbox.mark_read("between", "b")]

    assert marked == [True, False]
    assert [ids(inbox.inbox(one)) for one in ("visitor", "between", "ana")] == [["a"]] * 3
    assert inbox.inbox("ana")[0].read == NOON
    rows = [row["pk"]["S"] for row in table[0].scan(TableName=table[1])["Items"] if "B#" in row["sk"]["S"]]
    assert rows == ["C#ana"]
