"""What is written together or not at all, though several know of it: a change, its entry in the history, and the work.

Each of them gives its actions for one transaction, bound to what it read. Where somebody else was first, nothing is
written, and whoever began reads anew and tries again: after a moment that differs from everybody else's, so that of
many who come at once each has its turn. It knows no rows.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeVar

from botocore.exceptions import ClientError

from sojourn.adapters.dynamodb.failures import (
    FAILED_CONDITION,
    OVERTAKEN,
    SECONDS,
    THROTTLED,
    code,
    reading,
    reasons_of,
)
from sojourn.errors import Conflict, Throttled

if TYPE_CHECKING:
    from sojourn.adapters.dynamodb.rows import Item

Action = dict[str, Any]
"""One action of a transaction, in the form of DynamoDB's API."""
ATTEMPTS = 14
PAUSE, LONGEST = 0.02, 1.0
"""Seconds: after the n-th attempt up to `PAUSE` times two to the power of n pass, never more than `LONGEST`."""
Done = TypeVar("Done")


class Refused(Exception):
    """What was to be written with something else could not be: it is not as its condition says. Nothing is written."""


def put_once(table: str, item: Item) -> Action:
    """Return what puts a row, where there is none of its key."""
    condition = "attribute_not_exists(pk)"
    return {"Put": {"TableName": table, "Item": item, "ConditionExpression": condition}}


def put_new(client: Any, table: str, item: Item) -> bool:
    """Put a row by itself that is always the same, if there is none; say whether there was none."""
    with reading():
        try:
            client.put_item(**put_once(table, item)["Put"])
        except ClientError as error:
            if code(error) != "ConditionalCheckFailedException":
                raise
            return False
    return True


def patiently(once: Callable[[], Done], pause: Callable[[float], None]) -> Done:
    """Do something, and again where somebody else was in the way.

    Args:
        pause: waits so many seconds.

    Raises:
        Conflict: others were in the way each time; it may be tried again.
    """
    for attempt in range(ATTEMPTS):
        try:
            return once()
        except Conflict:
            if attempt == ATTEMPTS - 1:
                raise
        pause(random.uniform(0, min(LONGEST, PAUSE * 2**attempt)))
    raise AssertionError("the last attempt returns or raises")


@contextmanager
def unless_overtaken(said: str, bound: int | None = None) -> Iterator[None]:
    """Around a write that is bound to what was read.

    Args:
        said: what is in the way where it is not so any more.
        bound: so many of a transaction's actions are bound to it, the first; None for all.

    Raises:
        Conflict: somebody else wrote since, or writes now; nothing is written.
        Refused: another action's condition does not hold; nothing is written.
        TransientError: the table does not answer, or it was too much for it.
    """
    with reading():
        try:
            yield
        except ClientError as error:
            reasons = reasons_of(error)
            if OVERTAKEN.isdisjoint({code(error), *reasons}):
                if not THROTTLED.isdisjoint(reasons):
                    # A transaction has a code of its own, whatever was too much for it.
                    raise Throttled(str(error), SECONDS) from error
                raise
            if bound is not None and FAILED_CONDITION in reasons[bound:]:
                raise Refused from error
            raise Conflict(said) from error
