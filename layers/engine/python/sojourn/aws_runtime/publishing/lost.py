"""Puts the messages again of operations that nobody works at, so that none stands still for a lost message.

Whatever an operation's message begins may be begun twice: each part of its work notes where it is, and whoever comes
second finds that out. It knows no table.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sojourn.adapters.dynamodb.lost_operations import LostOperations
from sojourn.application.publishing import QUEUED
from sojourn.aws_runtime.observability import count, logger
from sojourn.aws_runtime.publishing.operating import DEAD

if TYPE_CHECKING:
    from sojourn.application.publishing import Operation
    from sojourn.aws_runtime.publishing.backing import Backing


def put_again(backing: Backing) -> int:
    """Put the message of every lost operation on the queue; return how many those were.

    Raises:
        TransientError: the table or the queue does not answer; what was claimed by then is found later.
    """
    lost_operations = LostOperations(backing.dynamodb, backing.table)
    now, put = backing.now(), 0
    for lost in lost_operations.find(now):
        operation = lost.operation
        if _is_dead(operation) or not lost_operations.claim(lost, now):
            continue
        # Where somebody said that it goes on anew, the lost message said so; where it never began, this says nothing.
        anew = {"resume": True} if operation.state == QUEUED else {}
        backing.put({"operation": operation.id, **anew}, 0.0)
        count("OperationsPutAgain", kind=operation.kind)
        logger.warning("operation put again", operation=operation.id, kind=operation.kind)
        put += 1
    return put


def _is_dead(operation: Operation) -> bool:
    """Say whether its message is not lost but waits among the dead letters, until somebody mended what is wrong."""
    return any(failure["what"] == DEAD for failure in operation.failures)
