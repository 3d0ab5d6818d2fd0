"""Who may change a deployment while it runs: the two functions that do, beside the permissions of all others."""

from __future__ import annotations

from dataclasses import dataclass

from infra.constructs.grants import MACHINES, NO_ROOM, READ, USE_KEY, Grants, partitions
from infra.constructs.policies import Allow
from sojourn.adapters.dynamodb import engine_keys, keys, parts
from sojourn.aws_runtime.publishing.audiences import PREFIX as AUDIENCES

UPLOADS = "operations/"
"""What the keys in the bucket of uploads begin with."""
CHANGING = (
    engine_keys.CATALOGUE,
    engine_keys.journey(""),
    engine_keys.TRIGGERS,
    engine_keys.OPERATIONS,
    engine_keys.strands(""),
    engine_keys.HISTORY,
)
"""The partitions that publishing changes: rows are written over, and those that say nothing any more expire."""
_UPLOADS = "an upload is named after its operation"
_ROWS = "rows are named after their operation"


@dataclass(frozen=True)
class ControlGrants:
    """The statements of `publish` and `operate`.

    Args:
        grants: of all other functions.
        operations: the ARN of the queue of operations.
        uploads: the ARN of the bucket of uploads.
    """

    grants: Grants
    operations: str
    uploads: str

    def publish(self) -> list[Allow]:
        """Take calls: note and queue what takes longer, tell the registry what is done at once, do what admins may."""
        return [
            *self._of_admins(),
            *self._registry(),
            self.grants.key_for("dynamodb", *USE_KEY),
            Allow(("s3:PutObject",), [self._objects], _UPLOADS),
            self.grants.key_for("s3", "kms:Decrypt", "kms:GenerateDataKey"),
            self.grants.may_send(self.operations),
            self.grants.key_for("sqs", "kms:Decrypt", "kms:GenerateDataKey"),
            Allow(("states:DescribeStateMachine",), [self.grants.machines], MACHINES),
        ]

    def _of_admins(self) -> list[Allow]:
        """Erase customers, keep sources, replay and drop events, renew the key.

        It puts no customer's row. IAM cannot say so: who may mark a row may make one, and who may delete many may put.
        """
        return [
            Allow(
                ("dynamodb:BatchGetItem", "dynamodb:Query", "dynamodb:UpdateItem"),
                [self.grants.table],
                conditions=partitions(keys.customer("")),
            ),
            Allow(
                ("dynamodb:BatchWriteItem", "dynamodb:DeleteItem"),
                [self.grants.table],
                conditions=partitions(
                    keys.customer(""), keys.LINKS, engine_keys.SOURCES, engine_keys.WRITE_KEYS, engine_keys.QUARANTINED
                ),
            ),
            *self.grants.stopping(),
            Allow(("events:PutEvents",), [self.grants.bus]),
            *self.grants.secret("secretsmanager:PutSecretValue"),
        ]  # fmt: skip

    def operate(self, role: str) -> list[Allow]:
        """Carry operations out: publish journeys, and move, resume or end customers' runs.

        Args:
            role: the ARN of the role of published machines, the only one that may be handed on to a machine.
        """
        making = ("Create", "Describe", "Update")
        return [
            Allow(("sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"), [self.operations]),
            self.grants.may_send(self.operations),
            self.grants.key_for("sqs", "kms:Decrypt", "kms:GenerateDataKey"),
            *self.grants.customers(),
            Allow(("dynamodb:BatchGetItem", "dynamodb:ConditionCheckItem"), [self.grants.table]),
            Allow(("dynamodb:Query",), [f"{self.grants.table}/index/{parts.INDEX}"]),
            Allow(("s3:GetObject", "s3:PutObject"), [self._rows], _ROWS),
            *self.grants.executions(),
            # A person's task that was not raised during a pause is raised when it ends.
            Allow(("events:PutEvents",), [self.grants.bus]),
            Allow(("s3:GetObject",), [self._objects], _UPLOADS),
            self.grants.key_for("s3", "kms:Decrypt", "kms:GenerateDataKey"),
            Allow(
                (*(f"states:{does}StateMachine" for does in making), "states:PublishStateMachineVersion"),
                [self.grants.machines],
                MACHINES,
            ),
            Allow(NO_ROOM, [self.grants.machines], MACHINES),
            Allow(
                ("iam:PassRole",),
                [role],
                conditions={"StringEquals": {"iam:PassedToService": "states.amazonaws.com"}},
            ),
        ]

    def audience(self) -> list[Allow]:
        """Enter the customers of an audience; note what became of each row."""
        return [
            *self.grants.customers(),
            # A row may say that two are one: that is a transaction which looks at both.
            Allow(("dynamodb:BatchGetItem", "dynamodb:ConditionCheckItem"), [self.grants.table]),
            *self.grants.executions(),
            Allow(("s3:PutObject",), [self._rows], _ROWS),
            self.grants.key_for("s3", "kms:Decrypt", "kms:GenerateDataKey"),
        ]

    def _registry(self) -> list[Allow]:
        """The engine's own rows; of what it writes over, only what publishing is about."""
        return [
            Allow(
                (*READ, "dynamodb:ConditionCheckItem", "dynamodb:PutItem"),
                [self.grants.table],
                conditions=partitions(engine_keys.ENGINE),
            ),
            Allow(("dynamodb:UpdateItem",), [self.grants.table], conditions=partitions(*CHANGING)),
        ]

    @property
    def _rows(self) -> str:
        return f"{self.uploads}/{AUDIENCES}*"

    @property
    def _objects(self) -> str:
        return f"{self.uploads}/{UPLOADS}*"
