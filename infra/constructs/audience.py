"""Audiences: the state machine that hands a file's rows, a batch at a time, to the function `audience`."""

from __future__ import annotations

from aws_cdk import Aws, RemovalPolicy
from aws_cdk import aws_iam as iam
from aws_cdk import aws_stepfunctions as stepfunctions
from constructs import Construct

from infra import packaging
from infra.constructs.function import EngineFunction
from infra.constructs.journey import machine_permissions
from infra.constructs.log import log_group
from infra.constructs.nag import accept
from infra.constructs.policies import Allow, OwnRole, arn, service
from infra.settings import Settings
from sojourn.adapters.stepfunctions.audience_machine import FUNCTION, audience_machine
from sojourn.aws_runtime.publishing.audiences import PREFIX
from sojourn.domain.compile.compiled import canonical

NAME = "audience"
SECONDS = 120
"""How long a batch may take: an Express execution lives for five minutes, and tries a batch more than once."""
_OWN = "a machine's executions, and those of its maps, have names that it makes"


def machine_arn(settings: Settings) -> str:
    """Return the machine's ARN, by its name: whoever starts it is made before it."""
    return arn("states", f"stateMachine:{settings.name(NAME)}")


def starting(settings: Settings) -> Allow:
    """Let somebody begin audiences."""
    return Allow(("states:StartExecution",), [machine_arn(settings)])


class Audiences(Construct):
    """The machine, its role and its log.

    Args (of the constructor):
        uploads: ARN of the bucket with the rows; key: of the key that they are encrypted with.
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        settings: Settings,
        audience: EngineFunction,
        *,
        uploads: str,
        key: str,
    ) -> None:
        super().__init__(scope, id_)
        log = log_group(self, settings, f"/aws/vendedlogs/states/{settings.name('audiences')}")
        trusted: iam.IPrincipal = service("states.amazonaws.com")
        executions = arn("states", f"execution:{settings.name(NAME)}")
        role = OwnRole(
            self,
            "Role",
            trusted=trusted,
            description="The machine of audiences reads their rows and calls audience",
            allowed=[
                *machine_permissions([audience.function.function_arn]),
                Allow(("s3:GetObject",), [f"{uploads}/{PREFIX}*"], "a file of rows is named after its operation"),
                Allow(
                    ("kms:Decrypt",), [key],
                    conditions={"StringEquals": {"kms:ViaService": f"s3.{Aws.REGION}.amazonaws.com"}},
                ),
                # What a Distributed Map needs ("IAM policies for using Distributed Map states").
                starting(settings),
                Allow(
                    ("states:DescribeExecution", "states:StopExecution"),
                    [f"{executions}:*", f"{executions}/*:*"],
                    _OWN,
                ),
            ],
        )  # fmt: skip
        definition = packaging.written(settings, "audience.asl.json", canonical(audience_machine()) + "\n")
        self.machine = stepfunctions.StateMachine(
            self,
            "Resource",
            state_machine_name=settings.name(NAME),
            comment="Enters the customers of an audience",
            definition_body=stepfunctions.DefinitionBody.from_file(str(definition)),
            definition_substitutions={FUNCTION[2:-1]: audience.function.function_arn},
            role=role.role,
            # An execution's data are customers'.
            logs=stepfunctions.LogOptions(
                destination=log, level=stepfunctions.LogLevel.ERROR, include_execution_data=False
            ),
            tracing_enabled=True,
            removal_policy=RemovalPolicy.DESTROY,
        )
        accept(
            self.machine,
            "AwsSolutions-SF1",
            "what became of each row is counted in the table; a log of all events would hold customers' data",
        )
