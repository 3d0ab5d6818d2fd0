"""Queues: the one that events wait in, and those that hold what could not be done, until somebody redrives it."""

from __future__ import annotations

from aws_cdk import Duration
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from infra.constructs.nag import accept
from infra.constructs.naming import BY_SQS, FEEDBACK, OPERATIONS, SWEEPS
from infra.constructs.policies import arn, service
from infra.settings import Settings

ROUTE_SECONDS = 30
"""How long `route` and `feedback` may take for a batch."""
SWEEP_SECONDS = 120
"""How long `sweep` works on a part of the customers before it hands on."""
OPERATE_SECONDS = 300
"""How long `operate` may take. It hands on after a turn, much sooner, unless it takes most of that to begin
(`sojourn.aws_runtime.publishing.operating.TURN`)."""
OPERATE_HIDDEN = 2 * OPERATE_SECONDS
"""After so long an operation goes on that whoever worked on it did not live to hand on. One message is one invocation,
and so few are worked on at once that Lambda holds none back: it need not be six times as long."""
DELIVERIES = 5
"""So often is a message tried before it counts as dead."""


class Queues(Construct):
    """The queues of incoming events, of what is told of messages, of sweeps and operations, and all dead letters.

    Every one is encrypted with our key, takes nothing over plain HTTP and keeps dead letters for two weeks, the
    longest there is.
    """

    def __init__(self, scope: Construct, id_: str, settings: Settings, key: kms.IKey) -> None:
        super().__init__(scope, id_)
        self._settings = settings
        self._key = key
        self.events_dead = self._dead("EventsDead", "events-dead", self._redrive("Source", BY_SQS))
        self.feedback_dead = self._dead(
            "FeedbackDead", "feedback-dead", self._redrive("FeedbackSource", FEEDBACK)
        )
        self.export_dead = self._dead("ExportDead", "export-dead")
        self.close_dead = self._dead("CloseDead", "close-dead")
        self.schedules_dead = self._dead("SchedulesDead", "schedules-dead")
        self.sweeps_dead = self._dead("SweepsDead", "sweeps-dead", self._redrive("SweepsSource", SWEEPS))
        self.operations_dead = self._dead(
            "OperationsDead", "operations-dead", self._redrive("OperationsSource", OPERATIONS)
        )
        self.events = self._filled("Events", BY_SQS, self.events_dead)
        self.feedback = self._filled("Feedback", FEEDBACK, self.feedback_dead)
        self.sweeps = self._filled("Sweeps", SWEEPS, self.sweeps_dead, 6 * SWEEP_SECONDS)
        self.operations = self._filled("Operations", OPERATIONS, self.operations_dead, OPERATE_HIDDEN)
        self.all = [
            self.events, self.feedback, self.sweeps, self.operations, self.events_dead, self.feedback_dead,
            self.sweeps_dead, self.operations_dead, self.export_dead, self.close_dead, self.schedules_dead,
        ]  # fmt: skip
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

    def filled_by_topic(self, queue: sqs.IQueue, topic_arn: str) -> None:
        """Let one topic put messages into *queue*."""
        queue.add_to_resource_policy(
            iam.PolicyStatement(
                principals=[service("sns.amazonaws.com", topic_arn)],
                actions=["sqs:SendMessage"],
                resources=[queue.queue_arn],
            )
        )

    def _redrive(self, id_: str, name: str) -> sqs.RedriveAllowPolicy:
        source = sqs.Queue.from_queue_arn(self, id_, arn("sqs", self._settings.name(name)))
        return sqs.RedriveAllowPolicy(
            redrive_permission=sqs.RedrivePermission.BY_QUEUE, source_queues=[source]
        )

    def _filled(self, id_: str, name: str, dead: sqs.IQueue, hidden: int = 6 * ROUTE_SECONDS) -> sqs.Queue:
        # Hidden for six times as long as the function may take, as AWS advises for Lambda.
        return sqs.Queue(
            self,
            id_,
            queue_name=self._settings.name(name),
            visibility_timeout=Duration.seconds(hidden),
            retention_period=Duration.days(4),
            dead_letter_queue=sqs.DeadLetterQueue(queue=dead, max_receive_count=DELIVERIES),
            encryption=sqs.QueueEncryption.KMS,
            encryption_master_key=self._key,
            data_key_reuse=Duration.hours(1),
            enforce_ssl=self._settings.tls_only,
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
