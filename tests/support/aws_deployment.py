"""A deployment as its commands find it, on moto: stacks with outputs, and the table that they name.

with aws_deployment() as deployed: ... deployed.table, deployed.client("sqs")
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

import boto3

from tests.support.aws_table import REGION, TABLE, aws_table

if TYPE_CHECKING:
    from collections.abc import Iterator

STAGE = "dev"
BUS = "sojourn-test"
GROUP = "sojourn-test"
SECRET = "sojourn-dev/signing"


@dataclass(frozen=True)
class Deployed:
    """A deployment on moto.

    Args:
        dynamodb: the client of the table.
        heard: the URL of a queue that has what was put on the bus.
    """

    dynamodb: Any
    table: str
    heard: str

    def client(self, service: str) -> Any:
        """Return the client of a service."""
        return _client(service)

    def events(self) -> list[dict[str, Any]]:
        """Take what was put on the bus, as rules deliver it, in no particular order."""
        sqs, found = self.client("sqs"), []
        while messages := sqs.receive_message(QueueUrl=self.heard, MaxNumberOfMessages=10).get("Messages"):
            for message in messages:
                found.append(json.loads(message["Body"]))
                sqs.delete_message(QueueUrl=self.heard, ReceiptHandle=message["ReceiptHandle"])
        return found


@cache
def _client(service: str) -> Any:
    """Make a client once: that takes longer than all else here, and moto answers it whenever it is on."""
    return boto3.client(
        service, region_name=REGION, aws_access_key_id="testing", aws_secret_access_key="testing"
    )  # fmt: skip


def created_stack(part: str, outputs: Mapping[str, str], stage: str = STAGE) -> None:
    """Create a stack with outputs; what it makes is a topic, as a template must make something."""
    template = {
        "Resources": {"Topic": {"Type": "AWS::SNS::Topic", "Properties": {"TopicName": f"{stage}-{part}"}}},
        "Outputs": {name: {"Value": value} for name, value in outputs.items()},
    }
    _client("cloudformation").create_stack(
        StackName=f"Sojourn-{stage}-{part}", TemplateBody=json.dumps(template)
    )


@contextmanager
def aws_deployment() -> Iterator[Deployed]:
    """Give the deployment `dev` with an empty table, a bus that a queue listens to, and the outputs of its stacks."""
    with aws_table() as (dynamodb, table):
        sqs, events = _client("sqs"), _client("events")
        heard = sqs.create_queue(QueueName="heard")["QueueUrl"]
        arn = sqs.get_queue_attributes(QueueUrl=heard, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
        events.create_event_bus(Name=BUS)
        pattern = json.dumps({"source": [{"prefix": ""}]})
        events.put_rule(Name="inbound", EventBusName=BUS, EventPattern=pattern)
        events.put_targets(Rule="inbound", EventBusName=BUS, Targets=[{"Id": "heard", "Arn": arn}])
        created_stack("data", {"TableName": TABLE})
        created_stack(
            "engine",
            {
                "BusName": BUS,
                "EventsQueueUrl": heard,
                "ScheduleGroupName": GROUP,
                "SigningSecretName": SECRET,
            },
        )
        boto3.client("secretsmanager", region_name=REGION).create_secret(Name=SECRET, SecretString="s" * 64)
        yield Deployed(dynamodb, table, heard)
