from __future__ import annotations

import json
import re
from typing import Any

import pytest

from sojourn.adapters.dynamodb import keys
from sojourn.domain.time.instants import parse_date_time
from tests.support.cloud import Cloud, eventually

ADA = "ada"
EMAIL = "ada@mail.example"


@pytest.fixture(scope="module")
def run(cloud: Cloud) -> dict[str, Any]:
    """Let a customer sign up and walk through `welcome` to its end; return her run."""
    cloud.put("signed_up", ADA, {"source": "web"}, attributes={"email": EMAIL, "first_name": "Ada"})
    waiting = cloud.entered(ADA, "welcome")
    assert waiting.get("status", "running") == "running"
    assert waiting["at"] == {"": "wait_1"}
    assert cloud.execution(waiting)["status"] == "RUNNING"
    return cloud.ended(ADA, "welcome")


def test_an_event_on_the_bus_makes_a_customer_known(cloud: Cloud, run: dict[str, Any]) -> None:
    """What the event said of her is in the profile, and what the journey found out beside it."""
    (profile,) = cloud.rows(ADA, keys.PROFILE)

    expected = {
        "id": ADA, "email": EMAIL, "attributes": {"first_name": "Ada", "stage": "known"}, "segments": ["known"],
    }  # fmt: skip
    assert {name: profile[name] for name in expected} == expected


def test_the_run_takes_every_step_and_ends(cloud: Cloud, run: dict[str, Any]) -> None:
    """The ledger tells the story, and Step Functions says that the execution succeeded."""
    story = [line for line in cloud.happened(ADA) if not line.endswith("completed")]

    assert story == [
        "entered", "waiting wait_1", "sent hello", "updated update_1", "waiting wait_2", "entered", "waiting wait_1",
        "emitted report", "exited exit:greeted",
    ]  # fmt: skip
    assert run["exit_reason"] == "exit:greeted"
    assert (
        eventually(lambda: cloud.execution(run)["status"], lambda status: status != "RUNNING") == "SUCCEEDED"
    )


def test_the_execution_is_started_on_the_version_that_was_registered(
    cloud: Cloud, run: dict[str, Any]
) -> None:
    """The machine's version stands beside the journey's in the registry, and is what `route` starts."""
    registered = cloud.row("G#journey#welcome", f"v#{run['version']}")["machine"]["S"]
    (started,) = [
        call["parameters"]
        for call in cloud.calls("route", "StartExecution")
        if call["parameters"]["name"] == run["execution"]
    ]

    assert re.fullmatch(r"arn:aws:states:.*:stateMachine:sojourn-local_welcome:\d+", registered)
    assert registered == started["stateMachineArn"]


def test_waits_are_as_long_as_the_journey_says_but_for_the_scale(cloud: Cloud, run: dict[str, Any]) -> None:
    """Half an hour is announced, and a thousandth of it is waited."""
    told = [one for row in cloud.rows(ADA, keys.LEDGER) for one in row["happened"] if one["run"] == run["id"]]
    began = next(one for one in told if one["what"] == "waiting")
    sent = next(one for one in told if one["what"] == "sent")
    announced = parse_date_time(began["details"]["until"]) - parse_date_time(began["at"])
    waited = parse_date_time(sent["at"]) - parse_date_time(began["at"])

    assert announced.total_seconds() == 1_800
    assert 1.8 <= waited.total_seconds() < 900


def test_ses_has_the_email(cloud: Cloud, run: dict[str, Any]) -> None:
    """One email, rendered for her: styles inlined, links signed, and a text beside the HTML."""
    (email,) = cloud.emails(EMAIL)

    assert email["Subject"] == "Welcome, Ada!"
    assert email["Source"] == "Acme <hello@acme.example>"
    assert '<p style="color: navy">' in email["BodyHtml"]
    assert re.search(r"https://[\w.-]+/c/[\w.-]+", email["BodyHtml"])
    assert "1 Example Street, Berlin" in email["BodyText"]


def test_ses_is_asked_for_the_headers_of_marketing(cloud: Cloud, run: dict[str, Any]) -> None:
    """One-click unsubscribing, the configuration set, and tags that say whose message it is."""
    (asked,) = [
        call["parameters"]
        for call in cloud.calls("send", "SendEmail")
        if call["parameters"]["Destination"] == {"ToAddresses": [EMAIL]}
    ]
    headers = {header["Name"]: header["Value"] for header in asked["Content"]["Simple"]["Headers"]}
    tags = {tag["Name"]: tag["Value"] for tag in asked["EmailTags"]}

    assert re.fullmatch(r"<https://[\w.-]+/u/[\w.-]+>", headers["List-Unsubscribe"])
    assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert asked["ConfigurationSetName"] == "acme"
    assert ("welcome", run["id"]) == (tags["journey"], tags["run"])


def test_an_event_that_a_journey_emits_comes_back_in(cloud: Cloud, run: dict[str, Any]) -> None:
    """It takes the bus like any other, and is stored as the customer's."""
    greeted = eventually(
        lambda: [event for event in cloud.rows(ADA, keys.EVENTS) if event["name"] == "greeted"]
    )

    assert [event["properties"] for event in greeted] == [{"stage": "known"}]


def test_a_change_of_segment_enters_another_journey(cloud: Cloud, run: dict[str, Any]) -> None:
    """The first journey's update made her a member, and that is what the second waits for."""
    assert cloud.ended(ADA, "known")["exit_reason"] == "completed"


def test_the_stream_is_counted(cloud: Cloud, run: dict[str, Any]) -> None:
    """Nobody is in a step any more where she was alone, and the message is counted as sent."""
    row = lambda: cloud.row("G#count#welcome", f"1#{run['version']}#hello")  # noqa: E731
    counted = eventually(row, lambda row: "sent.email" in row)

    assert 1 <= int(counted["sent.email"]["N"]) == int(counted["sent"]["N"])


def test_others_hear_what_happened(cloud: Cloud, run: dict[str, Any]) -> None:
    """Outbound events are on the bus, and none of them comes back in."""
    told = eventually(
        lambda: [
            event["detail-type"] for event in cloud.told(ADA) if event["detail"].get("run") == run["id"]
        ],
        lambda names: "sojourn.exited" in names,
    )

    assert {"sojourn.entered", "sojourn.sent", "sojourn.exited"} == set(told)
    assert {"signed_up", "greeted", "segment_entered"} == {
        event["name"] for event in cloud.rows(ADA, keys.EVENTS)
    }


def test_every_change_is_a_line_in_the_bucket(cloud: Cloud, run: dict[str, Any]) -> None:
    """Firehose writes them below the day, as JSON that Athena's table has columns for."""

    def lines() -> list[dict[str, str]]:
        s3, bucket = cloud.client("s3"), cloud.first.outputs["BucketName"]
        found = s3.list_objects_v2(Bucket=bucket, Prefix="changes/day=").get("Contents", [])
        texts = [s3.get_object(Bucket=bucket, Key=one["Key"])["Body"].read().decode() for one in found]
        return [json.loads(line) for text in texts for line in text.splitlines()]

    hers = eventually(
        lambda: [line for line in lines() if line["customer"] == ADA],
        lambda lines: any(line["what"] == "exited" and line["run"] == run["id"] for line in lines),
    )

    assert {"happening", "profile", "run", "send"} == {line["kind"] for line in hers}
