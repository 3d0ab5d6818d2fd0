"""The grammar of the table's keys: nobody else writes or reads one.

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
    G#catalogue                head                         revision of the registry, policy, segments
                               journey#<journey>            a journey: the version customers enter, its triggers
    G#journey#<journey>        v#<version>                  a version: its rules and state machine
    G#trigger#<kind>#<name>    <journey>                    a journey that a trigger enters
    G#message#<digest>         content                      a compiled message
    G#pace#<channel>           bucket#<lane>                what a part of a channel's messages may go out a second
    G#sweep                    head                         where the daily sweep of segments is
                               part#<part>                  where it is in a part of the customers
    G#count                    head                         which generation of counters is read, and which is built
    G#count#<journey>          <generation>#<version>#<step> counters of a step; of the run as a whole: empty step
    G#quarantine#<day>         <received>#<customer>#<event> an event in quarantine, by when it came
    G#source#<sha256>          key                          whose a write key is, by the key's hash
    G#sources                  <name>                       a source: its rights, the hash of its key
    X#<record>                 seen                         a record of the stream that was counted

A profile also has `part`: see `parts`.

Parts are what people and other systems call things, so `#` and `%` in them are written `%23` and `%25`. Instants
have all their digits, so that they sort. It knows no rows and no DynamoDB.
"""  # fmt: skip

from __future__ import annotations

from datetime import UTC, date, datetime
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

ENGINE = "G#"
"""What the partitions begin with of which none is a customer's: what is published, paces, counters."""
RECORDS = "X#"
"""What the partitions of the stream's records begin with."""

WRITE_KEYS = "G#source#"
"""What the partitions of write keys begin with: all that whoever takes calls from anybody may read."""
SOURCES = "G#sources"
KEY = "key"

PROFILE = "A#profile"
UNFINISHED = "A#unfinished"
CATALOGUE = "G#catalogue"
COUNTS = "G#count"
"""Both the partition of the head of all counters, and what the partitions of counters begin with."""
HEAD = "head"
JOURNEYS = "journey#"
"""What the sort keys of the registered journeys begin with: a registration reads them by one query."""
SWEEP = "G#sweep"
CONTENT = "content"
SEEN = "seen"

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


def _short(end: str) -> str:
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
    return f"I#{kind_}#{digest}"


def linked(sort_key: str) -> str:
    """Return the customer that a row of such a partition names; its sort key is the customer's partition."""
    return parts(sort_key)[1]


def inbox(message_id: str) -> str:
    """Return the sort key of a message in a customer's inbox."""
    return INBOX + escaped(message_id)


def quarantined(event_id: str) -> str:
    """Return the sort key of an event in quarantine."""
    return QUARANTINE + _short(escaped(event_id))


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


def registered(journey_name: str) -> str:
    """Return the sort key of a registered journey."""
    return JOURNEYS + escaped(journey_name)


def journey(name: str) -> str:
    """Return the partition of a journey's versions."""
    return "G#journey#" + escaped(name)


def version(version_id: str) -> str:
    """Return the sort key of a journey's version."""
    return "v#" + escaped(version_id)


def trigger(trigger_kind: str, name: str) -> str:
    """Return the partition of the journeys that a trigger enters; each is a sort key, see `entered`."""
    return "G#trigger#" + joined(trigger_kind, name)


def entered(journey_name: str) -> str:
    """Return the sort key of a journey that a trigger enters."""
    return escaped(journey_name)


def message(digest: str) -> str:
    """Return the partition of a compiled message."""
    return "G#message#" + escaped(digest)


def pace(channel: str) -> str:
    """Return the partition of a channel's send rate."""
    return "G#pace#" + escaped(channel)


def bucket(lane: int) -> str:
    """Return the sort key of a part of a channel's send rate."""
    return f"bucket#{lane}"


def counts(journey_name: str) -> str:
    """Return the partition of a journey's counters."""
    return "G#count#" + escaped(journey_name)


def count(version_id: str, step: str, generation: int = 1) -> str:
    """Return the sort key of the counters of a step; of the run as a whole where *step* is empty.

    Args:
        generation: see `counters`; a rebuild counts in the next one.
    """
    return generation_of(generation) + joined(version_id, step)


def generation_of(generation: int) -> str:
    """Return what the sort keys of one generation of counters begin with."""
    return f"{generation}#"


def quarantine(day: date) -> str:
    """Return the partition by which the events are listed that came into quarantine on a day, in UTC."""
    return f"G#quarantine#{day.isoformat()}"


def quarantine_listed(received: datetime, customer_id: str, event_id: str) -> str:
    """Return the sort key by which an event in quarantine is listed."""
    return f"{instant(received)}#{_short(joined(customer_id, event_id))}"


def write_key(digest: str) -> str:
    """Return the partition that says whose a write key is.

    Args:
        digest: the SHA-256 of the key, in hexadecimal.
    """
    return WRITE_KEYS + escaped(digest)


def source(name: str) -> str:
    """Return the sort key of a source, in the partition of all."""
    return escaped(name)


def record(record_id: str) -> str:
    """Return the partition of a record of the stream that was counted."""
    return RECORDS + escaped(record_id)
