"""What botocore's errors mean to a message that was being sent: not taken, never to be taken, or nobody knows.

A provider takes no idempotency token, so this must err on the safe side: only an error that proves the message was
not taken becomes `Throttled` or `Refused`. Each sender brings a table for what its provider says; what all of AWS
says alike, and what the network does, stands here. It knows no channel.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import NamedTuple

from botocore.config import Config
from botocore.exceptions import (
    ClientError,
    ConnectionError,  # noqa: A004 - botocore's own, which is no OSError
    ConnectTimeoutError,
    CredentialRetrievalError,
    EndpointConnectionError,
    HTTPClientError,
    IncompleteReadError,
    NoCredentialsError,
    PartialCredentialsError,
    ProxyConnectionError,
    TokenRetrievalError,
)
from botocore.parsers import ResponseParserError

from sojourn.errors import Refused, Throttled, UnknownOutcome

HELD = 900.0
"""How long in seconds a send is put off that needs an operator: nothing is lost, and it goes on once he acted."""
BUSY = 2.0
"""How long in seconds a send is put off whose provider is busy and does not say how long."""
UNREACHABLE = 15.0
"""How long in seconds a send is put off whose provider could not be reached at all."""


class Said(NamedTuple):
    """What a provider answered.

    Args:
        reason: what some services add to an error's code.
        fields: the fields of the request that it complains about, where it names them.
    """

    code: str
    reason: str = ""
    message: str = ""
    status: int = 400
    fields: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The answer in one line, for the ledger."""
        name = f"{self.code} ({self.reason})" if self.reason else self.code
        return f"{name}: {self.message}" if self.message else name


Meaning = Callable[[Said], Exception | None]
"""What an answer means: the exception to raise, or None for botocore's own, which is a mistake of ours."""
Table = Mapping[str, Meaning]
"""Meanings by code, or by `code:REASON` where the reason decides; the finer one counts."""


def busy(seconds: float = BUSY) -> Meaning:
    """Not taken; may be, in so many seconds."""
    return lambda said: Throttled(said.text, seconds)


def held(reason: str, seconds: float = HELD) -> Meaning:
    """Not taken, nor will be before an operator acts; *reason* is the first word of what the ledger tells."""
    return lambda said: Throttled(f"{reason}: {said.text}", seconds)


def refused(reason: str, *, gone: bool = False) -> Meaning:
    """Never to be taken: a reason that `Refused` knows; *gone* where the address must not be used again."""
    return lambda said: Refused(reason, said.text, gone=gone)


def unknown(said: Said) -> Exception:
    """Nobody knows."""
    return UnknownOutcome(said.text)


def ours(_said: Said) -> Exception | None:
    """A mistake of ours that time does not mend: the run fails with botocore's error as its cause."""
    return None


_NOT_CONNECTED = (EndpointConnectionError, ConnectTimeoutError, ProxyConnectionError)
"""No connection was made, so that no byte of the message can have arrived."""
_NO_CREDENTIALS = (
    NoCredentialsError,
    PartialCredentialsError,
    CredentialRetrievalError,
    TokenRetrievalError,
)
_CUT_OFF = (HTTPClientError, ConnectionError, IncompleteReadError, ResponseParserError)
"""Something went wrong after the connection was made, an unreadable answer included."""

EVERYWHERE: Table = {
    **dict.fromkeys(
        (
            "Throttling", "ThrottlingException", "ThrottledException", "Throttled", "RequestThrottled",
            "RequestThrottledException", "TooManyRequestsException", "RequestLimitExceeded", "SlowDown",
            "BandwidthLimitExceeded", "PriorRequestNotComplete",
        ),
        busy(),
    ),
    **dict.fromkeys(
        (
            "AccessDenied", "AccessDeniedException", "AuthorizationError", "AuthFailure", "OptInRequired",
            "NotAuthorized", "UnauthorizedOperation",
        ),
        held("not_authorized"),
    ),
    **dict.fromkeys(
        (
            "ExpiredToken", "ExpiredTokenException", "InvalidClientTokenId", "UnrecognizedClientException",
            "MissingAuthenticationToken", "MissingAuthenticationTokenException", "IncompleteSignature",
            "IncompleteSignatureException", "InvalidSignatureException", "SignatureDoesNotMatch", "RequestExpired",
            "RequestTimeTooSkewed", "InvalidSecurity",
        ),
        held("bad_credentials"),
    ),
    **dict.fromkeys(
        (
            "InternalFailure", "InternalError", "InternalServerError", "InternalServerException",
            "ServiceUnavailable", "ServiceUnavailableException", "RequestTimeout", "RequestTimeoutException",
            "RequestAbortedException",
        ),
        unknown,
    ),
    "RequestEntityTooLargeException": refused("too_long"),
}  # fmt: skip
"""What services answer alike. Whoever is not allowed to send waits for an operator: a role that lacks a permission
would otherwise end every run that comes by, and none of their messages went out."""


def outcome_of(error: Exception, table: Table) -> Exception:
    """Return what to raise for *error*, which a call that sends a message raised.

    Args:
        table: what this provider's codes mean; it goes before `EVERYWHERE`.

    Returns:
        `Throttled`, `Refused` or `UnknownOutcome`; *error* itself where it is a mistake of ours.
    """
    if isinstance(error, ClientError):
        return _meaning(_said(error), table) or error
    if isinstance(error, _NOT_CONNECTED):
        return Throttled(f"unreachable: {error}", UNREACHABLE)
    if isinstance(error, _NO_CREDENTIALS):
        return Throttled(f"bad_credentials: {error}", HELD)
    if isinstance(error, _CUT_OFF):
        return UnknownOutcome(f"{type(error).__name__}: {error}")
    return error


@contextmanager
def translated(table: Table) -> Iterator[None]:
    """Around a call that sends a message: raise what its error means, with the error as the cause."""
    try:
        yield
    except Exception as error:
        # Everything is looked at, and whatever means nothing here goes on as it came.
        outcome = outcome_of(error, table)
        if outcome is error:
            raise
        raise outcome from error


def send_config() -> Config:
    """Return the settings of a client that sends: botocore repeats nothing, as a repeated message may arrive twice.

    The timeouts are in seconds and leave a function the time to write down what came of it.
    """
    return Config(connect_timeout=3, read_timeout=10, retries={"total_max_attempts": 1}, tcp_keepalive=True)


def _said(error: ClientError) -> Said:
    answer = error.response
    told = answer.get("Error", {})
    return Said(
        code=str(told.get("Code", "")),
        reason=str(answer.get("Reason") or told.get("Reason") or ""),
        message=str(told.get("Message") or answer.get("Message") or answer.get("message") or ""),
        status=int(answer.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)),
        fields=tuple(str(field.get("Name", "")) for field in answer.get("Fields") or ()),
    )


def _meaning(said: Said, table: Table) -> Exception | None:
    for known in (table, EVERYWHERE):
        for key in (f"{said.code}:{said.reason}", said.code):
            if key in known:
                return known[key](said)
    if said.status == 429:
        return busy()(said)
    return unknown(said) if said.status >= 500 else None
