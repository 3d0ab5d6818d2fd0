"""The function `track` on moto as it is deployed: a table with a source, a bus, and the queue that the bus fills.

with tracked() as deployed: ... deployed.url, deployed.key, deployed.events()
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from types import ModuleType
from typing import Any
from unittest.mock import patch

import boto3
from moto import mock_aws
from moto.core import DEFAULT_ACCOUNT_ID

from infra.constructs.bus import INBOUND
from sojourn.adapters.dynamodb.sources import DynamoSources
from sojourn.application.sources import KEY_BYTES, RIGHTS, key_digest, new_source, write_key
from tests.support.aws_table import REGION, created_table
from tests.support.deployed import CONTEXT, loaded
from tests.support.tracking import serving

BUS = "sojourn-test"


@dataclass(frozen=True)
class Tracked:
    """The function, and the AWS it stands on.

    Args:
        url: of a server on loopback that stands for the HTTP API.
        key: a write key that may tell of events; `merging`, one that may do everything.
    """

    handler: ModuleType
    url: str
    key: str
    merging: str
    sources: DynamoSources
    queue: str

    def call(self, event: Any) -> Any:
        """Invoke the function as Lambda would: what comes and goes is JSON."""
        return json.loads(json.dumps(self.handler.lambda_handler(json.loads(json.dumps(event)), CONTEXT)))

    def events(self) -> list[dict[str, Any]]:
        """Take what is on the queue behind the bus, in no particular order."""
        sqs, found = boto3.client("sqs", region_name=REGION), []
        while messages := sqs.receive_message(QueueUrl=self.queue, MaxNumberOfMessages=10).get("Messages"):
            for message in messages:
                found.append(json.loads(message["Body"]))
                sqs.delete_message(QueueUrl=self.queue, ReceiptHandle=message["ReceiptHandle"])
        return found


@contextmanager
def tracked() -> Iterator[Tracked]:
    """Deploy the function, for as long as the block lasts."""
    with ExitStack() as stack:
        # A client in the same process asks the server on loopback, and that one is none of AWS's.
        stack.enter_context(mock_aws(config={"core": {"passthrough": {"urls": [r"http://127\.0\.0\.1:.*"]}}}))
        credentials = {"AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": "testing"}
        stack.enter_context(patch.dict(os.environ, {**credentials, "AWS_DEFAULT_REGION": REGION}))
        dynamodb, sqs, events = (
            boto3.client(name, region_name=REGION) for name in ("dynamodb", "sqs", "events")
        )
        queue = sqs.create_queue(QueueName="events")["QueueUrl"]
        events.create_event_bus(Name=BUS)
        events.put_rule(Name="inbound", EventBusName=BUS, EventPattern=json.dumps(INBOUND))
        arn = f"arn:aws:sqs:{REGION}:{DEFAULT_ACCOUNT_ID}:events"
        events.put_targets(Rule="inbound", EventBusName=BUS, Targets=[{"Id": "events", "Arn": arn}])
        sources = DynamoSources(dynamodb, created_table(dynamodb))
        now = datetime(2026, 3, 6, tzinfo=UTC)
        key, merging = (write_key(bytes([number]) * KEY_BYTES) for number in (1, 2))
        sources.add(new_source("web", frozenset(), now), str(key_digest(key)))
        sources.add(new_source("crm", frozenset(RIGHTS), now), str(key_digest(merging)))
        stack.enter_context(
            patch.dict(
                os.environ,
                {"SOJOURN_TABLE": "sojourn-test", "SOJOURN_BUS": BUS, "SOJOURN_EVENTS_URL": queue},
            )
        )
        handler = loaded("track")
        url = stack.enter_context(serving(lambda event: handler.lambda_handler(event, CONTEXT)))
        yield Tracked(handler, url, key, merging, sources, queue)
