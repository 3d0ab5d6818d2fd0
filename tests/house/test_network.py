from __future__ import annotations

import socket
from contextlib import closing

import boto3
import pytest
from moto import mock_aws

from tests.no_network import NetworkRefusedError

ELSEWHERE = "192.0.2.1"  # RFC 5737: an address nobody has


def test_a_connection_to_elsewhere_is_refused() -> None:
    """A test that opens a connection to another machine fails before a packet leaves."""
    with closing(socket.socket()) as client, pytest.raises(NetworkRefusedError, match=ELSEWHERE):
        client.connect((ELSEWHERE, 443))


def test_the_other_way_to_connect_is_refused_too() -> None:
    """`connect_ex`, which reports by number instead of raising, does not get round the guard."""
    with closing(socket.socket()) as client, pytest.raises(NetworkRefusedError):
        client.connect_ex((ELSEWHERE, 443))


def test_a_datagram_to_elsewhere_is_refused() -> None:
    """A datagram needs no connection and is refused all the same."""
    with closing(socket.socket(type=socket.SOCK_DGRAM)) as client, pytest.raises(NetworkRefusedError):
        client.sendto(b"x", (ELSEWHERE, 53))


def test_a_name_is_not_looked_up() -> None:
    """Asking a name server is leaving the machine, so only loopback names resolve."""
    with pytest.raises(NetworkRefusedError, match="shop.example"):
        socket.getaddrinfo("shop.example", 443)


def test_loopback_is_open() -> None:
    """An embedded server on loopback can be reached."""
    with closing(socket.create_server(("127.0.0.1", 0))) as server:
        with closing(socket.create_connection(server.getsockname())) as client:
            peer = client.getpeername()

        assert peer == server.getsockname()


def test_boto3_without_moto_is_refused_at_once() -> None:
    """A forgotten `mock_aws` fails with the guard's own message instead of minutes of retries."""
    client = boto3.client("dynamodb")

    with pytest.raises(Exception, match="tests use fakes, moto or a server on loopback"):
        client.list_tables()


def test_moto_works_under_the_guard() -> None:
    """moto answers before a socket is opened, so the guard does not see its calls."""
    with mock_aws():
        tables = boto3.client("dynamodb").list_tables()["TableNames"]

    assert tables == []
