from __future__ import annotations

import json
from typing import Any

from infra.constructs.feedback import DETAIL_TYPES, PUBLISHERS, configuration_set
from infra.settings import Settings
from tests.infra.conftest import Assembly


def queue(assembly: Assembly, name: str) -> tuple[str, dict[str, Any]]:
    """Return a queue's logical id and properties."""
    queues = assembly.resources("engine", "AWS::SQS::Queue").items()
    return next((id_, one) for id_, one in queues if one["QueueName"] == f"sojourn-{assembly.stage}-{name}")


def topic(assembly: Assembly) -> tuple[str, dict[str, Any]]:
    """Return the logical id and properties of the topic that tells of messages."""
    (found,) = assembly.resources("engine", "AWS::SNS::Topic").items()
    return found


def fills(assembly: Assembly, name: str) -> list[dict[str, Any]]:
    """Return who may put messages into a queue, each statement of its policy that allows it."""
    id_, _ = queue(assembly, name)
    return [
        statement
        for policy in assembly.resources("engine", "AWS::SQS::QueuePolicy").values()
        if policy["Queues"] == [{"Ref": id_}]
        for statement in policy["PolicyDocument"]["Statement"]
        if statement["Effect"] == "Allow"
    ]


def test_what_ses_tells_of_our_emails_comes_to_the_queue(dev: Assembly) -> None:
    """A rule on the default bus, for the emails of our configuration set; what it cannot deliver is kept."""
    rules = dev.resources("engine", "AWS::Events::Rule").values()
    (rule,) = [one for one in rules if one["Name"] == "sojourn-dev-emails"]

    (target,) = rule["Targets"]
    tags = rule["EventPattern"]["detail"]["mail"]["tags"]
    assert "EventBusName" not in rule
    assert rule["EventPattern"]["source"] == ["aws.ses"]
    assert rule["EventPattern"]["detail-type"] == list(DETAIL_TYPES)
    assert tags == {"ses:configuration-set": ["acme"]} or len(tags["ses:configuration-set"]) == 1
    assert target["Arn"] == {"Fn::GetAtt": [queue(dev, "feedback")[0], "Arn"]}
    assert target["DeadLetterConfig"]["Arn"] == {"Fn::GetAtt": [queue(dev, "feedback-dead")[0], "Arn"]}


def test_ses_is_asked_to_tell_and_to_leave_emails_alone(dev: Assembly) -> None:
    """All that happens is told but openings and clicks: for those SES would change what we send."""
    (made,) = dev.resources("engine", "AWS::SES::ConfigurationSetEventDestination").values()
    told = made["EventDestination"]

    bus = json.dumps(told["EventBridgeDestination"]["EventBusArn"])
    assert told["Enabled"] is True
    assert {"bounce", "complaint", "delivery", "deliveryDelay", "reject"} < set(told["MatchingEventTypes"])
    assert not {"open", "click"} & set(told["MatchingEventTypes"])
    assert "event-bus/default" in bus


def test_the_workspaces_own_configuration_set_goes_before_ours() -> None:
    """Without one the stage has its own, as emails sent without any tell nothing; without emails there is none."""
    settings = Settings(stage="dev")

    assert configuration_set(settings, {"email": {"from": "a@acme.example"}}) == "sojourn-dev"
    assert configuration_set(settings, {"email": {"configuration_set": "acme"}}) == "acme"
    assert configuration_set(settings, {"sms": {"pool": "pool-1"}}) == ""


def test_who_tells_by_the_topic_is_of_this_account(prod: Assembly) -> None:
    """It is encrypted, signs with SHA-256, takes messages of three services for this account, and over TLS only."""
    id_, made = topic(prod)
    (policy,) = [
        one
        for one in prod.resources("engine", "AWS::SNS::TopicPolicy").values()
        if one["Topics"] == [{"Ref": id_}]
    ]
    allowed = [one for one in policy["PolicyDocument"]["Statement"] if one["Effect"] == "Allow"]
    denied = [one for one in policy["PolicyDocument"]["Statement"] if one["Effect"] == "Deny"]

    assert made["SignatureVersion"] == "2"
    assert "KmsMasterKeyId" in made
    services = [one["Principal"]["Service"] for one in allowed]
    assert {name for one in services for name in (one if isinstance(one, list) else [one])} == set(PUBLISHERS)
    assert all(
        one["Condition"]["StringEquals"] == {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}
        for one in allowed
    )
    assert [one["Condition"] for one in denied] == [{"Bool": {"aws:SecureTransport": "false"}}]


def test_the_topic_fills_the_queue_with_the_signature_around(dev: Assembly) -> None:
    """Raw messages would come without what proves them; what cannot be delivered is kept."""
    (subscription,) = dev.resources("engine", "AWS::SNS::Subscription").values()

    assert subscription["Protocol"] == "sqs"
    assert subscription["RawMessageDelivery"] is False
    assert subscription["TopicArn"] == {"Ref": topic(dev)[0]}
    assert subscription["Endpoint"] == {"Fn::GetAtt": [queue(dev, "feedback")[0], "Arn"]}
    assert subscription["RedrivePolicy"]["deadLetterTargetArn"] == {
        "Fn::GetAtt": [queue(dev, "feedback-dead")[0], "Arn"]
    }


def test_nobody_else_fills_the_queue(dev: Assembly) -> None:
    """The rule and the topic may, each only as itself: what comes over the rule bears no signature."""
    statements = fills(dev, "feedback")

    assert sorted(one["Principal"]["Service"] for one in statements) == [
        "events.amazonaws.com",
        "sns.amazonaws.com",
    ]
    assert all(one["Action"] == "sqs:SendMessage" and "aws:SourceArn" in one["Condition"]["ArnLike"]
               for one in statements)  # fmt: skip


def test_what_fails_five_times_is_kept_and_can_be_redriven(prod: Assembly) -> None:
    """The queue is encrypted and has dead letters of its own, which go back where they came from."""
    _, made = queue(prod, "feedback")
    dead, kept = queue(prod, "feedback-dead")

    assert made["RedrivePolicy"] == {
        "deadLetterTargetArn": {"Fn::GetAtt": [dead, "Arn"]},
        "maxReceiveCount": 5,
    }
    assert kept["RedriveAllowPolicy"]["redrivePermission"] == "byQueue"
    assert "KmsMasterKeyId" in made
    assert "KmsMasterKeyId" in kept


def test_the_function_knows_the_topic_and_the_sender_the_configuration_set(dev: Assembly) -> None:
    """What it is told is what it needs: the table, the bus, its queues, the topic, and which links are ours."""
    functions = dev.resources("engine", "AWS::Lambda::Function").values()
    told = {one["FunctionName"]: one["Environment"]["Variables"] for one in functions}

    own = {name for name in told["sojourn-dev-feedback"] if name.startswith("SOJOURN_")}
    assert own == {
        "SOJOURN_STAGE", "SOJOURN_TABLE", "SOJOURN_BUS", "SOJOURN_EVENTS_URL", "SOJOURN_DEAD_LETTERS_URL",
        "SOJOURN_FEEDBACK_TOPICS", "SOJOURN_LINKS_URL",
    }  # fmt: skip
    assert told["sojourn-dev-feedback"]["SOJOURN_FEEDBACK_TOPICS"] == {"Ref": topic(dev)[0]}
    assert told["sojourn-dev-send"]["SOJOURN_CONFIGURATION_SET"]
