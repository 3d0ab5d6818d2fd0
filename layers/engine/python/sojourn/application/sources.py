"""Who may tell of events over the tracking API, and call for more: sources, each with a write key and with rights.

A write key is random, is shown once and kept only as its hash: whoever reads the table cannot tell of anything. As it
has as many bits as its hash, the hash needs no salt and no stretching. Where it is kept is an adapter's business.
"""

from __future__ import annotations

import re
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from sojourn.errors import SojournError

EVENTS = "events"
MERGE = "merge"
CONSENTS = "consents"
TASKS = "tasks"
ENTER = "enter"
CONTACTS = "contacts"
RIGHTS: Mapping[str, str] = {
    EVENTS: "tell of events; every source may",
    MERGE: "say with `alias` that two known customers are one",
    CONSENTS: "tell of `subscribed` and `unsubscribed`",
    CONTACTS: "say how to reach customers: replace addresses, find people by them",
    TASKS: "complete, reschedule and fail people's tasks",
    ENTER: "enter customers into journeys with `on: api`",
}
"""Right -> what it lets a source do. A key in a browser is everybody's, so what harms others needs a right."""
KEY_BYTES = 32
_KEY = re.compile(r"[A-Za-z0-9_-]{43}")
NAME = re.compile(r"[a-z][a-z0-9-]{0,31}")
"""What a source may be called; it is part of its events' ids."""


class SourceError(SojournError):
    """A source cannot be added or revoked; the message says why."""


@dataclass(frozen=True, slots=True)
class Source:
    """Who tells of events: an app, a web site, a server.

    Args:
        rights: of `RIGHTS`.
        since: when it was added.
    """

    name: str
    rights: frozenset[str]
    since: datetime

    def may(self, right: str) -> bool:
        """Say whether it has a right."""
        return right in self.rights


def new_source(name: str, rights: frozenset[str], since: datetime) -> Source:
    """Return a source that may tell of events, and has *rights* besides.

    Raises:
        SourceError: its name is none, or a right is.
    """
    if not NAME.fullmatch(name):
        raise SourceError(
            f'"{name[:40]}" is no name of a source: write up to 32 small letters, digits and hyphens, a letter first'
        )
    if unknown := sorted(rights - RIGHTS.keys()):
        raise SourceError(f'there is no right "{unknown[0]}": there are {", ".join(RIGHTS)}')
    return Source(name, rights | {EVENTS}, since)


def write_key(random: bytes) -> str:
    """Return the write key that *random* bytes make, `KEY_BYTES` of them."""
    if len(random) != KEY_BYTES:
        raise ValueError(f"a write key is made of {KEY_BYTES} bytes")
    return urlsafe_b64encode(random).decode().rstrip("=")


def key_digest(key: str) -> str | None:
    """Return the hash that a write key is kept as; None for what can be none."""
    return sha256(key.encode()).hexdigest() if _KEY.fullmatch(key) else None
