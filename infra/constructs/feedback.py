"""What providers tell of messages, on its way to `feedback`: SES over the default bus, all others over one topic.

Both fill one queue, so that what comes back is tried again, kept and redriven like everything else. The operator
attaches the topic where messages are told of (docs/deploy.md): those are resources of the account's, not of ours.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from aws_cdk import aws_events as events
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_ses as ses
from aws_cdk import aws_sns as sns
from constructs import Construct

from infra.constructs.function import EngineFunction
from infra.constructs.nag import accept
from infra.constructs.policies import arn, service
from infra.constructs.queues import Queues
from infra.settings import Settings

PUBLISHERS = ("sms-voice.amazonaws.com", "social-messaging.amazonaws.com", "sns.amazonaws.com")
"""Who tells of messages by the topic: text messages and their replies, WhatsApp, platform applications."""
TOLD_BY_SES = (
    "send",
    "reject",
    "bounce",
    "complaint",
    "delivery",
    "renderingFailure",
    "deliveryDelay",
    "subscription",
)
"""Without `open` and `click`: SES would put a picture of its own into every email, and its own links around ours."""
DETAIL_TYPES = (
    "Email Sent", "Email Rejected", "Email Bounced", "Email Complaint Received", "Email Delivered",
    "Email Rendering Failed", "Email Delivery Delayed", "Email Subscribed", "Email Opened", "Email Clicked",
)  # fmt: skip
CONCURRENCY = 5
"""So many copies of `feedback` at once: it is never urgent enough to keep `route` from working."""


def configuration_set(settings: Settings, senders: Mapping[str, Mapping[str, Any]]) -> str:
    """Return the configuration set that emails are sent with: the workspace's, or else the stage's own; "" for none."""
    if "email" not in senders:
        return ""
    return str(senders["email"].get("configuration_set") or settings.name())


class FeedbackTopic(Construct):
    """The topic that End User Messaging and SNS tell of messages by."""

    def __init__(self, scope: Construct, id_: str, settings: Settings, key: kms.IKey) -> None:
        super().__init__(scope, id_)
        self.topic = sns.Topic(
            self,
            "Resource",
            topic_name=settings.name("feedback"),
            display_name=f"Sojourn ({settings.stage}): what became of messages",
            master_key=key,
            enforce_ssl=settings.tls_only,
            signature_version="2",
        )
        self.topic.add_to_resource_policy(
            iam.PolicyStatement(
                sid="Told",
                principals=[service(name) for name in PUBLISHERS],
                actions=["sns:Publish"],
                resources=[self.topic.topic_arn],
            )
        )
        if not settings.tls_only:
            accept(self.topic, "AwsSolutions-SNS3", "the embedded AWS speaks plain HTTP, on loopback")


class EmailEvents(Construct):
    """Lets SES tell of the emails of one configuration set, which is made unless the workspace names its own."""

    def __init__(self, scope: Construct, id_: str, settings: Settings, name: str, *, own: bool) -> None:
        super().__init__(scope, id_)
        destination = ses.CfnConfigurationSetEventDestination(
            self,
            "Destination",
            configuration_set_name=name,
            event_destination=ses.CfnConfigurationSetEventDestination.EventDestinationProperty(
                name=settings.name(),
                enabled=True,
                matching_event_types=list(TOLD_BY_SES),
                event_bridge_destination=ses.CfnConfigurationSetEventDestination.EventBridgeDestinationProperty(
                    event_bus_arn=arn("events", "event-bus/default")
                ),
            ),
        )
        if own:
            made = ses.CfnConfigurationSet(
                self,
                "Set",
                name=name,
                reputation_options=ses.CfnConfigurationSet.ReputationOptionsProperty(
                    reputation_metrics_enabled=True
                ),
                sending_options=ses.CfnConfigurationSet.SendingOptionsProperty(sending_enabled=True),
            )
            destination.node.add_dependency(made)


class FeedbackSource(Construct):
    """Fills the queue from both sides, and lets the function take from it.

    Args (of the constructor):
        emails: the configuration set whose emails are told of; "" where none are sent.
    """

    def __init__(
        self, scope: Construct, id_: str, settings: Settings, function: EngineFunction, queues: Queues,
        topic: sns.ITopic, emails: str,
    ) -> None:  # fmt: skip
        super().__init__(scope, id_)
        subscription = sns.CfnSubscription(
            self,
            "Subscription",
            topic_arn=topic.topic_arn,
            protocol="sqs",
            endpoint=queues.feedback.queue_arn,
            raw_message_delivery=False,  # the signature stands around the message
            redrive_policy={"deadLetterTargetArn": queues.feedback_dead.queue_arn},
        )
        for queue in (queues.feedback, queues.feedback_dead):
            queues.filled_by_topic(queue, topic.topic_arn)
        subscription.node.add_dependency(queues.feedback)
        if emails:
            self._rule(settings, queues, emails)
        mapping = lambda_.EventSourceMapping(
            self,
            "Resource",
            target=function.function,
            event_source_arn=queues.feedback.queue_arn,
            batch_size=10,
            report_batch_item_failures=True,
            max_concurrency=CONCURRENCY,
        )
        accept(
            mapping,
            "Serverless-LambdaEventSourceMappingDestination",
            "a queue keeps what failed and moves it to its own dead letters",
        )

    def _rule(self, settings: Settings, queues: Queues, emails: str) -> None:
        name = settings.name("emails")
        events.CfnRule(
            self,
            "Emails",
            name=name,
            description="What SES tells of our emails goes into the queue of feedback",
            event_pattern=emails_pattern(emails),
            targets=[
                events.CfnRule.TargetProperty(
                    id="feedback",
                    arn=queues.feedback.queue_arn,
                    dead_letter_config=events.CfnRule.DeadLetterConfigProperty(
                        arn=queues.feedback_dead.queue_arn
                    ),
                )
            ],
        )
        rule_arn = arn("events", f"rule/{name}")
        queues.filled_by(queues.feedback, rule_arn)
        queues.filled_by(queues.feedback_dead, rule_arn)


def emails_pattern(configuration_set: str) -> dict[str, object]:
    """Return the pattern of what SES tells of a configuration set's emails: of another stage's it is not ours."""
    tags = {"ses:configuration-set": [configuration_set]}
    return {"source": ["aws.ses"], "detail-type": list(DETAIL_TYPES), "detail": {"mail": {"tags": tags}}}
