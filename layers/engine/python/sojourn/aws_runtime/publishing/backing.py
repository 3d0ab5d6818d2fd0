"""What publishing stands on: the registry, the account of who did what, operations, uploads, and the queue of work."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sojourn.application.publishing import Operation, Signed, operation_id
from sojourn.aws_runtime.observability import log_raised

if TYPE_CHECKING:
    from sojourn.adapters.dynamodb.history import History
    from sojourn.adapters.dynamodb.live import Live
    from sojourn.adapters.dynamodb.operations import Operations
    from sojourn.adapters.dynamodb.registry import Registry
    from sojourn.adapters.dynamodb.together import Action

OWNER = "publish"
"""To whom journeys belong that are published while everything runs; the stack's are `cdk`'s."""
LONGEST_DELAY = 900
"""Seconds for which SQS keeps a message back at most."""
SETTLED = 15
"""Seconds after which every function has heard what the registry says; they ask it every five."""
NOT_QUEUED = {"error": "not_queued"}
"""What came of an operation that was written down and never got on the queue."""


def _word() -> str:
    return secrets.token_hex(3)


@dataclass(frozen=True, slots=True)
class Backing:
    """All of it.

    Args:
        dynamodb, table: for what only one of the callers reads.
        store, fetch: put a file into the bucket of uploads, and get it.
        put: puts a message on the queue of operations, to come after so many seconds.
        now: the present instant.
        word: six hexadecimal digits that nobody had.
    """

    dynamodb: Any
    table: str
    registry: Registry
    live: Live
    history: History
    operations: Operations
    store: Callable[[str, bytes], None]
    fetch: Callable[[str], bytes]
    put: Callable[[Mapping[str, Any], float], None]
    now: Callable[[], datetime]
    word: Callable[[], str] = field(default=_word)

    def signed(self, by: str, message: str) -> Signed:
        """Return who does something now, with an id for it."""
        at = self.now()
        return Signed(by, at, message, operation_id(at, self.word()))

    def entry(
        self, signed: Signed, did: str, journey: str = "", details: Mapping[str, Any] | None = None,
        operation: Operation | None = None, *, once: str = "",
    ) -> list[Action]:  # fmt: skip
        """Return what writes the entry of a deed, for the transaction that does it.

        Args:
            did, details: see `sojourn.application.publishing.Entry`.
            operation: what carries the deed on, if anything does: it is written with both (`queued`).
            once: the id under which it is told, if not that of the deed.
        """
        _, actions = self.history.next(
            signed.at, signed.by, did, journey, signed.message, details, once=once or signed.id
        )
        return actions + self._creating(operation)

    def tell(
        self, signed: Signed, did: str, journey: str, details: Mapping[str, Any], operation: Operation | None = None,
    ) -> None:  # fmt: skip
        """Write the entry of a deed that changes nothing by itself, with the operation; nothing where it is told.

        Raises:
            TransientError: the table does not answer; nothing was written, or both.
        """
        self.history.add(
            signed.at, signed.by, did, journey, signed.message, details, once=signed.id,
            also=self._creating(operation),
        )  # fmt: skip

    def begin_told(
        self, signed: Signed, did: str, operation: Operation, details: Mapping[str, Any]
    ) -> Operation:
        """Write an operation down with its entry, and queue it; the same again does no harm.

        Raises:
            TransientError: the table does not answer; nothing was written, or both.
        """
        self.tell(signed, did, operation.journey, {"operation": operation.id, **details}, operation)
        return self.queued(operation.id)

    def queued(self, operation_id: str, delay: float = 0.0) -> Operation:
        """Queue an operation that was written down with what it carries on, and return it.

        What was done stands, so the caller is not told to do it again: where the queue does not take the message, it
        is put there once somebody sees that nobody works at the operation (`sojourn.aws_runtime.publishing.lost`).

        Args:
            delay: seconds after which it begins.

        Raises:
            LookupError: there is none of that id.
            TransientError: the table does not answer.
        """
        operation = self.operations.get(operation_id)
        if operation is None:
            raise LookupError(f'there is no operation "{operation_id}"')
        try:
            self.put({"operation": operation_id}, delay)
        except Exception as error:  # noqa: BLE001 - whatever it is, the operation is found again
            log_raised(error, operation=operation_id)
        return operation

    def _creating(self, operation: Operation | None) -> list[Action]:
        return [] if operation is None else [self.operations.creating(operation)]

    def begin(self, kind: str, signed: Signed, asked: Mapping[str, Any], journey: str = "") -> Operation:
        """Note an operation of which nothing is done yet, and queue it; one that cannot be queued has failed.

        Args:
            signed: who asks for it; its id is the operation's.
        """
        operation = self.operations.create(
            Operation(signed.id, kind, signed.by, signed.at, journey, signed.message, asked=asked)
        )
        try:
            self.put({"operation": operation.id}, 0.0)
        except Exception:
            self.operations.finish(operation.id, "failed", NOT_QUEUED, self.now())
            raise
        return operation


def backing(dynamodb: Any, table: str, s3: Any, bucket: str, sqs: Any, queue_url: str) -> Backing:
    """Make it of clients.

    Args:
        bucket: of uploads.
        queue_url: of the queue of operations.
    """
    from sojourn.adapters.dynamodb.history import History
    from sojourn.adapters.dynamodb.live import Live
    from sojourn.adapters.dynamodb.operations import Operations
    from sojourn.adapters.dynamodb.registry import Registry
    from sojourn.aws_runtime.clock import SystemClock

    return Backing(
        dynamodb, table, Registry(dynamodb, table, OWNER), Live(dynamodb, table), History(dynamodb, table),
        Operations(dynamodb, table), Uploads(s3, bucket).store, Uploads(s3, bucket).fetch,
        QueuedWork(sqs, queue_url), SystemClock().now,
    )  # fmt: skip


class Uploads:
    """The bucket of uploads; `client` is an S3 client."""

    def __init__(self, client: Any, bucket: str) -> None:
        self._client = client
        self._bucket = bucket

    def store(self, key: str, content: bytes) -> None:
        """Put a file there; the same again does no harm.

        Raises:
            TransientError: S3 is busy or not to be reached.
        """
        from sojourn.adapters.transient_errors import trying_again

        with trying_again("PutObject"):
            self._client.put_object(Bucket=self._bucket, Key=key, Body=content)

    def fetch(self, key: str) -> bytes:
        """Return a file.

        Raises:
            TransientError: S3 is busy or not to be reached.
        """
        from sojourn.adapters.transient_errors import trying_again

        with trying_again("GetObject"):
            content: bytes = self._client.get_object(Bucket=self._bucket, Key=key)["Body"].read()
        return content


class QueuedWork:
    """The queue of operations; `client` is an SQS client."""

    def __init__(self, client: Any, queue_url: str) -> None:
        self._client = client
        self._queue_url = queue_url

    def __call__(self, message: Mapping[str, Any], delay: float = 0.0) -> None:
        """Put a message there, to come after so many seconds; after `LONGEST_DELAY` at the latest.

        Raises:
            TransientError: SQS is busy or not to be reached.
        """
        from sojourn.adapters.json_text import compact
        from sojourn.adapters.transient_errors import trying_again

        with trying_again("SendMessage"):
            self._client.send_message(
                QueueUrl=self._queue_url,
                MessageBody=compact(dict(message)),
                DelaySeconds=min(LONGEST_DELAY, round(delay)),
            )
