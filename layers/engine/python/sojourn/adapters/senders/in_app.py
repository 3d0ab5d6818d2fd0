"""Puts messages of channel `in_app` into the customer's inbox, which is part of the table, and reads it.

A message has the send's id, so that putting it there twice leaves one. It expires (DynamoDB removes it some time
after; until then it is passed over), and it is read from the moment somebody said so. Of a customer who became another
it is the other's inbox: whoever holds the old id finds it, and what was put into the old one in the last moment is put
into the new one.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from math import ceil
from typing import Any

from botocore.exceptions import ClientError

from sojourn.adapters.botocore_errors import Table, busy, held, refused, translated
from sojourn.adapters.dynamodb import keys
from sojourn.application.ports import Clock, Outgoing
from sojourn.domain.time.durations import LONGEST, DurationError, parse_duration
from sojourn.domain.time.errors import TimeError
from sojourn.domain.time.instants import parse_instant
from sojourn.errors import Refused

KEPT = timedelta(days=30)
"""How long a message is kept that does not say itself."""

WRITING: Table = {
    **dict.fromkeys(
        (
            "ProvisionedThroughputExceededException",
            "TransactionConflictException",
            "ReplicatedWriteConflictException",
        ),
        busy(),
    ),
    "ResourceNotFoundException": held("no_table"),
    "ResourceInUseException": busy(),
    "ItemCollectionSizeLimitExceededException": refused("rejected"),
    "ValidationException": refused("rejected"),
}
"""What PutItem answers besides what all services do."""
_PRESENT = "ConditionalCheckFailedException"
_TEXTS = ("title", "body", "link", "image")


@dataclass(frozen=True, slots=True)
class InboxMessage:
    """A message in a customer's inbox.

    Args:
        id: the send's.
        link, image: empty where there is none.
        read: since when it is read; None while it is not.
    """

    id: str
    title: str
    body: str
    link: str
    image: str
    sent: datetime
    expires: datetime
    read: datetime | None
    journey: str
    step: str


class InApp:
    """The port `Sender`, for channel `in_app`, and the inbox.

    Args:
        client: `boto3.client("dynamodb")`.
        zone: whose wall clock a message's `expires` means where it says no offset: the workspace's.
    """

    def __init__(self, client: Any, table: str, clock: Clock, zone: str = "UTC") -> None:
        self._client = client
        self._table = table
        self._clock = clock
        self._zone = zone

    def send(self, outgoing: Outgoing) -> str:
        """Put the message into the inbox, unless it is there; its id there is the send's.

        Raises:
            Throttled, Refused, UnknownOutcome: see `Sender`; refused is also what expires before it is seen.
        """
        now = self._clock.now()
        send, parts = outgoing.send, outgoing.rendered.parts
        texts = {name: parts[name] for name in _TEXTS if parts.get(name)}
        about = {"journey": send.journey, "step": send.step, "sent": keys.instant(now)}
        expires = _expiry(parts.get("expires", ""), now, self._zone)
        message = {
            "data": {"S": json.dumps(texts | about, ensure_ascii=False, separators=(",", ":"))},
            "expires": {"N": str(ceil(expires.timestamp()))},
        }
        customer = send.customer
        with translated(WRITING):
            self._put(customer, send.id, message)
            # Asked after it is put: from then on, whoever becomes another takes it along.
            while into := self._became(customer):
                self._put(into, send.id, message)
                self._client.delete_item(TableName=self._table, Key=self._key(customer, send.id))
                customer = into
        return send.id

    def inbox(self, customer: str, limit: int = 100, *, unread: bool = False) -> list[InboxMessage]:
        """Return a customer's messages that have not expired, the newest first.

        Args:
            limit: how many at most.
            unread: leave out what was read.
        """
        now = self._clock.now()
        found = list(self._rows(customer))
        while not found and (into := self._became(customer)):
            customer, found = into, list(self._rows(into))
        messages = [message for message in map(_message, found) if message.expires > now]
        if unread:
            messages = [message for message in messages if message.read is None]
        messages.sort(key=lambda message: (message.sent, message.id), reverse=True)
        return messages[:limit]

    def mark_read(self, customer: str, message_id: str) -> bool:
        """Say that a message was read; a second time changes nothing.

        Returns:
            Whether there is such a message, not expired.
        """
        now = self._clock.now()
        try:
            self._client.update_item(
                TableName=self._table,
                Key=self._key(customer, message_id),
                UpdateExpression="SET read_at = if_not_exists(read_at, :now)",
                ConditionExpression="attribute_exists(pk) AND expires > :seconds",
                ExpressionAttributeValues={
                    ":now": {"S": keys.instant(now)},
                    ":seconds": {"N": str(now.timestamp())},
                },
            )
        except ClientError as error:
            if not _is(error, _PRESENT):
                raise
            into = self._became(customer)
            return bool(into) and self.mark_read(into, message_id)
        return True

    def _put(self, customer: str, message_id: str, message: Mapping[str, Any]) -> None:
        """Put a message into an inbox, unless it is there."""
        try:
            self._client.put_item(
                TableName=self._table,
                Item={**self._key(customer, message_id), **message},
                ConditionExpression="attribute_not_exists(pk)",
            )
        except ClientError as error:
            if not _is(error, _PRESENT):
                raise

    def _became(self, customer: str) -> str:
        """Return who a customer became; "" where they are who they were."""
        answer = self._client.get_item(
            TableName=self._table,
            Key={"pk": {"S": keys.customer(customer)}, "sk": {"S": keys.PROFILE}},
            ProjectionExpression=keys.MERGED_INTO,
            ConsistentRead=True,
        )
        item = answer.get("Item", {})
        return str(item[keys.MERGED_INTO]["S"]) if keys.MERGED_INTO in item else ""

    def _rows(self, customer: str) -> Iterator[Mapping[str, Any]]:
        """Read all of an inbox, strongly consistent: what was just marked as read must not come back unread."""
        pages = self._client.get_paginator("query").paginate(
            TableName=self._table,
            KeyConditionExpression="pk = :pk AND begins_with(sk, :inbox)",
            ExpressionAttributeValues={":pk": {"S": keys.customer(customer)}, ":inbox": {"S": keys.INBOX}},
            ConsistentRead=True,
        )
        for page in pages:
            yield from page["Items"]

    def _key(self, customer: str, message_id: str) -> dict[str, Any]:
        return {"pk": {"S": keys.customer(customer)}, "sk": {"S": keys.inbox(message_id)}}


def _message(row: Mapping[str, Any]) -> InboxMessage:
    data = json.loads(row["data"]["S"])
    read = row.get("read_at")
    return InboxMessage(
        id=keys.parts(row["sk"]["S"])[1],
        sent=datetime.fromisoformat(data["sent"]),
        expires=datetime.fromtimestamp(int(row["expires"]["N"]), UTC),
        read=datetime.fromisoformat(read["S"]) if read else None,
        journey=data["journey"],
        step=data["step"],
        **{name: data.get(name, "") for name in _TEXTS},
    )


def _expiry(text: str, now: datetime, zone: str) -> datetime:
    """Return when a message expires that says "7 days", "2027-01-31" (the end of that day) or an instant."""
    if not text.strip():
        return now + KEPT
    try:
        expires = now + parse_duration(text)
    except DurationError:
        expires = _expiry_date(text.strip(), zone)
    if expires <= now:
        raise Refused("rejected", f'it expires ("{text}") before it is sent')
    return min(expires, now + LONGEST)


def _expiry_date(text: str, zone: str) -> datetime:
    try:
        day_alone = len(text) == len("2027-01-31")
        return parse_instant(f"{text}T23:59:59" if day_alone else text, zone)
    except TimeError:
        hint = 'write it like "7 days", "2027-01-31" or "2027-01-31T18:00:00Z"'
        raise Refused("rejected", f'"expires" says "{text[:60]}": {hint}') from None


def _is(error: ClientError, code: str) -> bool:
    return bool(error.response.get("Error", {}).get("Code") == code)
