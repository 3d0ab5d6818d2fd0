"""What botocore's errors mean to a message that was being sent."""

from __future__ import annotations

import socket
import threading
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.exceptions import (
    ClientError,
    ConnectionClosedError,
    ConnectTimeoutError,
    EndpointConnectionError,
    HTTPClientError,
    NoCredentialsError,
    ParamValidationError,
    ProxyConnectionError,
    ReadTimeoutError,
    SSLError,
)
from botocore.parsers import ResponseParserError

from sojourn.adapters.botocore_errors import (
    Table,
    busy,
    held,
    ours,
    outcome_of,
    refused,
    send_config,
    translated,
    unknown,
)
from sojourn.errors import Refused, Throttled, UnknownOutcome
from tests.support.aws_sends import told

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

HOST = "https://provider.example"
TABLE: Table = {
    "Full": held("quota", 3600.0),
    "Full:TODAY": busy(60.0),
    "Gone": refused("opted_out", gone=True),
    "Odd": ours,
    "Later": unknown,
}


def answered(code: str, status: int = 400, **more: Any) -> ClientError:
    """Return what botocore raises for an answer of a service."""
    response = {"Error": {"Code": code, "Message": "said so"}, "ResponseMetadata": {"HTTPStatusCode": status}}
    return ClientError({**response, **more}, "Send")


def raising(error: Exception) -> Callable[[], None]:
    """Return a call that fails with *error* while a message is being sent."""

    def call() -> None:
        with translated(TABLE):
            raise error

    return call


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (answered("Full"), "held 3600 quota"),
        (answered("Full", Reason="TODAY"), "busy 60"),
        (answered("Full", Reason="OTHER"), "held 3600 quota"),
        (answered("Gone"), "refused gone opted_out"),
        (answered("Odd"), "ours ClientError"),
        (answered("Odd", 500), "ours ClientError"),
        (answered("Later"), "unknown"),
        (answered("ThrottlingException"), "busy 2"),
        (answered("SlowDown", 503), "busy 2"),
        (answered("429", 429), "busy 2"),
        (answered("AccessDeniedException", 403), "held 900 not_authorized"),
        (answered("ExpiredTokenException", 403), "held 900 bad_credentials"),
        (answered("SignatureDoesNotMatch", 403), "held 900 bad_credentials"),
        (answered("RequestEntityTooLargeException", 413), "refused too_long"),
        (answered("InternalFailure", 500), "unknown"),
        (answered("502", 502), "unknown"),
        (answered("ServiceUnavailable", 503), "unknown"),
        (answered("RequestTimeout"), "unknown"),
        (answered("ValidationException"), "ours ClientError"),
        (answered("NeverHeardOf", 418), "ours ClientError"),
    ],
)
def test_an_answer_means_what_the_table_says_and_then_what_it_means_everywhere(
    error: ClientError, expected: str
) -> None:
    """Code and reason go before the code alone, the provider's table before that of all AWS, 5xx is unknown."""
    assert expected == told(raising(error))


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (EndpointConnectionError(endpoint_url=HOST), "held 15 unreachable"),
        (ConnectTimeoutError(endpoint_url=HOST), "held 15 unreachable"),
        (ProxyConnectionError(proxy_url=HOST), "held 15 unreachable"),
        (NoCredentialsError(), "held 900 bad_credentials"),
        (ReadTimeoutError(endpoint_url=HOST), "unknown"),
        (ConnectionClosedError(endpoint_url=HOST), "unknown"),
        (SSLError(endpoint_url=HOST, error="record layer"), "unknown"),
        (HTTPClientError(error="anything"), "unknown"),
        (ResponseParserError("<html>"), "unknown"),
        (ParamValidationError(report="too short"), "ours ParamValidationError"),
        (KeyError("body"), "ours KeyError"),
    ],
)
def test_only_what_proves_that_nothing_was_sent_is_sure(error: Exception, expected: str) -> None:
    """Without a connection nothing was taken; once there was one, nobody knows; the rest is a mistake of ours."""
    assert expected == told(raising(error))


def test_the_cause_is_kept() -> None:
    """What is raised instead names botocore's error as its cause and says what the provider said."""
    error = answered("Gone", Reason="STOP")

    with pytest.raises(Refused) as raised:
        raising(error)()

    assert error is raised.value.__cause__
    assert raised.value.detail == "Gone (STOP): said so"


def test_what_is_ours_is_raised_itself() -> None:
    """A mistake of ours stays the very error that it was."""
    error = answered("Odd")

    assert error is outcome_of(error, TABLE)


@pytest.fixture
def silent() -> Iterator[int]:
    """A server on this machine that takes connections and says nothing; its port."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def client_at(port: int) -> Any:
    """Return a client for a service on this machine, with the timeouts of sends made shorter still."""
    config = send_config()
    config.read_timeout = 0.2
    return boto3.client(
        "sns", region_name="eu-central-1", endpoint_url=f"http://127.0.0.1:{port}", config=config
    )


def test_a_server_that_does_not_answer_may_have_the_message(silent: int) -> None:
    """A real client that waits in vain for an answer ends in `UnknownOutcome`, after a single attempt."""
    client, sent = client_at(silent), []
    client.meta.events.register("before-send.sns", lambda request, **_: sent.append(request.url))

    with pytest.raises(UnknownOutcome), translated({}):
        client.publish(PhoneNumber="+12025550123", Message="Hello")

    assert len(sent) == 1


def test_a_server_that_hangs_up_may_have_the_message() -> None:
    """A connection closed without an answer ends in `UnknownOutcome`."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def hang_up() -> None:
            connection, _ = server.accept()
            connection.recv(100)
            connection.close()

        thread = threading.Thread(target=hang_up)
        thread.start()
        client = client_at(server.getsockname()[1])

        with pytest.raises(UnknownOutcome), translated({}):
            client.publish(PhoneNumber="+12025550123", Message="Hello")
        thread.join()


def test_a_port_without_a_server_has_no_message() -> None:
    """A connection that is refused ends in `Throttled`: the message may be sent again without harm."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]

    with pytest.raises(Throttled, match="unreachable"), translated({}):
        client_at(port).publish(PhoneNumber="+12025550123", Message="Hello")
