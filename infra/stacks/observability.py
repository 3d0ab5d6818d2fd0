"""What operators look at, and what looks after itself and calls them."""

from __future__ import annotations

from aws_cdk import aws_kms as kms
from constructs import Construct

from infra.constructs.alarms import Alarms, AlarmTopic
from infra.constructs.dashboard import Overview
from infra.constructs.watching import watch_data, watch_functions, watch_queues, watch_runs, watch_sending
from infra.settings import Settings
from infra.stacks.base import EngineStack
from infra.workspace import Published


class ObservabilityStack(EngineStack):
    """Alarms, their topic, and the dashboard."""

    def __init__(self, scope: Construct, settings: Settings, workspace: Published, key: kms.IKey) -> None:
        super().__init__(scope, settings, "observability", "alarms and the dashboard")
        topic = AlarmTopic(self, "Topic", settings, key).topic
        alarms = Alarms(self, "Alarms", settings, topic)
        deployed = () if settings.publishes else workspace.journeys
        watch_runs(alarms, settings, [journey.name for journey in deployed])
        watch_functions(alarms, settings)
        watch_queues(alarms, settings)
        watch_data(alarms, settings)
        watch_sending(alarms, settings, workspace.senders, emails=bool(workspace.from_addresses))
        overview = Overview(self, "Overview", settings, alarms.made)
        self.tell(AlarmTopicArn=topic.topic_arn, DashboardName=overview.name)
