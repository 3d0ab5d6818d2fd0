"""Where a webhook may go: https, by a host's name, to a public address and to no other than the one looked at.

A URL may hold a customer's own words (a message's `url` is a template), and whatever it names is reached from
inside the account. So a host is looked up once, every address it has is looked at, and the connection goes to that
very address: a name that means something else a moment later gains nothing. Nothing here knows HTTP or TLS.
"""

from __future__ import annotations

import re
import socket
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from urllib.parse import quote, urlsplit

from sojourn.errors import Refused

Resolve = Callable[[str, int, float], Sequence[str]]
"""Looks a host up: its name, the port, how many seconds it may take; OSError where that fails."""
Allowed = Callable[[IPv4Address | IPv6Address], bool]

MAX_URL = 2_048
MAX_ADDRESSES = 4
"""How many of a host's addresses are tried."""
_HTTPS, _FIRST_UNPRIVILEGED = 443, 1_024
_LABEL = r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?"
_NAME = re.compile(rf"{_LABEL}(?:\.{_LABEL})*")
_DIFFER = frozenset("ßς\u200c\u200d")
"""What the old and the new standard of international names turn into different hosts."""
_NUMERIC = re.compile(r"[0-9]+|0[xX][0-9a-fA-F]*")
_SENT_AS_IS = "/?:@!$&'()*+,;=-._~%[]"

_NO_V4 = tuple(
    IPv4Network(network)
    for network in (
        "0.0.0.0/8",  # this network
        "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16",  # private
        "100.64.0.0/10",  # carrier-grade NAT
        "127.0.0.0/8",  # loopback
        "169.254.0.0/16",  # link-local: the metadata and credentials of AWS
        "192.0.0.0/24", "192.88.99.0/24", "198.18.0.0/15",  # protocol assignments, 6to4 relays, benchmarks
        "192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24",  # documentation
        "224.0.0.0/4", "240.0.0.0/4",  # multicast, reserved, broadcast
    )
)  # fmt: skip
_GLOBAL_V6 = IPv6Network("2000::/3")
"""All that IANA gave out as public; outside are loopback, private (fd00:ec2::254 of AWS), link-local, multicast,
IPv4-mapped ::ffff:0:0/96 and both NAT64 prefixes, behind which an IPv4 address hides."""
_NO_V6 = tuple(
    IPv6Network(network)
    for network in (
        "2001::/23",  # protocol assignments: Teredo, benchmarks, ORCHID
        "2001:db8::/32", "3fff::/20",  # documentation
        "2002::/16",  # 6to4, behind which an IPv4 address hides
    )
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Target:
    """What a URL says.

    Args:
        host: as the DNS and certificates have it: ASCII, in small letters, or an address.
        path: with its query, percent-encoded.
    """

    host: str
    port: int
    path: str

    @property
    def authority(self) -> str:
        """What the Host header says."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _HTTPS else f"{host}:{self.port}"


def read_url(url: str) -> Target:
    """Return what *url* says.

    Raises:
        Refused: `bad_address`, with what is wrong with it.
    """
    if len(url) > MAX_URL:
        raise Refused("bad_address", f"the URL is longer than {MAX_URL} characters")
    if any(character <= " " or character in "\x7f\\" for character in url):
        raise Refused("bad_address", "the URL has a space, a backslash or a control character in it")
    try:
        parts = urlsplit(url)
        port = _HTTPS if parts.port is None else parts.port
        host = parts.hostname or ""
        path = quote((parts.path or "/") + (f"?{parts.query}" if parts.query else ""), safe=_SENT_AS_IS)
    except ValueError as error:
        raise Refused("bad_address", f"the URL cannot be read: {error}") from None
    if parts.scheme.lower() != "https":
        raise Refused("bad_address", f'the URL begins with "{parts.scheme}", only https is called')
    if "@" in parts.netloc:
        raise Refused("bad_address", "the URL has a user or a password in it")
    if port != _HTTPS and port < _FIRST_UNPRIVILEGED:
        raise Refused(
            "bad_address",
            f"the URL names port {port}: only 443 and ports from {_FIRST_UNPRIVILEGED} are called",
        )
    return Target(_host(host), port, path)


def public(address: IPv4Address | IPv6Address) -> bool:
    """Say whether *address* is on the public internet.

    Python's `is_global` is asked too, but does not decide alone: what it says changed between its releases.
    """
    if isinstance(address, IPv4Address):
        return address.is_global and not any(address in network for network in _NO_V4)
    return (
        address.is_global
        and address.scope_id is None
        and address in _GLOBAL_V6
        and not any(address in network for network in _NO_V6)
    )


def addresses_of(target: Target, resolve: Resolve, allowed: Allowed, seconds: float) -> Sequence[str]:
    """Return the addresses of a host, all of them looked at.

    Raises:
        Refused: `private_address` where one of them may not be reached, whatever the others are.
        OSError: the host could not be looked up.
    """
    found: Sequence[str] = (target.host,)
    if not _is_address(target.host):
        found = tuple(dict.fromkeys(resolve(target.host, target.port, seconds)))
    for text in found:
        if not allowed(ip_address(text)):
            raise Refused("private_address", f"{target.host} is {text}, which is not on the public internet")
    if not found:
        raise socket.gaierror(socket.EAI_NONAME, f"{target.host} has no address")
    return found[:MAX_ADDRESSES]


def looked_up(host: str, port: int, seconds: float) -> Sequence[str]:
    """Ask the system's resolver, which knows no time limit of its own; so it is asked aside and left there.

    Raises:
        TimeoutError: no answer in *seconds*.
        OSError: the host is not known, or the resolver is not well.
    """
    found: list[str] = []
    failed: list[Exception] = []

    def ask() -> None:
        try:
            rows = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, proto=socket.IPPROTO_TCP)
        except Exception as error:  # noqa: BLE001 - it is raised again where it can be caught
            failed.append(error)
        else:
            found.extend(str(row[4][0]) for row in rows)

    asking = threading.Thread(target=ask, name="look-up", daemon=True)
    asking.start()
    asking.join(seconds)
    if asking.is_alive():
        raise TimeoutError(f"{host} was not found within {seconds:.1f} seconds")
    if failed:
        raise failed[0]
    return found


def _host(host: str) -> str:
    """Return the host as the DNS has it.

    An address must be written the usual way: 2130706433, 0x7f.1 and 127.1 are disguises.
    """
    if _is_address(host):
        return host
    name = host.rstrip(".") if host.endswith(".") and not host.endswith("..") else host
    if len(name) > 253 or _DIFFER & set(name):
        raise Refused("bad_address", f'there is no host "{name[:60]}": write its xn-- form')
    if not name.isascii():
        try:
            name = name.encode("idna").decode("ascii").lower()
        except UnicodeError:
            raise Refused("bad_address", f'"{host[:60]}" is no name of a host') from None
    if not _NAME.fullmatch(name) or _NUMERIC.fullmatch(name.rpartition(".")[2]):
        raise Refused("bad_address", f'"{host[:60]}" is no name of a host')
    return name


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True
