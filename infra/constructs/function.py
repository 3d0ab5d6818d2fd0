"""A Lambda function as all of ours are: one shape, so that none forgets its log, its tracing or its own role."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from aws_cdk import AssetStaging, Duration
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from constructs import Construct

from infra import packaging
from infra.constructs.log import log_group
from infra.constructs.nag import accept
from infra.constructs.naming import METRICS, unexpected_errors
from infra.constructs.policies import Allow, OwnRole, arn
from infra.settings import Settings
from sojourn.domain.compile import names
from sojourn.domain.compile.states import RETRY

EXPECTED = sorted({names.HELD, names.PARKED, names.ENDED, *RETRY[0]["ErrorEquals"]})
"""What a function may report to a state machine without anything being wrong: it is caught, or tried again for hours,
and a run that gives up for all that rings an alarm of its own. What is tried for two minutes only is no such thing."""


_WHY_THIS_PYTHON = (
    "the layers are built for CPython 3.13, which AWS supports to 2029; a newer one brings nothing yet"
)


class Runtime(Construct):
    """What every function runs on: the layers on AWS; folders of this machine on the embedded AWS.

    That one unpacks no layers for a custom runtime, so the bootstrap puts their folders on the path itself.
    """

    def __init__(self, scope: Construct, id_: str, settings: Settings) -> None:
        super().__init__(scope, id_)
        self.settings = settings
        built = packaging.dependencies(settings)
        engine = packaging.engine(settings)
        authoring = packaging.dependencies(settings, packaging.AUTHORING)
        self.layers: list[lambda_.ILayerVersion] = []
        self.authoring: list[lambda_.ILayerVersion] = []
        self.environment: dict[str, str] = {}
        if settings.local:
            staged = AssetStaging(self, "Engine", source_path=str(engine))
            folders = [
                f"{staged.absolute_staged_path}/python", str(built / "python"), str(authoring / "python")
            ]  # fmt: skip
            folders.append(str(built.parent / "runtime" / "python"))
            self.environment["SOJOURN_LAYERS"] = os.pathsep.join(folders)
            return
        for id_layer, folder, holds, into in (
            ("Engine", engine, "the package sojourn", self.layers),
            ("Dependencies", built, "what it imports", self.layers),
            ("Authoring", authoring, "what checking and compiling need besides", self.authoring),
        ):
            into.append(
                lambda_.LayerVersion(
                    self,
                    id_layer,
                    layer_version_name=settings.name(id_layer.lower()),
                    description=f"Sojourn: {holds}",
                    code=lambda_.Code.from_asset(str(folder)),
                    compatible_runtimes=[lambda_.Runtime.PYTHON_3_13],
                    compatible_architectures=[lambda_.Architecture.ARM_64],
                )
            )


@dataclass(frozen=True)
class Task:
    """What tells one function from another.

    Args:
        name: the folder below `functions/`.
        seconds: how long it may take.
        megabytes: of memory, and CPU with it.
        dead_letters: where that goes which it fails at, as it has no dead-letter queue of its own.
        authoring: whether it checks and compiles, and has the layer for that.
    """

    name: str
    does: str
    seconds: int
    megabytes: int
    dead_letters: str
    allowed: Sequence[Allow]
    environment: Mapping[str, str] = field(default_factory=dict)
    authoring: bool = False


class EngineFunction(Construct):
    """One function with its own role, its own log and a count of the errors that nobody expects.

    No concurrency is reserved: a new account has ten in all, and a deployment that reserves some would fail there.
    `route` is held back where it takes from its queue.
    """

    def __init__(self, scope: Construct, id_: str, runtime: Runtime, task: Task) -> None:
        super().__init__(scope, id_)
        settings = runtime.settings
        self.name = settings.name(task.name)
        log_name = f"/aws/lambda/{self.name}"
        self.log = log_group(self, settings, log_name)
        self.role = OwnRole(
            self,
            "Role",
            trusted=iam.ServicePrincipal("lambda.amazonaws.com"),
            description=f"{self.name}: {task.does}",
            allowed=[*task.allowed, *_told(log_name)],
        )
        self.function = lambda_.Function(
            self,
            "Resource",
            function_name=self.name,
            description=task.does,
            runtime=lambda_.Runtime.PROVIDED_AL2023 if settings.local else lambda_.Runtime.PYTHON_3_13,
            architecture=lambda_.Architecture.ARM_64,
            code=lambda_.Code.from_asset(str(packaging.function(settings, task.name))),
            handler=f"functions.{task.name}.handler.lambda_handler",
            layers=[*runtime.layers, *(runtime.authoring if task.authoring else [])],
            role=self.role.role,
            memory_size=task.megabytes,
            timeout=Duration.seconds(task.seconds),
            environment={
                "SOJOURN_STAGE": settings.stage,
                "POWERTOOLS_SERVICE_NAME": settings.name(),  # one name, so that one alarm hears of all
                "POWERTOOLS_METRICS_NAMESPACE": METRICS,
                **task.environment,
                **runtime.environment,
            },
            log_group=self.log,
            logging_format=lambda_.LoggingFormat.JSON,
            tracing=lambda_.Tracing.ACTIVE,
        )
        self._count_unexpected(settings, task.name)
        accept(self.function, "Serverless-LambdaDLQ", task.dead_letters)
        accept(self.role, "Serverless-LambdaStarPermissions", "each wildcard has its reason beside it")
        for rule in ("AwsSolutions-L1", "Serverless-LambdaLatestVersion"):
            accept(self.function, rule, _WHY_THIS_PYTHON)

    def _count_unexpected(self, settings: Settings, name: str) -> None:
        """Count what the log tells at level ERROR, and invocations that ran out of time or memory."""
        known = " && ".join(f'($.errorType != "{error}")' for error in EXPECTED)
        logged = f'($.level = "ERROR") && (($.errorType NOT EXISTS) || ({known}))'
        # Lambda's Telemetry API: an invocation's or initialisation's report has a status, and what ended it.
        died = " || ".join(f'($.record.errorType = "{kind}.*")' for kind in ("Runtime", "Sandbox"))
        broke = (
            '(($.type = "platform.report") || ($.type = "platform.initReport")) && '
            f'(($.record.status = "timeout") || {died})'
        )
        for id_, pattern in (("Logged", logged), ("Broke", broke)):
            logs.MetricFilter(
                self,
                id_,
                log_group=self.log,
                filter_pattern=logs.FilterPattern.literal(f"{{ {pattern} }}"),
                metric_namespace=METRICS,
                metric_name=unexpected_errors(settings, name),
                metric_value="1",
            )


def _told(log_name: str) -> list[Allow]:
    """What a function tells of itself."""
    return [
        Allow(
            ("logs:CreateLogStream", "logs:PutLogEvents"),
            [arn("logs", f"log-group:{log_name}:*")],
            "every copy of a function has a log stream of its own",
        ),
        Allow(("xray:PutTelemetryRecords", "xray:PutTraceSegments"), ["*"], "X-Ray knows no resource"),
    ]
