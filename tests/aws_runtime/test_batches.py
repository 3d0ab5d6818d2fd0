from __future__ import annotations

from typing import Any

import boto3
import pytest
from moto import mock_aws

from sojourn.aws_runtime.incoming.batches import Batch, Outcome
from sojourn.aws_runtime.incoming.dead_letters import LONGEST_REASON, SqsDeadLetters
from sojourn.aws_runtime.incoming.inbound import Poison
from sojourn.errors import Conflict, TooLarge, TransientError


class Room:
    """A batch over bodies like `ana:1`; a body's number that is in `faults` raises what stands there."""

    def __init__(self) -> None:
        self.done: list[str] = []
        self.dead: list[tuple[str, str, str]] = []
        self.told: list[Outcome] = []
        self.faults: dict[str, Exception] = {}
        self.dead_letters_down = False
        self.seconds_left = 30.0
        self.seconds_each = 0.0
        self.batch = Batch(self.read, lambda body: body.split(":")[0], self.work, self, self.told.append)

    def read(self, body: str) -> str:
        if ":" not in body:
            raise Poison("no colon")
        return body

    def work(self, body: str) -> str:
        self.seconds_left -= self.seconds_each
        if body in self.faults:
            raise self.faults[body]
        self.done.append(body)
        return "routed" if self.done.count(body) == 1 else "known"

    def put(self, message_id: str, body: str, reason: str) -> None:
        if self.dead_letters_down:
            raise OSError("no queue")
        self.dead.append((message_id, body, reason))

    def run(self, *bodies: str, delivery: int = 1) -> list[str]:
        """Work through bodies, the first is message 0; return which must come again."""
        count = {"attributes": {"ApproximateReceiveCount": str(delivery)}}
        records = [{"messageId": str(number), "body": body, **count} for number, body in enumerate(bodies)]
        answer = self.batch({"Records": records}, lambda: self.seconds_left)
        return [one["itemIdentifier"] for one in answer["batchItemFailures"]]

    @property
    def outcomes(self) -> list[str]:
        return [outcome.what for outcome in self.told]


def test_every_message_is_done_in_the_order_it_came() -> None:
    """A batch that went well has nothing to come again."""
    room = Room()

    assert room.run("ana:1", "ben:1", "ana:2") == []
    assert room.done == ["ana:1", "ben:1", "ana:2"]
    assert room.outcomes == ["routed"] * 3


def test_one_that_fails_comes_again_and_the_others_do_not() -> None:
    """The other customers are no worse for it."""
    room = Room()
    room.faults["ben:1"] = TransientError("busy")

    assert room.run("ana:1", "ben:1", "cid:1") == ["1"]
    assert room.done == ["ana:1", "cid:1"]


@pytest.mark.parametrize("error", [TransientError("busy"), Conflict("overtaken")])
def test_a_customers_later_messages_wait_for_the_one_that_failed(error: Exception) -> None:
    """What came after acts after: the first must not overtake the second on its way back."""
    room = Room()
    room.faults["ana:1"] = error

    assert room.run("ana:1", "ana:2", "ben:1", "ana:3") == ["0", "1", "3"]
    assert room.done == ["ben:1"]
    assert room.outcomes == ["failed", "after_failed", "routed", "after_failed"]


def test_nothing_waits_for_what_fails_of_a_bug() -> None:
    """It would fail again: what a customer says after it, that they want no more messages say, is taken in."""
    room = Room()
    room.faults["ana:1"] = RuntimeError("a bug")

    assert room.run("ana:1", "ana:2") == ["0"]
    assert room.outcomes == ["failed", "routed"]


@pytest.mark.parametrize(("delivery", "done"), [(1, []), (2, []), (3, ["ana:2"]), (5, ["ana:2"])])
def test_nothing_waits_until_it_is_given_up_itself(delivery: int, done: list[str]) -> None:
    """After five deliveries it would be a dead letter that nobody tried; it waits for two."""
    room = Room()
    room.faults["ana:1"] = TransientError("busy")

    room.run("ana:1", "ana:2", delivery=delivery)

    assert room.done == done


def test_a_customers_messages_do_not_wait_in_the_next_batch() -> None:
    """A failure is forgotten with its batch."""
    room = Room()
    room.faults["ana:1"] = TransientError("busy")
    room.run("ana:1")

    assert room.run("ana:2") == []


def test_a_second_delivery_is_told_apart() -> None:
    """It is done, and counted as what it is."""
    room = Room()

    assert room.run("ana:1", "ana:1") == []
    assert room.outcomes == ["routed", "known"]


def test_what_nobody_can_read_goes_to_the_dead_letters_with_its_reason() -> None:
    """It is no failure: it would be none the better the fifth time."""
    room = Room()

    assert room.run("ana:1", "poison", "ana:2") == []
    assert room.dead == [("1", "poison", "no colon")]
    assert room.outcomes == ["routed", "poison", "routed"]


def test_what_is_too_large_for_a_customers_rows_is_poison_too() -> None:
    """The table will not take it the next time either; nothing of the customer waits for it."""
    room = Room()
    room.faults["ana:1"] = TooLarge("400 KB")

    assert room.run("ana:1", "ana:2") == []
    assert room.dead == [("0", "ana:1", "400 KB")]
    assert room.done == ["ana:2"]


def test_poison_is_not_lost_where_the_dead_letters_do_not_take_it() -> None:
    """It stays on its queue, which has its own way to the dead letters."""
    room = Room()
    room.dead_letters_down = True

    assert room.run("poison", "ana:1") == ["0"]
    assert room.outcomes == ["failed", "routed"]


def test_what_there_is_no_time_for_comes_again_and_nothing_else() -> None:
    """A slow table does not make a whole batch come again: what was done is done with, the rest is not begun."""
    room = Room()
    room.seconds_each = 6.0

    assert room.run("ana:1", "ben:1", "cid:1", "poison", "dan:1") == ["3", "4"]
    assert room.done == ["ana:1", "ben:1", "cid:1"]
    assert room.outcomes == ["routed"] * 3 + ["not_begun"] * 2
    assert room.dead == []


def test_an_empty_batch_is_done() -> None:
    """Nothing came, nothing comes again."""
    assert Room().run() == []


@pytest.mark.parametrize(
    ("reason", "kept"),
    [
        ("no colon", "no colon"),
        ("a\x00b\x1bc\ud800", "a�b�c�"),
        ("x" * 2_000, "x" * LONGEST_REASON),
        ("", "unknown"),
    ],
)
def test_a_dead_letter_is_as_it_came_with_its_reason_beside_it(reason: str, kept: str) -> None:
    """SQS takes no control characters, no half characters and no empty text as an attribute."""
    with mock_aws():
        sqs = boto3.client("sqs", region_name="us-east-1")
        url = sqs.create_queue(QueueName="dead")["QueueUrl"]

        SqsDeadLetters(sqs, url).put("m1", "{bad", reason)

        (message,) = sqs.receive_message(QueueUrl=url, MessageAttributeNames=["All"])["Messages"]
        attributes: dict[str, Any] = message["MessageAttributes"]
        assert message["Body"] == "{bad"
        assert {name: one["StringValue"] for name, one in attributes.items()} == {
            "reason": kept,
            "message": "m1",
        }
