from __future__ import annotations

import json
from typing import Any

from infra.constructs.feedback import emails_pattern
from infra.local_cloud.deployment import STAGE
from sojourn.adapters.dynamodb import keys
from tests.cloud.test_links import emailed
from tests.support.cloud import Cloud, eventually
from tests.support.provider_events import recorded


def told_by_ses(cloud: Cloud, name: str, send: dict[str, Any]) -> None:
    """Let SES tell of a send: the recorded event, with the tags that went out with it.

    Nobody but AWS may put events of `aws.ses` on a bus, and the embedded AWS tells of no email: so it goes where the
    rule would have put it.
    """
    event = recorded(name)
    mail = event["detail"]["mail"]
    mail["tags"] |= {tag: [send[tag]] for tag in ("customer", "journey", "run", "step")} | {
        "send": [send["id"]]
    }
    mail["messageId"] = send["provider_id"]
    cloud.client("sqs").send_message(
        QueueUrl=cloud.first.outputs["FeedbackQueueUrl"], MessageBody=json.dumps(event)
    )


def sent(cloud: Cloud, customer: str) -> dict[str, Any]:
    """Let a customer get an email; return the row of the send once its provider has it."""
    emailed(cloud, customer)
    return eventually(lambda: [row for row in cloud.rows(customer, keys.SENDS) if row.get("provider_id")])[0]


def test_a_complaint_suppresses_the_address(cloud: Cloud) -> None:
    """From the queue over the bus to the customer: the send says so, and nothing is sent there any more."""
    send = sent(cloud, "gus")

    told_by_ses(cloud, "ses-delivery", send)
    told_by_ses(cloud, "ses-complaint", send)

    profile = eventually(lambda: cloud.rows("gus", keys.PROFILE)[0], lambda row: "suppressed" in row)
    assert profile["suppressed"] == {"email": "complaint"}
    row = eventually(lambda: cloud.rows("gus", keys.SENDS)[0], lambda row: len(row.get("did", ())) == 2)
    assert (row["status"], row["did"]) == ("complained", ["complained", "delivered"])
    assert {"delivered hello", "complained hello abuse"} <= {
        line.replace(send["step"], "hello") for line in cloud.happened("gus")
    }


def test_the_rule_waits_for_what_ses_tells(cloud: Cloud) -> None:
    """It is on the default bus, for the configuration set that the workspace names, and fills the queue."""
    events = cloud.client("events")

    rule = events.describe_rule(Name=f"sojourn-{STAGE}-emails")
    (target,) = events.list_targets_by_rule(Rule=f"sojourn-{STAGE}-emails")["Targets"]

    assert json.loads(rule["EventPattern"]) == emails_pattern("acme")
    assert target["Arn"].endswith(f":sojourn-{STAGE}-feedback")


def test_what_the_topic_brings_unsigned_is_dropped(cloud: Cloud) -> None:
    """The embedded AWS signs nothing: its message comes as far as the function, and moves nobody."""
    cloud.put("signed_up", "hal", {"source": "web"}, attributes={"phone": "+12025550199"})
    eventually(lambda: cloud.rows("hal", keys.PROFILE))
    before = len(cloud.calls("feedback"))
    stop = {**recorded("sms-reply-stop"), "originationNumber": "+12025550199"}

    cloud.client("sns").publish(TopicArn=cloud.first.outputs["FeedbackTopicArn"], Message=json.dumps(stop))
    told_by_ses(cloud, "ses-delivery", sent(cloud, "ivo"))

    eventually(lambda: len(cloud.calls("feedback")) > before)
    eventually(lambda: left(cloud) == 0)
    assert "suppressed" not in cloud.rows("hal", keys.PROFILE)[0]


def left(cloud: Cloud) -> int:
    """Return how many messages wait in the queue of feedback, or are worked on."""
    asked = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
    answer = cloud.client("sqs").get_queue_attributes(
        QueueUrl=cloud.first.outputs["FeedbackQueueUrl"], AttributeNames=asked
    )
    return sum(int(number) for number in answer["Attributes"].values())
