"""The function `audience`, as its machine calls it: a batch enters, is counted, and the audience comes to its end."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import boto3
import pytest

from sojourn.adapters.dynamodb import keys
from sojourn.adapters.dynamodb.audience_rows import Part, Strand
from sojourn.adapters.dynamodb.audiences import DynamoAudiences
from sojourn.adapters.dynamodb.operations import Operations
from sojourn.application.audience import Audience, Tally
from sojourn.application.publishing import DONE, Operation
from tests.support.aws_table import REGION
from tests.support.deployed import Deployed, deployment, loaded
from tests.support.workspaces import project

JOURNEY = "enter: {audience: spring.csv}\nsteps: [{exit: greeted}]"
BUCKET = "sojourn-uploads"
ID = "20260302T120000000Z-abcdef"


@dataclass
class Context:
    """What Lambda tells a function of its invocation."""

    aws_request_id: str = "request-1"

    def get_remaining_time_in_millis(self) -> int:
        return 100_000


@pytest.fixture
def aws() -> Iterator[Deployed]:
    """One deployment with a journey for an audience, and the bucket of uploads."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SOJOURN_UPLOADS_BUCKET", BUCKET)
        with deployment(project({"spring": JOURNEY})) as deployed:
            boto3.client("s3", region_name=REGION).create_bucket(Bucket=BUCKET)
            deployed.handlers["audience"] = loaded("audience")
            yield deployed


def test_a_batch_enters_its_customers_and_the_operation_ends(aws: Deployed) -> None:
    """By the clients and rows that a deployment has; a batch that comes again changes nothing."""
    client = boto3.client("dynamodb", region_name=REGION)
    audiences, operations = DynamoAudiences(client, aws.table), Operations(client, aws.table)
    operations.create(Operation(ID, "audience", "kim", datetime(2026, 3, 2, 12, tzinfo=UTC), "spring"))
    operations.begin(ID)
    audiences.create(
        Audience("spring", "march", ID), {"kind": "file", "format": "csv", "concurrency": 3}, ["file"]
    )
    part = Part("file-00000", f"audiences/{ID}/rows/file-00000.jsonl", 1)
    audiences.move(ID, "file", Strand(), {}, [part], Tally(), 3, end=True)
    rows = [[2, {"customer": "c-1"}], [3, {}], [4, {"customer": "c-2", "entry": {"n": 1}}]]
    batch = {"operation": ID, "part": part.name, "batch": [0, rows]}

    def call(event: dict[str, Any]) -> Any:
        return aws.handlers["audience"].lambda_handler(event, Context())

    work = call({"operation": ID, "attempt": 1, "done": {}})
    answers = [call(batch), call(batch)]
    over = call({"operation": ID, "attempt": 1, "done": {"part": part.name, "well": True}})

    run = client.get_item(
        TableName=aws.table, Key={"pk": {"S": keys.customer("c-2")}, "sk": {"S": keys.run("spring", "")}}
    )  # fmt: skip
    operation = operations.get(ID)
    assert work == {
        "do": "rows", "part": part.name, "bucket": BUCKET, "key": part.key, "concurrency": 3, "round": 1,
    }  # fmt: skip
    assert (answers, over) == ([{}, {}], {"do": "over", "round": 1})
    assert "Item" in run
    assert operation is not None
    assert (operation.state, operation.done, operation.total, operation.failed) == (DONE, 3, 3, 1)
    assert operation.result["counts"] == {"entered": 2, "failed": 1}
