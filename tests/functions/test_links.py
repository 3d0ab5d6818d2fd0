from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

import boto3
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from moto.core import DEFAULT_ACCOUNT_ID

from sojourn.domain.decide.machines import TOO_SOON
from tests.docs.pages import ROOT
from tests.functions.test_journey_on_moto import eventually, known, of, told
from tests.support.aws_table import REGION
from tests.support.deployed import Deployed, deployment, loaded
from tests.support.link_requests import BROWSER, FORM, ONE_CLICK, asked, headers_of
from tests.support.workspaces import project

JOURNEY = """
enter: {on: began, key: event.ref, again: always}
steps:
  - {id: hello, send: hello, via: [email]}
  - id: reads
    wait_for: [{clicked: hello}, {event: stopped, where: event.ref == entry.ref}]
    up_to: 20 days
  - {id: more, send: hello, via: [email]}
"""
SHOP = "https://shop.example/cart?id=1&x=2"
MESSAGE = f"""
email:
  subject: Hello
  html: >-
    <p><a href="{{{{ '{SHOP}' | track }}}}">cart</a> <a href="{{{{ unsubscribe_url }}}}">no more</a>
    <a href="{{{{ preferences_url }}}}">which</a></p>
"""
LINK = re.compile(r'https://links\.example/([cup])/[^"]+')


@pytest.fixture(scope="module")
def aws() -> Iterator[Deployed]:
    """One deployment, with the rule between bus and queue as it is deployed, and the function for links."""
    with (
        deployment(project({"j": JOURNEY}, message=MESSAGE)) as deployed,
        pytest.MonkeyPatch.context() as patch,
    ):
        patch.setenv("SOJOURN_EVENTS_URL", filled_queue())
        # Readers here click at once: by the real rule that is no reader, and the clock is the real one.
        patch.setitem(TOO_SOON, "clicked", 0.0)  # type: ignore[arg-type]
        deployed.handlers["links"] = loaded("links")
        yield deployed


def filled_queue() -> str:
    """Make the queue of events, filled by the bus as CloudFormation is told; return its URL."""
    url: str = boto3.client("sqs", region_name=REGION).create_queue(QueueName="events")["QueueUrl"]
    resources = json.loads((ROOT / "tests/golden/infra/engine.json").read_text())["Resources"].values()
    rules = [one["Properties"] for one in resources if one["Type"] == "AWS::Events::Rule"]
    (pattern,) = [rule["EventPattern"] for rule in rules if rule["Name"].endswith("inbound")]
    events = boto3.client("events", region_name=REGION)
    events.put_rule(Name="inbound", EventBusName="sojourn-test", EventPattern=json.dumps(pattern))
    arn = f"arn:aws:sqs:{REGION}:{DEFAULT_ACCOUNT_ID}:events"
    events.put_targets(Rule="inbound", EventBusName="sojourn-test", Targets=[{"Id": "events", "Arn": arn}])
    return url


def taken_in(aws: Deployed) -> list[tuple[str, str]]:
    """Let `route` work on what is in the queue; return each event's name and id."""
    sqs = boto3.client("sqs", region_name=REGION)
    url = sqs.get_queue_url(QueueName="events")["QueueUrl"]
    found = []
    while messages := sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
        for message in messages:
            assert aws.route({"messageId": message["MessageId"], "body": message["Body"]}) == []
            envelope = json.loads(message["Body"])
            found.append((envelope["detail-type"], envelope["detail"]["id"]))
            sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
    return found


def mailed(aws: Deployed, customer: str, ref: str) -> Mapping[str, str]:
    """Let a customer be mailed; return the links in the email by their kind."""
    known(aws, customer)
    aws.route(aws.record(customer, "began", {"ref": ref}))
    eventually(lambda: waits(aws, customer, ref))
    (mail,) = [one for one in aws.emails() if f"{customer}@example.com" in one.destinations["ToAddresses"]]
    return {link[1]: link[0].replace("&amp;", "&") for link in LINK.finditer(mail.body)}


def waits(aws: Deployed, customer: str, ref: str) -> bool:
    (run,) = [row["id"] for row in of(aws, customer, "A#run#") if row["key"] == ref]
    return any(row["run"] == run for row in of(aws, customer, "A#wait#"))


def ask(aws: Deployed, method: str, url: str, body: str | None = None, **more: Any) -> Any:
    return aws.call("links", asked(method, url, body, **more))


def test_who_unsubscribes_by_the_link_in_an_email_gets_no_more(aws: Deployed) -> None:
    """From the rendered link over POST, bus, queue and `route` to the next message: suppressed, `consent`."""
    links = mailed(aws, "ana", "r1")
    assert ask(aws, "GET", links["u"])["statusCode"] == 200
    assert taken_in(aws) == []

    answer = ask(aws, "POST", links["u"], ONE_CLICK, encoded=True, content_type=FORM)
    again = ask(aws, "POST", links["u"], ONE_CLICK, encoded=True, content_type=FORM, number=2)

    assert [one["statusCode"] for one in (answer, again)] == [200, 200]
    both = taken_in(aws)
    assert [name for name, _ in both] == ["unsubscribed"] * 2
    assert sum(len(of(aws, "ana", f"E#{event_id}")) for _, event_id in both) == 1
    (profile,) = of(aws, "ana", "A#profile")
    assert profile["consents"] == [["news", "email", False]]
    aws.route(aws.record("ana", "stopped", {"ref": "r1"}))
    eventually(lambda: told(aws, "ana")[-1] == "exited completed")
    assert told(aws, "ana")[-2] == "suppressed more consent"
    assert len([one for one in aws.emails() if "ana@example.com" in one.destinations["ToAddresses"]]) == 1


def test_a_click_releases_the_wait_for_it_once(aws: Deployed) -> None:
    """The event comes in with run and step: the wait is over, and a second click leads on and does no more."""
    links = mailed(aws, "ben", "r2")

    answer = ask(aws, "GET", links["c"])
    (first,) = taken_in(aws)
    # moto undoes what others wrote at the same time, when it cancels a transaction: so one after the other.
    eventually(lambda: told(aws, "ben")[-1] == "exited completed")
    ask(aws, "GET", links["c"], number=2)
    (second,) = taken_in(aws)

    assert (answer["statusCode"], headers_of(answer)["location"]) == (302, SHOP)
    assert {first[0], second[0]} == {"message_clicked"}
    assert told(aws, "ben")[-3:] == ["resumed reads", "sent more", "exited completed"]
    assert told(aws, "ben").count("resumed reads") == 1


def test_a_scanner_that_opens_every_link_moves_nobody(aws: Deployed) -> None:
    """It fetches all there is: the run waits on, the consents are what they were, and the visit is told as one."""
    links = mailed(aws, "cid", "r3")
    before = of(aws, "cid", "A#")

    for link in links.values():
        for method in ("HEAD", "GET"):
            assert ask(aws, method, link, user_agent="Mimecast/1.0")["statusCode"] in (200, 302)

    ((name, event),) = taken_in(aws)
    (row,) = of(aws, "cid", f"E#{event}")
    assert (name, row["properties"]["machine"]) == ("message_clicked", True)
    assert of(aws, "cid", "A#") == before
    aws.route(aws.record("cid", "stopped", {"ref": "r3"}))


def test_preferences_can_stop_everything(aws: Deployed) -> None:
    """What is chosen on the page holds for every channel."""
    links = mailed(aws, "dan", "r4")
    assert 'value="all"' in ask(aws, "GET", links["p"], accept_language="nl")["body"]

    page = ask(aws, "POST", links["p"], "stop=all", encoded=True, content_type=FORM, accept_language="nl")
    taken_in(aws)

    assert "U ontvangt geen berichten meer van ons." in page["body"]
    (profile,) = of(aws, "dan", "A#profile")
    assert {(topic, said) for topic, _, said in profile["consents"]} == {("*", False)}
    assert {"email", "sms", "push"} <= {channel for _, channel, _ in profile["consents"]}
    aws.route(aws.record("dan", "stopped", {"ref": "r4"}))


def test_without_the_bus_an_unsubscription_takes_the_queue(aws: Deployed) -> None:
    """A bus that is gone keeps nobody from being heard."""
    links = mailed(aws, "eva", "r5")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SOJOURN_BUS", "nowhere")
        aws.handlers["links"] = loaded("links")
    assert refusing(aws, links["u"])["statusCode"] == 200
    aws.handlers["links"] = loaded("links")

    assert [name for name, _ in taken_in(aws)] == ["unsubscribed"]
    (profile,) = of(aws, "eva", "A#profile")
    assert profile["consents"] == [["news", "email", False]]
    aws.route(aws.record("eva", "stopped", {"ref": "r5"}))


def refusing(aws: Deployed, link: str) -> Any:
    """Unsubscribe while the bus refuses whatever it is given; moto takes events for a bus that is not there."""
    client = aws.handlers["links"].LINKS._events._intake._events

    def refuse(**_: Any) -> None:
        raise client.exceptions.ResourceNotFoundException(
            {"Error": {"Code": "ResourceNotFoundException", "Message": "no bus"}}, "PutEvents"
        )

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(client, "put_events", refuse)
        return ask(aws, "POST", link, ONE_CLICK)


@pytest.fixture(scope="module")
def good(aws: Deployed) -> Mapping[str, str]:
    """Give the links of one email, which nobody follows."""
    return mailed(aws, "fay", "r6")


def test_whatever_is_changed_of_a_link_it_is_none(aws: Deployed, good: Mapping[str, str]) -> None:
    """Characters changed, left out, doubled or put in: a 404 each time, no event, no error."""
    base = "https://links.example"

    @settings(max_examples=150)
    @given(data=st.data())
    def mangled(data: st.DataObject) -> None:
        link = good[data.draw(st.sampled_from("cup"))]
        start = data.draw(st.integers(len(f"{base}/c/"), len(link)))
        end = data.draw(st.integers(start, min(start + 3, len(link))))
        put = data.draw(
            st.text(st.characters(exclude_characters="/?#", exclude_categories=["Cs"]), max_size=3)
        )
        changed = link[:start] + put + link[end:]
        assume(changed != link)
        method = data.draw(st.sampled_from(["GET", "POST", "HEAD"]))

        answer = aws.call("links", asked(method, "/") | {"rawPath": changed.removeprefix(base)})

        assert answer["statusCode"] == 404

    mangled()
    assert taken_in(aws) == []


def test_what_the_function_answers_is_what_lambda_takes(aws: Deployed, good: Mapping[str, str]) -> None:
    """A status, headers of text and a body: payload format 2.0."""
    answer = ask(aws, "GET", good["u"], user_agent=BROWSER)

    assert set(answer) == {"statusCode", "headers", "body", "isBase64Encoded"}
    assert all(isinstance(value, str) for value in answer["headers"].values())
