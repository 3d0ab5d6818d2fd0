"""SJ319: calls go to servers that others run."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from sojourn.domain.journey.model.steps import Call
from sojourn.domain.journey.rules.rule import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sojourn.domain.findings import Finding
    from sojourn.domain.journey.rules.context import Context


class CallAddress(Rule):
    """A call goes to an HTTPS address on the public internet.

    What:
        The address of a `call` does not begin with `https://`, holds a user name or password, or names a machine by
        its IP address or by a name that only its own network knows.
    Why:
        What is sent is about customers, so nobody on the way may read it. An address inside the network would let
        whoever writes journeys reach machines that are nobody's business outside.
    Instead of:
        steps:
          - {id: voucher, call: "http://api.acme.example/vouchers"}
    Write:
        steps:
          - {id: voucher, call: "https://api.acme.example/vouchers"}
    """

    code = "SJ319"
    name = "call-address"

    def check(self, context: Context) -> Iterator[Finding]:
        """Read the address of every call."""
        for view in context.journeys.values():
            for node in view.steps_of(Call):
                if isinstance(node.step, Call) and (wrong := _objection(node.step.call)):
                    yield self.finding(wrong[0], view.file, node.step.place("call"), wrong[1])


def _objection(address: str) -> tuple[str, str] | None:
    """Return what is wrong with *address* and what to do; None where it may be called."""
    shown = f'"{address[:60]}"'
    found = _ADDRESS.fullmatch(address)
    if found is None:
        return f"{shown} is no HTTPS address", f'write it like "{_EXAMPLE}"'
    host = found["host"].lower()
    if found["user"] is not None:
        return (
            f"{shown} holds a user name",
            "leave it away: calls are signed, and their receiver checks the signature",
        )
    if host.startswith("[") or _NUMERIC.search(host):
        return f'"{host[:60]}" is an IP address', "write the name of the server"
    if "." not in host or host.endswith(_INSIDE):
        return f'"{host[:60]}" is known only inside a network', f'write a public name, as in "{_EXAMPLE}"'
    if not _NAME.fullmatch(host):
        return (
            f'"{host[:60]}" cannot be the name of a server',
            "write letters, digits, - and dots; what has other letters begins with xn--",
        )
    if int(found["port"] or 443) not in range(1, 65_536):
        return f"there is no port {found['port']}", "leave it away, or write 443"
    return None


_EXAMPLE: Final = "https://api.acme.example/vouchers"
# Stricter than RFC 3986, on which clients and proxies differ: no blanks, control characters or backslashes.
_ADDRESS: Final = re.compile(
    r"https://(?:(?P<user>[^/?#\\\s]*)@)?(?P<host>\[[^\]\s]*\]|[^/?#:@\[\]\\\s]+)(?::(?P<port>[0-9]{1,5}))?"
    r"(?:[/?#][^\\\s\x00-\x1f\x7f]*)?",
    re.IGNORECASE,
)
_NUMERIC: Final = re.compile(r"(?:^|\.)(?:[0-9]+|0x[0-9a-f]*)\.?$")
"""A last label that is a number makes the whole an IPv4 address, however it is written
(https://url.spec.whatwg.org/#ends-in-a-number-checker)."""
_INSIDE: Final = (".localhost", ".local", ".internal", ".")
_LABEL: Final = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_NAME: Final = re.compile(rf"(?=.{{4,253}}$){_LABEL}(?:\.{_LABEL})+")
