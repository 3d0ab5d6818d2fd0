"""What a stranger can send by the bus: given up, kept aside or taken as plain text; nothing lost or leaked.

By HTTP it is `test_bad_calls.py`. Rules that need no function to be seen have their tests where they are made: bodies
and fields in `tests/aws_runtime/test_inbound.py` and `test_http_calls.py`, templates in `tests/domain/message/`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import boto3
import pytest

from sojourn.adapters.dynamodb.erasing import erase_customer
from tests.functions.test_journey_on_moto import eventually
from tests.support.aws_table import REGION
from tests.support.deployed import Deployed, deployment
from tests.support.engine_room import RecordedExecutions
from tests.support.workspaces import project

JOURNEY = "enter: {on: began, again: always}\nsteps: [{id: hello, send: hello, via: [email]}, {exit: done}]"
MESSAGE = """
email:
  subject: Hello {{ customer.first_name }}
  html: '<p title="{{ customer.first_name }}">{{ customer.first_name }}</p> <a href="{{ unsubscribe_url }}">no more</a>'
"""
HOSTILE = [
    "{{ customer.email }}{% for x in (1..9999999) %}x{% endfor %}",
    "<script>alert(1)</script>\" onmouseover='x'",
    "Ana\r\nBcc: all@shop.example\r\n\r\n<b>",
]


@pytest.fixture(scope="module")
def aws() -> Iterator[Deployed]:
    """One deployment for the tests of what comes by the bus: each has a customer of its own."""
    with deployment(project({"j": JOURNEY}, message=MESSAGE)) as deployed:
        yield deployed


def of(aws: Deployed, customer: str, kind: str) -> list[dict[str, Any]]:
    return [json.loads(row["data"]["S"]) for row in aws.rows(kind) if row["pk"]["S"] == f"C#{customer}"]


def dead(aws: Deployed) -> list[str]:
    """Take the reasons of the dead letters."""
    sqs = boto3.client("sqs", region_name=REGION)
    found = sqs.receive_message(
        QueueUrl=aws.dead_letters, MaxNumberOfMessages=10, MessageAttributeNames=["All"]
    )
    for one in found.get("Messages", []):
        sqs.delete_message(QueueUrl=aws.dead_letters, ReceiptHandle=one["ReceiptHandle"])
    return [one["MessageAttributes"]["reason"]["StringValue"] for one in found.get("Messages", [])]


@pytest.mark.parametrize("number", range(len(HOSTILE)))
def test_what_stands_in_an_attribute_is_text_to_the_mail_that_quotes_it(aws: Deployed, number: int) -> None:
    """From the bus to SES: Liquid is not executed, HTML is escaped, and no line of it becomes a header."""
    name, customer = HOSTILE[number], f"hostile-{number}"
    said = {"first_name": name, "email": f"{customer}@example.com"}

    assert aws.route(aws.record(customer, "began", attributes=said)) == []
    eventually(lambda: [run.get("status") for run in of(aws, customer, "A#run#")] == ["ended"])

    assert of(aws, customer, "A#profile")[0]["attributes"] == {"first_name": name}
    mails = [one for one in aws.emails() if f"{customer}@example.com" in one.destinations["ToAddresses"]]
    (mail,) = mails
    assert mail.subject == " ".join(f"Hello {name}".split())
    assert "<script>" not in mail.body
    assert "<b>" not in mail.body
    assert "{{" in mail.body or "&lt;" in mail.body


def test_an_attribute_of_another_type_is_kept_aside_whatever_it_holds(aws: Deployed) -> None:
    """Nobody enters by it, nothing is learned, and the reason says nothing of what stood there."""
    said = {"first_name": {"$": HOSTILE[0]}, "email": "x@example.com"}

    assert aws.route(aws.record("typed", "began", attributes=said)) == []

    (aside,) = of(aws, "typed", "Q#")
    assert aside["reasons"] == ["attributes.first_name: a text is wanted, and it is an object"]
    assert (of(aws, "typed", "A#"), dead(aws)) == ([], [])


def test_bodies_that_are_too_much_are_dead_letters_and_the_rest_of_the_batch_goes_on(aws: Deployed) -> None:
    """Ten megabytes, and a million levels: each with its reason, by the bus as a queue hands it over."""
    bodies = ["x" * 10_000_000, "[" * 1_000_000, '{"detail": ' + '{"a":' * 200_000 + "1" + "}" * 200_001, "{"]
    records = [{"messageId": f"bad-{place}", "body": body} for place, body in enumerate(bodies)]
    good = aws.record("patient", "did_it")
    kept: list[tuple[str, str]] = []
    letters = aws.handlers["route"].DEAD_LETTERS

    class Bounded:
        """Takes what SQS does not: a message that came by it is no larger than it takes."""

        def put(self, message_id: str, body: str, reason: str) -> None:
            kept.append((message_id, reason))

    aws.handlers["route"].BATCH._dead_letters = Bounded()
    try:
        assert aws.route(*records, good) == []
    finally:
        aws.handlers["route"].BATCH._dead_letters = letters

    assert [message for message, _ in kept] == ["bad-0", "bad-1", "bad-2", "bad-3"]
    assert not any("[[" in reason or "xx" in reason for _, reason in kept)
    assert [event["name"] for event in of(aws, "patient", "E#")] == ["did_it"]


@pytest.mark.parametrize("year", ["2025", "2027", "1971", "9998"])
def test_a_clock_a_year_off_puts_nothing_into_the_future(aws: Deployed, year: str) -> None:
    """It is taken, and happened at the latest when it came."""
    customer = f"clock-{year}"

    assert aws.route(aws.record(customer, "did_it", time=f"{year}-01-05T09:00:00Z")) == []

    (event,) = of(aws, customer, "E#")
    assert event["at"] <= event["received"]


def test_an_event_of_somebody_who_was_erased_is_of_somebody_new(aws: Deployed) -> None:
    """Nothing of the past comes back; feedback on a message from before is of nobody, and leaves no row."""
    aws.route(
        aws.record("gone", "began", attributes={"first_name": "Ana", "email": "gone@example.com"}, id="b1")
    )
    eventually(lambda: [run.get("status") for run in of(aws, "gone", "A#run#")] == ["ended"])
    (send,) = of(aws, "gone", "S#")
    client = boto3.client("dynamodb", region_name=REGION)
    erase_customer(client, aws.table, "gone", RecordedExecutions())
    late = {"send": send["id"], "channel": "email"}

    assert (
        aws.route(aws.record("gone", "message_opened", late), aws.record("gone", "message_bounced", late))
        == []
    )
    after_feedback = [row for row in aws.rows() if row["pk"]["S"] == "C#gone"]
    assert aws.route(aws.record("gone", "did_it", id="late")) == []

    assert after_feedback == []
    (profile,) = of(aws, "gone", "A#profile")
    assert (profile.get("attributes", {}), profile.get("email")) == ({}, None)
    assert [event["id"] for event in of(aws, "gone", "E#")] == ["late"]
