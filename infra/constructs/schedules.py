"""Where executions that start later wait: one-time schedules, in a group of their own, under a role of their own."""

from __future__ import annotations

from aws_cdk import aws_iam as iam
from aws_cdk import aws_scheduler as scheduler
from constructs import Construct

from infra.constructs.naming import machine_name
from infra.constructs.policies import Allow, OwnRole, arn, service
from infra.settings import Settings


class Schedules(Construct):
    """The schedule group, and the role with which a schedule starts a journey's machine."""

    def __init__(self, scope: Construct, id_: str, settings: Settings, dead: str, key: str) -> None:
        super().__init__(scope, id_)
        self.group_name = settings.name()
        self.group = scheduler.CfnScheduleGroup(self, "Group", name=self.group_name)
        source = arn("scheduler", f"schedule-group/{self.group_name}")
        trusted: iam.IPrincipal = service("scheduler.amazonaws.com", source)
        self.role = OwnRole(
            self,
            "Role",
            trusted=trusted,
            description="A schedule starts a journey's machine",
            allowed=[
                Allow(
                    ("states:StartExecution",),
                    [arn("states", f"stateMachine:{machine_name(settings, '*')}")],
                    "a journey's machine gets a version with every deployment, and journeys come and go",
                ),
                Allow(("sqs:SendMessage",), [dead]),
                Allow(("kms:Decrypt", "kms:GenerateDataKey"), [key]),
            ],
        )
