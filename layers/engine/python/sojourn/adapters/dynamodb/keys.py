"""The grammar of the keys of customers' rows: nobody else writes or reads one. The rest is in `engine_keys`.

    partition                  sort key                     row
    C#<customer>               A#profile                    who the customer is, and the revision of the hot rows
                               A#unfinished                 what an event does that one commit did not take
                               A#run#<journey>#<key>        a run: the current one of its key, or the last
                               A#wait#<run>#<step>          a waiter
                               E#<event>                    an event; index `by_name`: <name>#<received>#<event>
                               S#<send>                     a send
                               H#<at>#<revision>            the ledger: what happened in one commit
                               H#<at>#<revision>#<customer> what happened to somebody who became this customer
                               B#<message>                  a message in the in-app inbox
                               M#<customer>                 somebody who became this customer
                               Q#<event>                    an event in quarantine
    I#<kind>#<hash>            C#<customer>                 who has an address, since when

A profile, and a run that goes on, also have `part`: see `parts`.

Parts are what people and other systems call things, so `#` and `%` in them are written `%23` and `%25`. Instants
have all their digits, so that they sort. It knows no rows and no DynamoDB.
"""  # fmt: skip

from __future__ import annotations

from datetime import UTC, datetime
from hashlib import sha256

INDEX = "by_name"
"""The index of a customer's events by name and arrival, and the attribute it sorts by."""

HOT = "A#"
"""What the sort keys of a customer's hot rows begin with: they are read by one query."""
RUNS = "A#run#"
WAITS = "A#wait#"
EVENTS = "E#"
SENDS = "S#"
LEDGER = "H#"
INBOX = "B#"
QUARANTINE = "Q#"
MERGED = "M#"
MOVED = "moved"
"""The attribute of a row that was another customer's: where it was first; who reads the stream was told it there."""
MERGED_INTO = "merged_into"
"""The attribute of the profile of somebody who became another; `MERGING_INTO` while that is going on."""
MERGING_INTO = "merging_into"

LINKS = "I#"
"""What the partitions begin with of those who have an address."""

PROFILE = "A#profile"
UNFINISHED = "A#unfinished"

_KINDS = {
    PROFILE: "profile", RUNS: "runs", WAITS: "waiters", EVENTS: "events", SENDS: "sends", LEDGER: "ledger",
    INBOX: "inbox", QUARANTINE: "quarantined", MERGED: "merged",
}  # fmt: skip
_REVISION_DIGITS = 16
_LONGEST_END = 900
"""Bytes; DynamoDB takes 1,024 in a sort key, an instant before it among them."""


def escaped(part: str) -> str:
    """Return a part as it stands in a key."""
    return part.replace("%", "%25").replace("#", "%23")


def unescaped(text: str) -> str:
    """Return the part that stands so in a key."""
    return text.replace("%23", "#").replace("%25", "%")


def joined(*parts: str) -> str:
    """Return a key, or the end of one, of these parts."""
    return "#".join(map(escaped, parts))


def short(end: str) -> str:
    """Return the end of a key that nobody reads back, or what stands for it where it is too long for a sort key."""
    text = end.encode("utf-8", "surrogatepass")
    return end if len(text) <= _LONGEST_END else "sha256:" + sha256(text).hexdigest()


def parts(key: str) -> tuple[str, ...]:
    """Return the parts of a key, those that say what it is of included: `("A", "run", "welcome", "")`."""
    return tuple(map(unescaped, key.split("#")))


def instant(at: datetime) -> str:
    """Return an instant with all its digits, in UTC: texts of instants sort as the instants do.

    Raises:
        ValueError: *at* is naive, which is a bug of ours.
    """
    if at.tzinfo is None:
        raise ValueError(f"{at} has no zone")
    return f"{at.astimezone(UTC).replace(tzinfo=None).isoformat(timespec='microseconds')}Z"


def customer(customer_id: str) -> str:
    """Return the partition of everything about a customer."""
    return "C#" + escaped(customer_id)


def run(journey: str, key: str) -> str:
    """Return the sort key of the current run of a journey and key."""
    return RUNS + joined(journey, key)


def wait(run_id: str, step: str) -> str:
    """Return the sort key of a waiter."""
    return WAITS + joined(run_id, step)


def event(event_id: str) -> str:
    """Return the sort key of an event."""
    return EVENTS + escaped(event_id)


def send(send_id: str) -> str:
    """Return the sort key of a send."""
    return SENDS + escaped(send_id)


def ledger(at: datetime, revision: int) -> str:
    """Return the sort key of what happened in one commit."""
    return f"{LEDGER}{instant(at)}#{revision:0{_REVISION_DIGITS}d}"


def ledger_moved(sort_key: str, customer_id: str) -> str:
    """Return the sort key of a row of the ledger of somebody who became another: it says whose it was."""
    return sort_key if len(parts(sort_key)) > 3 else f"{sort_key}#{escaped(customer_id)}"


def ledger_first(sort_key: str) -> str:
    """Return the sort key that a row of the ledger had before it was brought to another customer."""
    return "#".join(sort_key.split("#")[:3])


def merged(customer_id: str) -> str:
    """Return the sort key that remembers who became this customer."""
    return MERGED + escaped(customer_id)


def link(kind_: str, digest: str) -> str:
    """Return the partition of those who have an address.

    Args:
        digest: see `sojourn.domain.customer.identity.key_hash`.
    """
    return f"{LINKS}{kind_}#{digest}"


def linked(sort_key: str) -> str:
    """Return the customer that a row of such a partition names; its sort key is the customer's partition."""
    return parts(sort_key)[1]


def inbox(message_id: str) -> str:
    """Return the sort key of a message in a customer's inbox."""
    return INBOX + escaped(message_id)


def quarantined(event_id: str) -> str:
    """Return the sort key of an event in quarantine."""
    return QUARANTINE + short(escaped(event_id))


def kind(sort_key: str) -> str:
    """Return what a row in a customer's partition is: `profile`, `runs`, `waiters`, … or `other`."""
    return next((name for prefix, name in _KINDS.items() if sort_key.startswith(prefix)), "other")


def by_name(name: str, received: datetime, event_id: str) -> str:
    """Return where an event stands in the index."""
    return f"{escaped(name)}#{instant(received)}#{escaped(event_id)}"


def by_name_between(name: str, since: datetime | None) -> tuple[str, str]:
    """Return the bounds in the index of the events of one name, received at *since* or later."""
    begins = f"{escaped(name)}#"
    # Instants begin with a digit, and "~" comes after every digit.
    return begins + (instant(since) if since is not None else ""), begins + "~"
