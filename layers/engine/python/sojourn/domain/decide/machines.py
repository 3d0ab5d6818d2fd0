"""Tells programs from readers by what they call themselves: who opened an email, or followed one of its links.

Mail systems fetch an email's pictures and open its links before anybody reads it. The rules are data, and the same for
our own links and for what a provider reports. Most scanners call themselves browsers: those are told by being too
quick, or not at all.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from ipaddress import ip_address, ip_network
from typing import Literal

What = Literal["opened", "clicked"]

PROGRAMS: tuple[str, ...] = (
    # Crawlers, and the previews of chats. A phone of the brand Cubot is none.
    r"(?<!cu)bot\b", r"crawl", r"spider", r"slurp", r"preview", r"headless", r"phantomjs", r"externalhit",
    r"whatsapp/", r"embedly", r"vkshare", r"imageproxy", r"yahoomailproxy",
    # Libraries.
    r"\bcurl/", r"\bwget/", r"python", r"aiohttp", r"\bhttpx/", r"go-http-client", r"\bjava/", r"httpclient",
    r"libwww", r"node-fetch", r"axios/", r"guzzle",
    # Scanners that say so.
    r"ms-office", r"microsoft office", r"barracuda", r"mimecast", r"proofpoint", r"symantec", r"virustotal",
    r"urlscan", r"google-safety",
)  # fmt: skip
"""Patterns of user agents in lower case, word by word, as letters within a word mean nothing."""

AHEAD_OF_READERS: Mapping[What, tuple[str, ...]] = {
    # Apple Mail's privacy protection fetches every picture when an email arrives, and says this and no more. Gmail
    # fetches some ahead as a browser that ends with a second "Mozilla/5.0".
    "opened": (r"^mozilla/5\.0$", r"edge/12\.246 mozilla/5\.0$"),
    "clicked": (),
}
"""What looks like a reader's browser and is known to come before the reader."""

FOR_READERS: Mapping[What, tuple[str, ...]] = {
    # Gmail and Yahoo fetch a picture when the email is read, so as not to give the reader's address away; Outlook on a
    # computer is the reader's own program.
    "opened": (r"googleimageproxy", r"yahoomailproxy", r"microsoft outlook"),
    "clicked": (),
}
"""Programs that fetch because somebody reads at that moment."""

NETWORKS: Mapping[What, tuple[str, ...]] = {
    # Apple's own (ARIN, NET-17-0-0-0-1): its privacy protection fetches from there, and through partners who have
    # other customers as well, so that their networks say nothing. People at Apple read from there, too.
    "opened": ("17.0.0.0/8",),
    "clicked": (),
}
"""Where programs ask from, whatever they call themselves."""

TOO_SOON: Mapping[What, float] = {
    # Between "accepted by the provider" and "shown to a reader" lie a delivery and a person: under a few seconds it
    # was who looks at mail on its way. A click takes reading besides.
    "opened": 2.0,
    "clicked": 4.0,
}
"""Seconds after a message was claimed, right before its provider was called, within which nobody can have read it."""

LOOKED_INTO = ("email", "sms", "whatsapp")
"""The channels of which that is so: on a phone in somebody's hand a push is read as it appears."""

PROGRAM, SOON = "program", "too_soon"
"""How a program was known, as an event's `reason` has it: by what it says it is or where it is, or by the time."""

_NETWORKS = {what: tuple(ip_network(one) for one in known) for what, known in NETWORKS.items()}
_PROGRAM = re.compile("|".join(PROGRAMS))
_AHEAD = {what: re.compile("|".join(known)) for what, known in AHEAD_OF_READERS.items() if known}
_FOR = {what: re.compile("|".join(known)) for what, known in FOR_READERS.items() if known}


def is_machine(what: What, user_agent: str, address: str = "") -> bool:
    """Say whether it was likely no reader who opened an email or clicked; whoever does not say who it is is none.

    Args:
        address: the IP address that asked, where it is known.
    """
    agent = user_agent.strip().lower()
    if address and _NETWORKS[what] and _is_within(address, what):
        return True
    if not agent or (what in _AHEAD and _AHEAD[what].search(agent)):
        return True
    if what in _FOR and _FOR[what].search(agent):
        return False
    return _PROGRAM.search(agent) is not None


def is_too_soon(what: What, channel: str, seconds: float) -> bool:
    """Say whether it was no reader because of when it was.

    Args:
        seconds: since the message was claimed; below nothing where clocks differ, and far below nobody knows.
    """
    return channel in LOOKED_INTO and abs(seconds) < TOO_SOON[what]


def _is_within(address: str, what: What) -> bool:
    try:
        asked = ip_address(address.strip())
    except ValueError:
        return False
    return any(asked in network for network in _NETWORKS[what])
