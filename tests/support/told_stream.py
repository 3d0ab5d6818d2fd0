"""Real stories, told into DynamoDB on moto, and the records its stream then holds, as a function is given them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import boto3
from botocore.config import Config

from sojourn.adapters.dynamodb import keys, rows
from sojourn.adapters.dynamodb.customers import DynamoCustomers
from sojourn.domain.customer.rows import Send
from sojourn.local.world import World
from tests.support.aws_table import REGION

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from sojourn.domain.customer.rows import Change, CustomerFile
    from sojourn.domain.ledger import Happening
    from sojourn.local.deployment import Deployment

Record = dict[str, Any]


class TellingCustomers(DynamoCustomers):
    """Customers in a table, who tell what happens as it is committed."""

    ledger: Callable[[Happening], None]

    def commit(self, file: CustomerFile, change: Change) -> CustomerFile:
        committed = super().commit(file, change)
        for happening in change.happened:
            self.ledger(happening)
        return committed

    def sends(self, customer: str) -> tuple[Send, ...]:
        """Return all sends of a customer, in the order they were claimed."""
        values = {":pk": {"S": keys.customer(customer)}, ":sends": {"S": keys.SENDS}}
        found = self._client.query(
            TableName=self._table,
            KeyConditionExpression="pk = :pk AND begins_with(sk, :sends)",
            ExpressionAttributeValues=values,
        )
        return tuple(sorted((rows.row(Send, item) for item in found["Items"]), key=lambda send: send.at))


class TableWorld(World):
    """A world whose customers are in a table."""

    def __init__(
        self, deployment: Deployment, start: datetime, ledger: Callable[[Happening], None], client: Any, table: str
    ) -> None:  # fmt: skip
        super().__init__(deployment, start, ledger)
        customers = TellingCustomers(client, table, self.clock)
        customers.ledger = ledger
        self.customers: Any = customers
        self.engine = replace(self.engine, customers=customers)


def records_of(table: str) -> list[Record]:
    """Return everything that a table's stream holds, in order."""
    # moto knows no endpoints by account.
    client = boto3.client("dynamodbstreams", REGION, config=Config(account_id_endpoint_mode="disabled"))
    stream = client.list_streams(TableName=table)["Streams"][0]["StreamArn"]
    shard = client.describe_stream(StreamArn=stream)["StreamDescription"]["Shards"][0]["ShardId"]
    iterator = client.get_shard_iterator(StreamArn=stream, ShardId=shard, ShardIteratorType="TRIM_HORIZON")
    position: str | None = iterator["ShardIterator"]
    found: list[Record] = []
    while position is not None:
        answer = client.get_records(ShardIterator=position)
        if not answer["Records"]:
            break
        found += answer["Records"]
        position = answer.get("NextShardIterator")
    return [_as_a_function_gets_it(record) for record in found]


def _as_a_function_gets_it(record: Record) -> Record:
    told = record["dynamodb"]
    at = told["ApproximateCreationDateTime"]
    return {**record, "dynamodb": {**told, "ApproximateCreationDateTime": at.timestamp()}}


def expired(record: Record) -> Record:
    """Return the record that DynamoDB writes when it takes a row away whose time is over."""
    return {**record, "userIdentity": {"type": "Service", "principalId": "dynamodb.amazonaws.com"}}
