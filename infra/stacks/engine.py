"""The engine: the bus, the queues and the functions."""

from __future__ import annotations

from aws_cdk import Aws, DefaultStackSynthesizer
from constructs import Construct

from infra.constructs.bus import Bus
from infra.constructs.control_grants import ControlGrants
from infra.constructs.feedback import EmailEvents, FeedbackSource, FeedbackTopic, configuration_set
from infra.constructs.functions import Functions, Surroundings
from infra.constructs.grants import Grants
from infra.constructs.operations import OperationsSource
from infra.constructs.queues import Queues
from infra.constructs.roles import ADMIN, EDITOR, PUBLISHER, VIEWER, Around, Roles
from infra.constructs.schedule_tick import ScheduleTick
from infra.constructs.schedules import Schedules
from infra.constructs.sending import allowed_asking, allowed_sending
from infra.constructs.signing_secret import SigningSecret
from infra.constructs.sources import ChangesSource, EndedExecutions, EventsSource
from infra.constructs.sweep import DailySweep
from infra.constructs.uploads import UploadsBucket
from infra.settings import Settings
from infra.stacks.base import EngineStack
from infra.stacks.data import DataStack
from infra.workspace import Published
from sojourn.adapters.senders.permission import permission


class RunningStack(EngineStack):
    """Everything that works on customers, whatever the journeys are.

    It starts journeys' machines by the pattern of their names, so that it need not know the stack that holds them,
    which knows this one's functions.
    """

    def __init__(self, scope: Construct, settings: Settings, data: DataStack, workspace: Published) -> None:
        super().__init__(scope, settings, "engine", "the bus, the queues and the functions")
        queues = Queues(self, "Queues", settings, data.key)
        bus = Bus(self, "Bus", settings, queues).bus
        schedules = Schedules(self, "Schedules", settings, queues.schedules_dead.queue_arn, data.key.key_arn)
        uploads = UploadsBucket(self, "Uploads", settings, data.key).bucket
        secret = SigningSecret(self, "Signing", settings, data.key)
        qualifier = (
            self.node.try_get_context("@aws-cdk/core:bootstrapQualifier")
            or DefaultStackSynthesizer.DEFAULT_QUALIFIER
        )
        topic = FeedbackTopic(self, "FeedbackTopic", settings, data.key).topic
        emails = configuration_set(settings, workspace.senders)
        grants = Grants(
            settings,
            table=data.table.table.table_arn,
            key=data.key.key_arn,
            stream=data.table.stream_arn,
            bus=bus.event_bus_arn,
            events=queues.events.queue_arn,
            events_dead=queues.events_dead.queue_arn,
            export_dead=queues.export_dead.queue_arn,
            close_dead=queues.close_dead.queue_arn,
            delivery=data.delivery.stream.attr_arn,
            schedule_role=schedules.role.arn,
            assets=f"cdk-{qualifier}-assets-{Aws.ACCOUNT_ID}-{Aws.REGION}",
            sending=allowed_sending(
                workspace.senders, workspace.from_addresses, emails, local=settings.local
            ),
            told=queues.feedback.queue_arn,
            sweeps=queues.sweeps.queue_arn,
            told_dead=queues.feedback_dead.queue_arn,
            devices=allowed_asking(workspace.senders),
        )
        around = Surroundings(
            table=data.table.table.table_name,
            bus=bus.event_bus_name,
            events_url=queues.events.queue_url,
            dead_letters_url=queues.events_dead.queue_url,
            schedule_group=schedules.group_name,
            schedule_role=schedules.role.arn,
            schedules_dead=queues.schedules_dead.queue_arn,
            signing_secret=secret.name,
            delivery_stream=data.delivery.stream_name,
            feedback_topic=topic.topic_arn,
            feedback_dead_url=queues.feedback_dead.queue_url,
            configuration_set=emails,
            sweeps_url=queues.sweeps.queue_url,
            operations_url=queues.operations.queue_url,
            uploads=uploads.bucket_name,
            senders=permission(workspace.senders, workspace.from_addresses),
        )
        control = ControlGrants(grants, queues.operations.queue_arn, uploads.bucket_arn)
        self.functions = Functions(self, "Functions", settings, around, grants, control)
        EventsSource(self, "EventsSource", settings, self.functions, queues)
        ChangesSource(self, "ChangesSource", self.functions, data.table.stream_arn, queues)
        EndedExecutions(self, "EndedExecutions", settings, self.functions, queues)
        DailySweep(
            self, "DailySweep", settings, self.functions.sweep, queues,
            group=schedules.group, key=data.key.key_arn, zone=workspace.timezone,
        )  # fmt: skip
        ScheduleTick(self, "ScheduleTick", settings, queues, group=schedules.group, key=data.key.key_arn)
        OperationsSource(self, "OperationsWork", self.functions.operate, queues)
        roles = Roles(
            self, "Roles", settings, grants, self.functions.control,
            Around([queue.queue_arn for queue in queues.all], bus.event_bus_arn, uploads.bucket_arn),
        )  # fmt: skip
        FeedbackSource(self, "FeedbackSource", settings, self.functions.feedback, queues, topic, emails)
        if emails:
            own = not workspace.senders["email"].get("configuration_set")
            EmailEvents(self, "EmailEvents", settings, emails, own=own)
        self.tell(
            BusName=bus.event_bus_name,
            EventsQueueUrl=queues.events.queue_url,
            EventsDeadUrl=queues.events_dead.queue_url,
            ExportDeadUrl=queues.export_dead.queue_url,
            CloseDeadUrl=queues.close_dead.queue_url,
            SchedulesDeadUrl=queues.schedules_dead.queue_url,
            SweepsQueueUrl=queues.sweeps.queue_url,
            SweepsDeadUrl=queues.sweeps_dead.queue_url,
            FeedbackTopicArn=topic.topic_arn,
            FeedbackQueueUrl=queues.feedback.queue_url,
            FeedbackDeadUrl=queues.feedback_dead.queue_url,
            ScheduleGroupName=schedules.group_name,
            SigningSecretName=secret.name,
            LinksUrl=settings.links_url or self.functions.address.url,
            LinksFunctionUrl=self.functions.address.url,
            TrackingUrl=self.functions.tracking.url,
            ControlUrl=self.functions.control.url,
            OperationsQueueUrl=queues.operations.queue_url,
            OperationsDeadUrl=queues.operations_dead.queue_url,
            UploadsBucketName=uploads.bucket_name,
            **{
                f"{name.capitalize()}PolicyArn": roles.arns[name]
                for name in (VIEWER, EDITOR, PUBLISHER, ADMIN)
            },
        )
