"""Who may call what: each function's permissions, side by side, as narrow as AWS can tell them apart.

A later test compares this with the calls the functions make. What depends on the workspace (as whom messages are
sent) is in `infra.constructs.sending`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from aws_cdk import Aws

from infra.constructs.naming import machine_name, stack_name
from infra.constructs.policies import Allow, arn
from infra.settings import Settings
from sojourn.adapters.dynamodb import engine_keys, keys, parts
from sojourn.domain.decide.hearsay import by_hearsay

READ = ("dynamodb:GetItem", "dynamodb:Query")
WRITE = ("dynamodb:DeleteItem", "dynamodb:PutItem", "dynamodb:UpdateItem")
USE_KEY = (
    "kms:Decrypt",
    "kms:DescribeKey",
    "kms:Encrypt",
    "kms:GenerateDataKey",
    "kms:ReEncryptFrom",
    "kms:ReEncryptTo",
)
"""What DynamoDB does with a table's key in the name of whoever calls it."""

FOUND_BY = tuple(kind for one in ("email", "phone") for kind in (one, by_hearsay(one)))
"""The kinds of addresses by which feedback finds people."""

MACHINES = "a journey's machine gets a version with every deployment, and journeys come and go"
NO_ROOM = ("states:DeleteStateMachineVersion", "states:ListStateMachineVersions")
"""What is done where a machine has as many versions as AWS keeps of one: old ones go that nobody needs."""
_EXECUTIONS = "an execution is named after its run"
_TOKEN = "a task token is the permission: IAM knows no resource for it"  # noqa: S105 - a sentence


def partitions(*beginnings: str) -> dict[str, dict[str, list[str]]]:
    """Return the condition that holds for rows in partitions that begin so: whoever has it reaches no customer.

    Every action it stands with names its partitions ("Using IAM policy conditions for fine-grained access control"),
    so that the set is never empty, for which `ForAllValues` would hold.
    """
    return {
        "ForAllValues:StringLike": {"dynamodb:LeadingKeys": [f"{beginning}*" for beginning in beginnings]}
    }


@dataclass(frozen=True)
class Grants:
    """The statements of every function.

    Args:
        table: ARN, as `key`, `stream`, `bus`, `events`, `events_dead`, `export_dead`, `close_dead`, `delivery` and
            `schedule_role` are.
        assets: the name of the bucket that CDK uploads to.
        sending: as whom messages may be sent.
        told, told_dead: the queue of what providers tell of messages, and its dead letters.
        sweeps: the queue that carries the daily sweep on.
        devices: whose a device is, may be asked so.
    """

    settings: Settings
    table: str
    key: str
    stream: str
    bus: str
    events: str
    events_dead: str
    export_dead: str
    close_dead: str
    delivery: str
    schedule_role: str
    assets: str
    sending: Sequence[Allow]
    told: str
    told_dead: str
    sweeps: str
    devices: Sequence[Allow]

    def route(self) -> list[Allow]:
        """Take events from the queue; change the customer; start, answer and stop executions."""
        return [
            Allow(("sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"), [self.events]),
            Allow(("sqs:SendMessage",), [self.events_dead]),
            self.key_for("sqs", "kms:Decrypt", "kms:GenerateDataKey"),
            *self.customers(),
            # Two customers become one in transactions that look at both.
            Allow(("dynamodb:ConditionCheckItem",), [self.table]),
            *self.executions(),
        ]

    def step(self) -> list[Allow]:
        """Do a step: read and write the customer, put events, sign a webhook, start another journey."""
        return [
            *self.customers(),
            *self.executions(),
            Allow(("events:PutEvents",), [self.bus]),
            *self.secret(),
        ]

    def send(self) -> list[Allow]:
        """Send a message on the workspace's channels."""
        return [
            *self.customers(),
            # A claim asks that there is none where somebody was who became this customer.
            Allow(("dynamodb:ConditionCheckItem",), [self.table]),
            *self.executions(),
            *self.secret(),
            *self.sending,
        ]

    def close(self) -> list[Allow]:
        """Close the run of an execution that failed, was aborted or timed out."""
        return [
            *self.customers(by_name=False),
            Allow(("states:DescribeExecution",), [self._named_executions], _EXECUTIONS),
            Allow(("sqs:SendMessage",), [self.close_dead]),
            self.key_for("sqs", "kms:Decrypt", "kms:GenerateDataKey"),
        ]

    def register(self) -> list[Allow]:
        """Write the registry, read counters; publish a version of each machine; ask what becomes of the stack."""
        objects = f"arn:{Aws.PARTITION}:s3:::{self.assets}/*.json"
        stack = arn("cloudformation", f"stack/{stack_name(self.settings, 'journeys')}/*")
        return [
            Allow(
                ("dynamodb:ConditionCheckItem", *READ, "dynamodb:PutItem", "dynamodb:UpdateItem"),
                [self.table],
                conditions=partitions(engine_keys.ENGINE),
            ),
            self.key_for("dynamodb", *USE_KEY),
            Allow((*NO_ROOM, "states:PublishStateMachineVersion"), [self.machines], MACHINES),
            Allow(("s3:GetObject",), [objects], "CDK names what it uploads after its content"),
            Allow(("cloudformation:DescribeStacks",), [stack], "CloudFormation adds an id to a stack's name"),
        ]

    def export(self) -> list[Allow]:
        """Read the table's stream; count; tell the bus and the bucket."""
        return [
            Allow(
                ("dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator"), [self.stream]
            ),
            Allow(("dynamodb:ListStreams",), ["*"], "ListStreams knows no resource"),
            Allow(
                ("dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem"),
                [self.table],
                conditions=partitions(engine_keys.ENGINE, engine_keys.RECORDS),
            ),
            self.key_for("dynamodb", *USE_KEY),
            Allow(("events:PutEvents",), [self.bus]),
            Allow(("firehose:PutRecordBatch",), [self.delivery]),
            Allow(("sqs:SendMessage",), [self.export_dead]),
            self.key_for("sqs", "kms:Decrypt", "kms:GenerateDataKey"),
        ]

    def links(self) -> list[Allow]:
        """Read what is signed, and tell the bus, or the queue behind it; no customer is read or written."""
        return [
            Allow(("events:PutEvents",), [self.bus]),
            *self.secret(),
            self._behind_the_bus(),
            self.key_for("sqs", "kms:Decrypt", "kms:GenerateDataKey"),
        ]

    def api(self) -> list[Allow]:
        """Ask whose a write key is, read which task an id stands for, let its run go on; enter a customer."""
        return [
            *self.customers(),
            # A call may say that two are one: that is a transaction which looks at both.
            Allow(("dynamodb:ConditionCheckItem",), [self.table]),
            *self.executions(),
            *self.secret(),
        ]

    def track(self) -> list[Allow]:
        """Ask whose a write key is, and tell the bus, or the queue behind it; no customer is read or written."""
        return [
            Allow(("dynamodb:GetItem",), [self.table], conditions=partitions(engine_keys.WRITE_KEYS)),
            self.key_for("dynamodb", *USE_KEY),
            Allow(("events:PutEvents",), [self.bus]),
            self._behind_the_bus(),
            self.key_for("sqs", "kms:Decrypt", "kms:GenerateDataKey"),
        ]

    def feedback(self) -> list[Allow]:
        """Take what providers told, find people by address or device, and tell the bus or the queue behind it."""
        return [
            Allow(("sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"), [self.told]),
            Allow(("sqs:SendMessage",), [self.told_dead]),
            self._behind_the_bus(),
            self.key_for("sqs", "kms:Decrypt", "kms:GenerateDataKey"),
            Allow(
                ("dynamodb:Query",),
                [self.table],
                conditions=partitions(*(keys.link(kind, "") for kind in FOUND_BY)),
            ),
            self.key_for("dynamodb", *USE_KEY),
            Allow(("events:PutEvents",), [self.bus]),
            *self.devices,
        ]

    def sweep(self) -> list[Allow]:
        """Go through all customers; ask each one's segments; carry the sweep on by its queue."""
        return [
            Allow(("sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"), [self.sweeps]),
            self.may_send(self.sweeps),
            self.key_for("sqs", "kms:Decrypt", "kms:GenerateDataKey"),
            *self.customers(),
            # It goes on with those of whom not all is brought over to whoever they became.
            Allow(("dynamodb:ConditionCheckItem",), [self.table]),
            Allow(("dynamodb:Query",), [f"{self.table}/index/{parts.INDEX}"]),
            Allow(("dynamodb:Scan",), [self.table]),
            *self.executions(),
        ]

    def customers(self, *, by_name: bool = True) -> list[Allow]:
        """Read and write customers, perhaps their events by name."""
        return [
            Allow((*READ, *WRITE), [self.table]),
            *([Allow(("dynamodb:Query",), [f"{self.table}/index/by_name"])] if by_name else []),
            self.key_for("dynamodb", *USE_KEY),
        ]

    def executions(self) -> list[Allow]:
        """Start, answer and stop executions, now and later."""
        return [
            Allow(("states:StartExecution",), [self.machines], MACHINES),
            Allow(("states:StopExecution",), [self._named_executions], _EXECUTIONS),
            Allow(("states:SendTaskSuccess",), ["*"], _TOKEN),
            self._schedules("CreateSchedule", "DeleteSchedule"),
            Allow(
                ("iam:PassRole",),
                [self.schedule_role],
                conditions={"StringEquals": {"iam:PassedToService": "scheduler.amazonaws.com"}},
            ),
        ]

    def stopping(self) -> list[Allow]:
        """Stop executions, running or still to start."""
        return [
            Allow(("states:StopExecution",), [self._named_executions], _EXECUTIONS),
            self._schedules("DeleteSchedule"),
        ]

    def _schedules(self, *does: str) -> Allow:
        # The embedded AWS looks for every schedule in the group "default".
        groups = [self.settings.name()] + (["default"] if self.settings.local else [])
        return Allow(
            [f"scheduler:{one}" for one in does],
            [arn("scheduler", f"schedule/{group}/*") for group in groups],
            "a schedule is named after its run",
        )

    def secret(self, *besides: str) -> list[Allow]:
        """Read the signing secret.

        Args:
            besides: what else may be done with it; then it is written.
        """
        secret = arn("secretsmanager", f"secret:sojourn-{self.settings.stage}/signing-*")
        return [
            Allow(
                ("secretsmanager:GetSecretValue", *besides),
                [secret],
                "Secrets Manager adds six letters to a name",
            ),
            self.key_for("secretsmanager", "kms:Decrypt", *(["kms:GenerateDataKey"] if besides else [])),
        ]

    def _behind_the_bus(self) -> Allow:
        return self.may_send(self.events)

    def may_send(self, queue: str) -> Allow:
        """Put messages on a queue."""
        # The embedded AWS asks for an action of the call's name; AWS knows none for a batch of messages.
        batch = ("sqs:SendMessageBatch",) if self.settings.local else ()
        return Allow(("sqs:SendMessage", *batch), [queue])

    def key_for(self, service: str, *actions: str) -> Allow:
        """Let a service use the key in the caller's name; the caller itself can do nothing with it."""
        via = {"StringEquals": {"kms:ViaService": f"{service}.{Aws.REGION}.amazonaws.com"}}
        return Allow(actions, [self.key], conditions=via)

    @property
    def machines(self) -> str:
        """The pattern of the ARNs of the stage's machines, and of their versions."""
        return arn("states", f"stateMachine:{machine_name(self.settings, '*')}")

    @property
    def _named_executions(self) -> str:
        return arn("states", f"execution:{machine_name(self.settings, '*')}:*")
