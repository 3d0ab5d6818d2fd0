"""Queues: the one that events wait in, and those that hold what could not be done, until somebody redrives it."""

from __future__ import annotations

from aws_cdk import Duration
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from infra.constructs.nag import accept
from infra.constructs.naming import BY_SQS
from infra.constructs.policies import arn, service
from infra.settings import Settings

ROUTE_SECONDS = 30
"""How long `route` may take for a batch."""
DELIVERIES = 5
"""So often is a message tried before it counts as dead."""


class Queues(Construct):
    """The queue of incoming events with its dead letters, and the other dead-letter queues.

    Every one is encrypted with our key, takes nothing over plain HTTP and keeps dead letters for two weeks, the
    longest there is.
    """

    def __init__(self, scope: Construct, id_: str, settings: Settings, key: kms.IKey) -> None:
        super().__init__(scope, id_)
        self._settings = settings
        self._key = key
        source = sqs.Queue.from_queue_arn(self, "Source", arn("sqs", settings.name(BY_SQS)))
        self.events_dead = self._dead(
            "EventsDead",
            "events-dead",
            sqs.RedriveAllowPolicy(redrive_permission=sqs.RedrivePermission.BY_QUEUE, source_queues=[source]),
        )
        self.export_dead = self._dead("ExportDead", "export-dead")
        self.close_dead = self._dead("CloseDead", "close-dead")
        self.schedules_dead = self._dead("SchedulesDead", "schedules-dead")
        self.events = sqs.Queue(
            self,
            "Events",
            queue_name=settings.name(BY_SQS),
            visibility_timeout=Duration.seconds(6 * ROUTE_SECONDS),  # as AWS advises for Lambda
            retention_period=Duration.days(4),
            dead_letter_queue=sqs.DeadLetterQueue(queue=self.events_dead, max_receive_count=DELIVERIES),
            encryption=sqs.QueueEncryption.KMS,
            encryption_master_key=key,
            data_key_reuse=Duration.hours(1),
            enforce_ssl=settings.tls_only,
        )
        if not settings.tls_only:
            accept(self, "AwsSolutions-SQS4", "the embedded AWS speaks plain HTTP, on loopback")

    def filled_by(self, queue: sqs.IQueue, rule_arn: str) -> None:
        """Let one rule put messages into *queue*."""
        queue.add_to_resource_policy(
            iam.PolicyStatement(
                principals=[service("events.amazonaws.com", rule_arn)],
                actions=["sqs:SendMessage"],
                resources=[queue.queue_arn],
            )
        )

    def _dead(self, id_: str, name: str, redrive: sqs.RedriveAllowPolicy | None = None) -> sqs.Queue:
        queue = sqs.Queue(
            self,
            id_,
            queue_name=self._settings.name(name),
            retention_period=Duration.days(14),
            redrive_allow_policy=redrive
            or sqs.RedriveAllowPolicy(redrive_permission=sqs.RedrivePermission.DENY_ALL),
            encryption=sqs.QueueEncryption.KMS,
            encryption_master_key=self._key,
            data_key_reuse=Duration.hours(1),
            enforce_ssl=self._settings.tls_only,
        )
        reason = "it holds dead letters itself; an alarm rings as soon as there is one"
        accept(queue, "AwsSolutions-SQS3", reason)
        accept(queue, "Serverless-SQSRedrivePolicy", reason)
        return queue
