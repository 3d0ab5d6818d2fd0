"""A journey's state machine, and what all of them share: a role and a log."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from aws_cdk import RemovalPolicy
from aws_cdk import aws_iam as iam
from aws_cdk import aws_stepfunctions as stepfunctions
from constructs import Construct

from infra import packaging
from infra.constructs.log import log_group
from infra.constructs.nag import accept
from infra.constructs.naming import machine_name
from infra.constructs.policies import Allow, OwnRole, service
from infra.settings import Settings
from sojourn.domain.compile.compiled import CompiledJourney, canonical

_LOG_DELIVERY = (
    "logs:CreateLogDelivery", "logs:DeleteLogDelivery", "logs:DescribeLogGroups", "logs:DescribeResourcePolicies",
    "logs:GetLogDelivery", "logs:ListLogDeliveries", "logs:PutResourcePolicy", "logs:UpdateLogDelivery",
)  # fmt: skip
"""What Step Functions needs to write to a log group, all of it for every resource: AWS asks for exactly these."""


def machine_permissions(functions: Sequence[str]) -> list[Allow]:
    """Return what a journey's machine may do.

    Args:
        functions: the ARNs of those it calls.
    """
    return [
        Allow(("lambda:InvokeFunction",), list(functions)),
        Allow(_LOG_DELIVERY, ["*"], "log deliveries know no resource"),
        Allow(
            (
                "xray:GetSamplingRules", "xray:GetSamplingTargets", "xray:PutTelemetryRecords",
                "xray:PutTraceSegments",
            ),
            ["*"],
            "X-Ray knows no resource",
        ),
    ]  # fmt: skip


class Machines(Construct):
    """The state machines of a workspace's journeys.

    Args (of the constructor):
        functions: the ARNs that stand for the placeholders in every definition.
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        settings: Settings,
        journeys: tuple[CompiledJourney, ...],
        functions: Mapping[str, str],
    ) -> None:
        super().__init__(scope, id_)
        # Step Functions cuts the log's resource policy short under this prefix; it has a limit otherwise.
        log = log_group(self, settings, f"/aws/vendedlogs/states/{settings.name('journeys')}")
        trusted: iam.IPrincipal = service("states.amazonaws.com")
        self.role = OwnRole(
            self,
            "Role",
            trusted=trusted,
            description="A journey's machine calls step and send",
            allowed=machine_permissions(list(functions.values())),
        )
        self.machines: dict[str, stepfunctions.StateMachine] = {}
        for journey in journeys:
            # From a file: the definitions of a hundred journeys would outgrow a template.
            definition = packaging.written(
                settings, f"journeys/{journey.name}.asl.json", canonical(journey.definition) + "\n"
            )
            machine = stepfunctions.StateMachine(
                self,
                journey.name,
                state_machine_name=machine_name(settings, journey.name),
                comment=journey.title,
                definition_body=stepfunctions.DefinitionBody.from_file(str(definition)),
                definition_substitutions=dict(functions),
                role=self.role.role,
                logs=stepfunctions.LogOptions(
                    destination=log, level=stepfunctions.LogLevel.ERROR, include_execution_data=False
                ),
                tracing_enabled=True,
                removal_policy=RemovalPolicy.DESTROY,
            )
            accept(
                machine,
                "AwsSolutions-SF1",
                "every step is in the ledger and in the execution's history already; a log of all events would cost"
                " more than the steps",
            )
            self.machines[journey.name] = machine
