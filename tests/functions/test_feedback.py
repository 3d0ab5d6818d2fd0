"""From what providers tell to the customer's rows: `feedback`, the bus, its queue and `route`, as they are deployed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.functions.test_journey_on_moto import eventually, known, of, told
from tests.functions.test_links import filled_queue, taken_in
from tests.support.deployed import Deployed, deployment, loaded
from tests.support.provider_events import CERTIFICATE, TOPIC, Sns, certificate_of, made_key, recorded
from tests.support.workspaces import project

JOURNEY = """
enter: {on: began, key: event.ref, again: always}
steps:
  - {id: hello, send: hello, via: [email]}
  - id: reads
    wait_for: [{opened: hello}, {event: stopped, where: event.ref == entry.ref}]
    up_to: 20 days
  - {id: more, send: hello, via: [email]}
"""
MESSAGE = "email: {subject: Hello, html: '<p>Hello</p>'}"


NOW = datetime.now(UTC).replace(microsecond=0)


@pytest.fixture(scope="module")
def sns() -> Sns:
    """Give a topic that signs today: the functions' clock is the real one."""
    key = made_key()
    return Sns(key, {CERTIFICATE: certificate_of(key, NOW - timedelta(days=1))})


@pytest.fixture(scope="module")
def aws(sns: Sns) -> Iterator[Deployed]:
    """One deployment, with the function that hears; certificates come from the topic that signs."""
    with (
        deployment(project({"j": JOURNEY}, message=MESSAGE)) as deployed,
        pytest.MonkeyPatch.context() as patch,
    ):
        patch.setenv("SOJOURN_EVENTS_URL", filled_queue())
        patch.setenv("SOJOURN_FEEDBACK_TOPICS", TOPIC)
        patch.setattr("sojourn.aws_runtime.feedback.fetch", sns.fetched)
        deployed.handlers["feedback"] = loaded("feedback")
        yield deployed


def hear(aws: Deployed, *messages: dict[str, Any]) -> list[str]:
    """Hand a batch to `feedback`, and let `route` work on what came of it; return the names of the events."""
    records = [{"messageId": f"m{number}", "body": json.dumps(one)} for number, one in enumerate(messages)]
    assert aws.call("feedback", {"Records": records}) == {"batchItemFailures": []}
    return [name for name, _ in taken_in(aws)]


def mailed(aws: Deployed, customer: str) -> dict[str, Any]:
    """Let a customer be mailed; return the row of the send."""
    known(aws, customer)
    aws.route(aws.record(customer, "began", {"ref": customer}))
    eventually(lambda: bool(of(aws, customer, "A#wait#")))
    (send,) = of(aws, customer, "S#")
    return dict(send)


def of_ses(name: str, send: dict[str, Any]) -> dict[str, Any]:
    """Return what SES tells of a send: the recorded event, with the tags that went out with it."""
    event = recorded(name)
    event["detail"]["mail"]["tags"] |= {tag: [send[tag]] for tag in ("customer", "journey", "run", "step")}
    event["detail"]["mail"]["tags"]["send"] = [send["id"]]
    event["detail"]["mail"]["timestamp"] = "2026-01-05T09:00:00Z"
    event["detail"]["mail"]["messageId"] = f"message-{send['id']}"
    return event


def test_a_complaint_stops_the_next_message(aws: Deployed) -> None:
    """The send's row says so, the address is suppressed, and what comes next is not sent."""
    send = mailed(aws, "ana")

    assert hear(aws, of_ses("ses-delivery", send), of_ses("ses-complaint", send)) == [
        "message_delivered", "message_complained",
    ]  # fmt: skip

    (row,), (profile,) = of(aws, "ana", "S#"), of(aws, "ana", "A#profile")
    assert (row["status"], row["did"]) == ("complained", ["complained", "delivered"])
    assert profile["suppressed"] == {"email": "complaint"}
    aws.route(aws.record("ana", "stopped", {"ref": "ana"}))
    eventually(lambda: told(aws, "ana")[-1] == "exited completed")
    assert told(aws, "ana")[-2] == "suppressed more suppressed"


def test_an_open_releases_the_wait_and_a_programs_does_not(aws: Deployed) -> None:
    """Apple's privacy protection opened it: the run waits on, until somebody reads."""
    send = mailed(aws, "ben")

    hear(aws, of_ses("ses-open-apple-privacy", send))
    assert of(aws, "ben", "A#wait#")
    hear(aws, of_ses("ses-open", send))

    eventually(lambda: told(aws, "ben")[-1] == "exited completed")
    assert [one for one in told(aws, "ben") if one.startswith(("opened", "resumed"))] == [
        "opened hello program", "opened hello", "resumed reads",
    ]  # fmt: skip


def test_told_twice_it_happens_once(aws: Deployed) -> None:
    """SQS and SNS deliver at least once."""
    send = mailed(aws, "cid")
    delivery = of_ses("ses-delivery", send)

    hear(aws, delivery, delivery)
    hear(aws, delivery)

    assert told(aws, "cid").count("delivered hello") == 1
    assert len([one for one in of(aws, "cid", "E#") if one["name"] == "message_delivered"]) == 1


def test_a_stop_reaches_everybody_who_has_the_number(aws: Deployed, sns: Sns) -> None:
    """Two customers gave one number: neither gets a text message there any more."""
    for customer in ("dan", "eva"):
        aws.route(aws.record(customer, "moved", {}, attributes={"phone": "+12025550123"}))

    assert hear(aws, sns.notification(recorded("sms-reply-stop"), at=NOW)) == ["message_replied"] * 2
    assert [of(aws, one, "A#profile")[0]["suppressed"] for one in ("dan", "eva")] == [{"sms": "stop"}] * 2


def test_a_forged_start_brings_nobody_back(aws: Deployed, sns: Sns) -> None:
    """It is signed by nobody we know."""
    aws.route(aws.record("fay", "moved", {}, attributes={"phone": "+12025550123"}))
    hear(aws, sns.notification(recorded("sms-reply-stop"), at=NOW))

    assert hear(aws, sns.notification(recorded("sms-reply-start"), at=NOW, Signature="AAAA")) == []
    assert of(aws, "fay", "A#profile")[0]["suppressed"] == {"sms": "stop"}
