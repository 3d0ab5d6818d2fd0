"""What wakes a person, and the topic that does it.

An alarm goes by one metric each: the embedded AWS takes no others, and a person woken at night reads one more easily.
Functions that tell a state machine "held" or "ended" raise, so Lambda's own count of errors says nothing; what
`infra.constructs.function` counts from the logs does.
"""

from __future__ import annotations

from collections.abc import Mapping

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as actions
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sns_subscriptions as subscriptions
from constructs import Construct

from infra.constructs.nag import accept
from infra.constructs.policies import service
from infra.settings import Settings

_ABOVE = cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD
_AT_LEAST = cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD


class AlarmTopic(Construct):
    """The topic that alarms go to, encrypted, with a subscriber where the settings name one."""

    def __init__(self, scope: Construct, id_: str, settings: Settings, key: kms.IKey) -> None:
        super().__init__(scope, id_)
        self.topic = sns.Topic(
            self,
            "Resource",
            topic_name=settings.name("alarms"),
            display_name=f"Sojourn ({settings.stage})",
            master_key=key,
            enforce_ssl=settings.tls_only,
        )
        self.topic.add_to_resource_policy(
            iam.PolicyStatement(
                sid="Alarms",
                principals=[service("cloudwatch.amazonaws.com")],
                actions=["sns:Publish"],
                resources=[self.topic.topic_arn],
            )
        )
        if not settings.tls_only:
            accept(self.topic, "AwsSolutions-SNS3", "the embedded AWS speaks plain HTTP, on loopback")
        if settings.alarm_email:
            reader = self.topic.add_subscription(subscriptions.EmailSubscription(settings.alarm_email))
            accept(
                reader,
                "Serverless-SNSRedrivePolicy",
                "an alarm that no mailbox takes is still an alarm on the dashboard",
            )


class Alarms(Construct):
    """Makes alarms that all behave alike: silence is good news, and the end of trouble is told as well."""

    def __init__(self, scope: Construct, id_: str, settings: Settings, topic: sns.ITopic) -> None:
        super().__init__(scope, id_)
        self._settings = settings
        self._action = actions.SnsAction(topic)
        self.made: list[cloudwatch.Alarm] = []

    def watch(
        self,
        name: str,
        means: str,
        namespace: str,
        metric: str,
        dimensions: Mapping[str, str],
        *,
        above: float | None = None,
        at_least: float | None = None,
        statistic: str = "Sum",
        minutes: int = 5,
        periods: int = 1,
    ) -> None:
        """Ring when a metric is *above* a value, or *at_least* one.

        Args:
            means: what has happened and what to do, for the person who is woken.
            periods: so many in a row, of so many *minutes* each.
        """
        threshold = above if above is not None else at_least
        assert threshold is not None
        alarm = cloudwatch.Alarm(
            self,
            name,
            alarm_name=self._settings.name(name),
            alarm_description=means,
            metric=cloudwatch.Metric(
                namespace=namespace,
                metric_name=metric,
                dimensions_map=dict(dimensions),
                statistic=statistic,
                period=Duration.minutes(minutes),
            ),
            threshold=threshold,
            comparison_operator=_ABOVE if above is not None else _AT_LEAST,
            evaluation_periods=periods,
            treat_missing_data=cloudwatch.TreatMissingData.NOT_BREACHING,
        )
        alarm.add_alarm_action(self._action)
        alarm.add_ok_action(self._action)
        self.made.append(alarm)
