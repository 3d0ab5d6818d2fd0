"""Tells what is worth trying again from what is not, for calls to AWS that may be repeated without harm.

A call that sends a message is no such call: see `botocore_errors`. It knows no service.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from botocore.exceptions import ClientError, ConnectionError, HTTPClientError  # noqa: A004 - no OSError

from sojourn.errors import NotAllowed, TransientError

PASSING = frozenset(
    (
        "ExecutionLimitExceeded", "InternalError", "InternalException", "InternalFailure", "InternalServerException",
        "InternalServiceError", "KmsThrottled", "KmsThrottlingException", "LimitExceededException",
        "ProvisionedThroughputExceededException", "RequestLimitExceeded", "RequestThrottled", "RequestTimeout",
        "ServiceQuotaExceededException", "ServiceUnavailable", "SlowDown", "Throttling", "ThrottlingException",
        "TooManyRequestsException",
    )
)  # fmt: skip
"""What AWS says when it is busy, ill or full."""
SPREADING = frozenset(("AccessDenied", "AccessDeniedException"))
"""What a permission causes that is new: IAM takes seconds to tell everybody. One that is missing fails in the end."""


def code_of(error: ClientError) -> str:
    """Return the code of an error that AWS answered."""
    return str(error.response.get("Error", {}).get("Code", ""))


def is_transient(error: Exception) -> bool:
    """Say whether a call that failed so is worth trying again in a moment."""
    if isinstance(error, ClientError):
        status = int(error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))
        return code_of(error) in PASSING | SPREADING or status >= 500
    return isinstance(error, ConnectionError | HTTPClientError)


@contextmanager
def trying_again(what: str) -> Iterator[None]:
    """Around a call that may be repeated: raise TransientError where that is worth while.

    Args:
        what: what was called, for the message; the error's own text may hold what customers said.

    Raises:
        NotAllowed: a permission is missing, or new.
    """
    try:
        yield
    except Exception as error:
        if not is_transient(error):
            raise
        name = code_of(error) if isinstance(error, ClientError) else type(error).__name__
        raise (NotAllowed if name in SPREADING else TransientError)(f"{what}: {name}") from error
