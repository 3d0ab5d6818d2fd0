"""One POST over TLS: to an address that was looked at, within one time limit, with a bounded answer.

`http.client` alone follows no redirects, keeps no cookies and asks no proxy, and it lets us hand it the connection:
made to the checked address, with the certificate checked for the host's name. Every read and write of it ends at
one deadline, so that a server that says a byte a second gains nothing. Retries are for who calls.
"""

from __future__ import annotations

import io
import socket
import ssl
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import cache
from http.client import HTTPConnection, HTTPException, HTTPResponse
from typing import Any

from sojourn.adapters.webhooks.addresses import (
    Allowed,
    Resolve,
    Target,
    addresses_of,
    looked_up,
    public,
    read_url,
)
from sojourn.errors import Refused, TransientError

MAX_ANSWER = 16_384
"""Bytes of an answer that are read: it goes into the run's state, of which there are 256 KB at most."""
_UNKNOWN_HOST = (socket.EAI_NONAME, getattr(socket, "EAI_NODATA", socket.EAI_NONAME))


class NotReached(TransientError):
    """Nobody was reached: not a byte of the request was sent."""


class NoAnswer(TransientError):
    """The request was sent, at least in part, and no answer came: nobody knows whether it was taken."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server said.

    Args:
        headers: with names in small letters.
        fault: why the body is not whole; empty where it is.
    """

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    fault: str = ""

    def retry_after(self, now: datetime) -> float | None:
        """Return in how many seconds the server wants to be asked again, if it says (RFC 9110, 10.2.3)."""
        said = self.headers.get("retry-after", "").strip()
        if said.isascii() and said.isdigit():
            return float(said[:9])
        try:
            at = parsedate_to_datetime(said)
        except (TypeError, ValueError):
            return None
        at = at if at.tzinfo else at.replace(tzinfo=UTC)
        return max(0.0, (at - now).total_seconds())


class Https:
    """Posts to other people's servers.

    Args:
        resolve: looks hosts up.
        allowed: says which addresses may be reached.
        trust: whose certificates count; by default, those that this machine trusts.
    """

    def __init__(
        self,
        resolve: Resolve = looked_up,
        allowed: Allowed = public,
        trust: ssl.SSLContext | None = None,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._resolve = resolve
        self._allowed = allowed
        self._trust = trust
        self._monotonic = monotonic

    def post(self, url: str, body: bytes, headers: Mapping[str, str], seconds: float) -> Answer:
        """Post *body* to *url*, taking *seconds* at most, and return the answer, whatever its status.

        Raises:
            Refused: the URL is none that may be called: `bad_address`, `private_address`.
            NotReached: nothing was sent.
            NoAnswer: something was sent.
        """
        target = read_url(url)
        deadline = _Deadline(self._monotonic, seconds)
        with self._connected(target, deadline) as connected:
            try:
                return _exchanged(target, _Timed(connected, deadline), body, headers)
            except (OSError, HTTPException) as error:
                raise NoAnswer(f"{target.host} did not answer: {_told(error)}") from error

    def _connected(self, target: Target, deadline: _Deadline) -> ssl.SSLSocket:
        """Connect to the first address that answers, and see the host's certificate there."""
        try:
            addresses = addresses_of(target, self._resolve, self._allowed, deadline.left())
            for tries_left in range(len(addresses), 0, -1):
                address = addresses[-tries_left]
                try:
                    return self._connected_to(target, address, deadline.left() / tries_left)
                except ssl.SSLCertVerificationError as error:
                    detail = f"{target.host} has no certificate to trust: {error.verify_message}"
                    raise Refused("bad_address", detail) from error
                except OSError:
                    if tries_left == 1:
                        raise
        except socket.gaierror as error:
            if error.errno in _UNKNOWN_HOST:
                raise Refused("bad_address", f'there is no host "{target.host}"') from error
            raise NotReached(f"{target.host} could not be looked up: {_told(error)}") from error
        except OSError as error:
            raise NotReached(f"{target.host} could not be reached: {_told(error)}") from error
        raise AssertionError

    def _connected_to(self, target: Target, address: str, seconds: float) -> ssl.SSLSocket:
        plain = socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET, socket.SOCK_STREAM)
        deadline = _Deadline(self._monotonic, seconds)
        try:
            # For connecting, and for the handshake, this is the most that all of it may take.
            plain.settimeout(deadline.left())
            plain.connect((address, target.port))
            plain.settimeout(deadline.left())
            return (self._trust or _machine_trust()).wrap_socket(plain, server_hostname=target.host)
        except BaseException:
            plain.close()
            raise


@cache
def _machine_trust() -> ssl.SSLContext:
    """Read the certificates that this machine trusts, once for a process: it takes longer than a call."""
    return ssl.create_default_context()


def _exchanged(target: Target, timed: _Timed, body: bytes, headers: Mapping[str, str]) -> Answer:
    connection = HTTPConnection(target.host, target.port)
    connection.sock = timed
    connection.request(
        "POST", target.path, body,
        {"Host": target.authority, "User-Agent": "Sojourn", "Connection": "close", **headers},
    )  # fmt: skip
    response = connection.getresponse()
    with response:
        if response.status < 200:
            raise HTTPException(f"only an interim answer came, {response.status}")
        content, fault = _content(response)
        return Answer(
            response.status, {name.lower(): value for name, value in response.getheaders()}, content, fault
        )


def _content(response: HTTPResponse) -> tuple[bytes, str]:
    """Read what is to be read of the answer; its status counts, even if the rest never comes."""
    too_long = f"it is longer than {MAX_ANSWER} bytes"
    if response.length is not None and response.length > MAX_ANSWER:
        return b"", too_long
    content = b""
    try:
        content = response.read(MAX_ANSWER + 1)
    except (OSError, HTTPException) as error:
        return b"", f"it broke off: {_told(error)}"
    if len(content) > MAX_ANSWER:
        return b"", too_long
    if response.length:
        return b"", "it broke off"
    return content, ""


def _told(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"[:200]


class _Deadline:
    """An instant by which something must be over."""

    def __init__(self, monotonic: Callable[[], float], seconds: float) -> None:
        self._monotonic = monotonic
        self._at = monotonic() + seconds

    def left(self) -> float:
        """Return how many seconds are left; TimeoutError where none are."""
        left = self._at - self._monotonic()
        if left <= 0:
            raise TimeoutError("the time for it was over")
        return left


class _Timed:
    """What `http.client` needs of a socket, with every read and write over by one deadline.

    It is closed by who made the connection: `http.client` lets go of it before the answer is read.
    """

    def __init__(self, connected: ssl.SSLSocket, deadline: _Deadline) -> None:
        self._connected = connected
        self._deadline = deadline

    def sendall(self, data: bytes) -> None:
        """Send all of *data*."""
        left = memoryview(data)
        while left:
            self._connected.settimeout(self._deadline.left())
            left = left[self._connected.send(left) :]

    def makefile(self, mode: str) -> io.BufferedReader:
        """Return a file that reads what comes."""
        return io.BufferedReader(_Reading(self._connected, self._deadline))

    def close(self) -> None:
        """Leave the connection to who made it."""


class _Reading(io.RawIOBase):
    def __init__(self, connected: ssl.SSLSocket, deadline: _Deadline) -> None:
        self._connected = connected
        self._deadline = deadline

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        self._connected.settimeout(self._deadline.left())
        return self._connected.recv_into(buffer)
