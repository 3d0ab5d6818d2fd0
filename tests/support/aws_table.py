"""Sojourn's table as tests make it on moto: the same keys, index, stream and expiry that `infra/` deploys.

with aws_table() as (client, table): ...
"""

from __future__ import annotations

import json
from contextlib import contextmanager
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING, Any

import boto3
from botocore.config import Config
from moto import mock_aws

from sojourn.domain.ledger import Happening

if TYPE_CHECKING:
    from collections.abc import Iterator

TABLE = "sojourn-test"
REGION = "us-east-1"


def created_table(client: Any, name: str = TABLE) -> str:
    """Create the table with a `boto3.client("dynamodb")` and return its name."""
    client.create_table(
        TableName=name,
        BillingMode="PAY_PER_REQUEST",
        KeySchema=[
            {"AttributeName": "pk", "KeyType": "HASH"},
            {"AttributeName": "sk", "KeyType": "RANGE"},
        ],
        AttributeDefinitions=[
            {"AttributeName": attribute, "AttributeType": "S"}
            for attribute in ("pk", "sk", "by_name", "part")
        ],
        GlobalSecondaryIndexes=[
            {
                "IndexName": "by_part",
                "KeySchema": [
                    {"AttributeName": "part", "KeyType": "HASH"},
                    {"AttributeName": "pk", "KeyType": "RANGE"},
                ],
                "Projection": {"ProjectionType": "KEYS_ONLY"},
            }
        ],
        LocalSecondaryIndexes=[
            {
                "IndexName": "by_name",
                "KeySchema": [
                    {"AttributeName": "pk", "KeyType": "HASH"},
                    {"AttributeName": "by_name", "KeyType": "RANGE"},
                ],
                "Projection": {"ProjectionType": "ALL"},
            }
        ],
        StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"},
    )
    client.update_time_to_live(
        TableName=name, TimeToLiveSpecification={"Enabled": True, "AttributeName": "expires"}
    )
    return name


@contextmanager
def aws_table(name: str = TABLE, attempts: int = 3) -> Iterator[tuple[Any, str]]:
    """Give a DynamoDB client on moto, and the name of an empty table there, which is gone afterwards.

    Args:
        attempts: how often botocore tries a call, the first time included.
    """
    client = _client(attempts)
    with mock_aws():
        yield client, created_table(client, name)


@cache
def _client(attempts: int) -> Any:
    """Make a client once: that takes longer than all else here, and moto answers it whenever it is on."""
    config = Config(retries={"total_max_attempts": attempts, "mode": "standard"})
    return boto3.client(
        "dynamodb", region_name=REGION, config=config, aws_access_key_id="testing", aws_secret_access_key="testing"
    )  # fmt: skip


def items(client: Any, table: str, sort_key: str = "") -> list[dict[str, Any]]:
    """Return all items whose sort key begins so, in the order of their keys."""
    found = [
        item
        for page in client.get_paginator("scan").paginate(TableName=table)
        for item in page["Items"]
        if item["sk"]["S"].startswith(sort_key)
    ]
    return sorted(found, key=lambda item: (item["pk"]["S"], item["sk"]["S"]))


def told(client: Any, table: str) -> list[Happening]:
    """Return what happened, as the table's ledger says."""
    return [
        Happening(**{**one, "at": datetime.fromisoformat(one["at"]), "customer": row["customer"]})
        for row in (json.loads(item["data"]["S"]) for item in items(client, table, "H#"))
        for one in row["happened"]
    ]
