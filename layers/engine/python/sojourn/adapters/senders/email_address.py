"""Email addresses as SES takes them: one mailbox in ASCII, and nothing in it that would make two of it.

SES reads a list and display names out of what it is given as a recipient, so everything that could be read so is
refused here. SES knows no SMTPUTF8: what stands before the @ must be ASCII, a domain travels as punycode.
"""

from __future__ import annotations

import re
from email.header import Header
from email.utils import quote

_LOCAL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_LABEL = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?")
_NAMED = re.compile(r"\s*(?:\"((?:[^\"\\]|\\.)*)\"|([^<>\"]*?))\s*<([^<>]*)>\s*")
_ATOMS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~ -]*")
_DEVIATING = frozenset("ßς")
"""What the two standards for domain names write differently: the wrong one would lead to another domain."""
LONGEST, LONGEST_LOCAL, LONGEST_DOMAIN = 254, 64, 253


class BadAddress(ValueError):
    """The text is no address that a message can be sent to; the message says why."""


def mailbox(text: str) -> str:
    """Return the address *text* in ASCII.

    Raises:
        BadAddress: it is no single, plain address.
    """
    local, at, domain = text.rpartition("@")
    if not at:
        raise BadAddress("it has no @")
    if not local.isascii():
        raise BadAddress("what stands before the @ is not ASCII, which Amazon SES cannot send to")
    if len(local) > LONGEST_LOCAL or not _LOCAL.fullmatch(local):
        raise BadAddress("what stands before the @ is not a plain name")
    address = f"{local}@{_ascii(domain)}"
    if len(address) > LONGEST:
        raise BadAddress(f"it has more than {LONGEST} characters")
    return address


def named_mailbox(text: str) -> str:
    """Return what stands in a From: an address, or `Name <address>`; the name is encoded where it has to be.

    Raises:
        BadAddress: it is neither.
    """
    match = _NAMED.fullmatch(text)
    if match is None:
        return mailbox(text.strip())
    quoted, bare, address = match.groups()
    name = re.sub(r"\\(.)", r"\1", quoted) if quoted is not None else bare
    if not name:
        return mailbox(address)
    return f"{_phrase(name)} <{mailbox(address)}>"


def address_in(text: str) -> str:
    """Return the address alone of what `named_mailbox` made."""
    return text.rpartition("<")[2].rstrip(">")


def _phrase(name: str) -> str:
    if not name.isprintable():
        raise BadAddress("the name has characters that cannot be shown")
    if not name.isascii():
        return Header(name, "utf-8").encode(linesep="")
    return name if _ATOMS.fullmatch(name) else f'"{quote(name)}"'


def _ascii(domain: str) -> str:
    if not domain.isascii():
        if not domain.isprintable():
            raise BadAddress("the domain has characters that cannot be seen")
        if _DEVIATING & set(domain.lower()):
            raise BadAddress(
                "the domain has a character that two standards write differently: write punycode"
            )
        try:
            domain = domain.encode("idna").decode()
        except UnicodeError:
            raise BadAddress("the domain cannot be written as punycode") from None
    labels = domain.split(".")
    if (
        len(labels) < 2
        or len(domain) > LONGEST_DOMAIN
        or not all(_LABEL.fullmatch(label) for label in labels)
        or labels[-1].isdigit()
    ):
        raise BadAddress("what stands after the @ is no domain")
    return domain
