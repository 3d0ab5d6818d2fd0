"""The guard that keeps every test on this machine.

It sits in Python's own socket module, so moto (which answers before a socket is opened) and embedded servers
on loopback work as usual. It knows nothing of AWS.
"""

from __future__ import annotations

import socket
from ipaddress import ip_address
from typing import Any

import pytest


class NetworkRefusedError(RuntimeError):
    """A test tried to leave this machine.

    No OSError, because clients retry those, some of them for minutes.
    """


def is_loopback(host: object) -> bool:
    """Say whether *host*, a name or an address, can only mean this machine."""
    name = host.decode() if isinstance(host, bytes) else host
    if name in (None, "", "localhost"):
        return True
    try:
        address = ip_address(str(name).partition("%")[0])
    except ValueError:
        return False
    return address.is_loopback or address.is_unspecified  # a server listening on 0.0.0.0 goes nowhere


def refuse_unless_loopback(family: int, address: Any) -> None:
    """Raise NetworkRefusedError unless *address* of a socket of *family* stays on this machine."""
    if family in (socket.AF_INET, socket.AF_INET6) and not is_loopback(address[0]):
        message = f"a test tried to reach {address[0]}: tests use fakes, moto or a server on loopback"
        raise NetworkRefusedError(message)


def guard_sockets(patch: pytest.MonkeyPatch) -> None:
    """Refuse connections, datagrams and name look-ups that would leave this machine, until *patch* ends."""
    connect, connect_ex, sendto = socket.socket.connect, socket.socket.connect_ex, socket.socket.sendto
    look_up = socket.getaddrinfo

    def guarded_connect(self: socket.socket, address: Any) -> None:
        refuse_unless_loopback(self.family, address)
        connect(self, address)

    def guarded_connect_ex(self: socket.socket, address: Any) -> int:
        refuse_unless_loopback(self.family, address)
        return connect_ex(self, address)

    def guarded_sendto(self: socket.socket, data: Any, *rest: Any) -> int:
        refuse_unless_loopback(self.family, rest[-1])
        return sendto(self, data, *rest)

    def guarded_look_up(host: Any, *rest: Any, **options: Any) -> Any:
        refuse_unless_loopback(socket.AF_INET, (host,))
        return look_up(host, *rest, **options)

    patch.setattr(socket.socket, "connect", guarded_connect)
    patch.setattr(socket.socket, "connect_ex", guarded_connect_ex)
    patch.setattr(socket.socket, "sendto", guarded_sendto)
    patch.setattr(socket, "getaddrinfo", guarded_look_up)
