"""Who among people may do what: four managed policies, each of which holds all that it allows.

A viewer sees; an editor publishes drafts as well; a publisher changes what runs; an admin does what is about customers'
data, sources and keys. They are attached to the roles or groups that a company has already. What people change goes
through the control API, so a policy names its routes, and nobody writes into the table.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from aws_cdk import aws_iam as iam
from constructs import Construct

from infra.constructs.control import ControlApi
from infra.constructs.grants import READ, Grants, partitions
from infra.constructs.nag import accept_wildcard
from infra.constructs.policies import Allow, arn
from infra.settings import Settings
from sojourn.adapters.dynamodb import engine_keys, keys, parts
from sojourn.aws_runtime.publishing.audiences import PREFIX as AUDIENCES
from sojourn.aws_runtime.publishing.routes import ADMINS, EDITORS, ROUTES

VIEWER, EDITOR, PUBLISHER, ADMIN = "viewer", "editor", "publisher", "admin"
_SEEN = (engine_keys.ENGINE, keys.customer(""), keys.LINKS)
"""The partitions that a viewer reads: what is published, customers, and who has which address."""


@dataclass(frozen=True)
class Around:
    """What policies name besides the table and its key.

    Args:
        queues: the ARNs of all queues: how much waits in each is told.
        bus: ARN, as `uploads` (the bucket) is.
    """

    queues: Sequence[str]
    bus: str
    uploads: str


class Roles(Construct):
    """The policies, called `sojourn-<stage>-viewer` and so on."""

    def __init__(
        self, scope: Construct, id_: str, settings: Settings, grants: Grants, api: ControlApi, around: Around
    ) -> None:
        super().__init__(scope, id_)
        self._settings = settings
        self._grants = grants
        self._around = around

        def calling(*names: str) -> Allow:
            keys_ = sorted(key for key, name in ROUTES.items() if name in names)
            why = "a route names the journey, operation or source that it is about"
            return Allow(("execute-api:Invoke",), [api.arn_of(key) for key in keys_], why)

        publishing = set(ROUTES.values()) - ADMINS
        publisher = [*self._viewer(), calling(*publishing), *self._files()]
        self.arns = {
            VIEWER: self._policy(VIEWER, "sees journeys, their figures and what became of customers", self._viewer()),
            EDITOR: self._policy(
                EDITOR, "a viewer who publishes drafts", [*self._viewer(), calling(*sorted(EDITORS))]
            ),
            PUBLISHER: self._policy(PUBLISHER, "publishes, pauses, stops and takes back journeys", publisher),
            ADMIN: self._policy(
                ADMIN, "a publisher who looks after customers' data, write keys and what failed",
                [*publisher, calling(*ADMINS), *self._admin()],
            ),
        }  # fmt: skip

    def _viewer(self) -> list[Allow]:
        table = self._grants.table
        stacks = arn("cloudformation", f"stack/Sojourn-{self._settings.stage}-*")
        return [
            Allow(
                ("cloudformation:DescribeStacks",), [stacks], "CloudFormation adds an id to a stack's name"
            ),
            Allow(("dynamodb:BatchGetItem", *READ), [table], conditions=partitions(*_SEEN)),
            Allow(
                ("dynamodb:Query",), [f"{table}/index/{keys.INDEX}"], conditions=partitions(keys.customer(""))
            ),
            Allow(("dynamodb:Query",), [f"{table}/index/{parts.INDEX}"]),
            self._grants.key_for("dynamodb", "kms:Decrypt"),
            Allow(("sqs:GetQueueAttributes",), list(self._around.queues)),
        ]

    def _files(self) -> list[Allow]:
        """What goes into an operation, and what came of it, as files."""
        why = "a file is named after its operation"
        return [
            # Whoever enters the customers of a file puts it there, and reads which of its rows could not be taken.
            Allow(("s3:GetObject", "s3:PutObject"), [f"{self._around.uploads}/{AUDIENCES}*"], why),
            Allow(
                ("s3:ListBucket",),
                [self._around.uploads],
                conditions={"StringLike": {"s3:prefix": f"{AUDIENCES}*"}},
            ),
            self._grants.key_for("s3", "kms:Decrypt", "kms:GenerateDataKey"),
        ]

    def _admin(self) -> list[Allow]:
        """What no route does: putting an event on the bus is what an application does, and an admin may try it."""
        return [Allow(("events:DescribeEventBus", "events:PutEvents"), [self._around.bus])]

    def _policy(self, name: str, does: str, allowed: Sequence[Allow]) -> str:
        made = iam.ManagedPolicy(
            self,
            name.capitalize(),
            managed_policy_name=self._settings.name(name),
            description=f"{self._settings.name(name)}: {does}",
            document=iam.PolicyDocument(statements=[allow.statement() for allow in allowed]),
        )
        for allow in allowed:
            for resource in allow.resources:
                if "*" in resource:
                    accept_wildcard(made, resource, allow.why)
        return made.managed_policy_arn
