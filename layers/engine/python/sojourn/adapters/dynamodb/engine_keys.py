"""The grammar of the keys of all rows that are no customer's: what is published, paces, counters, what publishers did.

    partition                  sort key                     row
    G#catalogue                head                         revision of the registry, policy, segments, controls
                               journey#<journey>            a journey: the version customers enter, its triggers
    G#journey#<journey>        v#<version>                  a version: its rules and state machine
                               o#<version>                  its outline: what its author wrote
                               d#<version>                  its definition; where one row is too small, #1 and on follow
                               p#<at>#<publication>         a publication; of the settings, where no journey is named
    G#trigger#<kind>#<name>    <journey>                    a journey that a trigger enters
    G#message#<digest>         content                      a compiled message
    G#pace#<channel>           bucket#<lane>                what a part of a channel's messages may go out a second
    G#sweep                    head                         where the daily sweep of segments is
                               part#<part>                  where it is in a part of the customers
    G#count                    head                         which generation of counters is read, and which is built
    G#count#<journey>          <generation>#<version>#<step> counters of a step; of the run as a whole: empty step
                               day#<generation>#<day>#<version> figures of a day, in UTC
    G#quarantine#<day>         <received>#<customer>#<event> an event in quarantine, by when it came
    G#source#<sha256>          key                          whose a write key is, by the key's hash
    G#sources                  <name>                       a source: its rights, the hash of its key
    G#history                  head                         how many entries there are, the hash of the last
                               <sequence>                   an entry: who did what
                               salt                         what the marks of erased customers are made with
    G#history#<id>             told                         which entry tells of something, so that it is told once
    G#operations               <operation>                  an operation and how far it is
    G#operation#<operation>    <part>                       where it is in a part of its work
                               audience, strand#…, part#…, batch#…: see `audiences`
    G#waiting                  <operation>                  an audience that waits until entries are open again
    G#schedules                head                         how far journeys' schedules were looked through
    X#<record>                 seen                         a record of the stream that was counted

Names are written as in `keys`. It knows no rows and no DynamoDB.
"""  # fmt: skip

from __future__ import annotations

from datetime import date, datetime

from sojourn.adapters.dynamodb.keys import escaped, instant, joined, short

ENGINE = "G#"
"""What the partitions begin with of which none is a customer's: what is published, paces, counters."""
RECORDS = "X#"
"""What the partitions of the stream's records begin with."""

WRITE_KEYS = "G#source#"
"""What the partitions of write keys begin with: all that whoever takes calls from anybody may read."""
SOURCES = "G#sources"
KEY = "key"

CATALOGUE = "G#catalogue"
COUNTS = "G#count"
"""Both the partition of the head of all counters, and what the partitions of counters begin with."""
DAYS = "day#"
"""What the sort keys of figures by day begin with, those of all generations."""
HEAD = "head"
JOURNEYS = "journey#"
"""What the sort keys of the registered journeys begin with: a registration reads them by one query."""
SWEEP = "G#sweep"
CONTENT = "content"
SEEN = "seen"
VERSIONS, OUTLINES, DEFINITIONS, PUBLICATIONS = "v#", "o#", "d#", "p#"
"""What the sort keys in a journey's partition begin with."""
TRIGGERS = "G#trigger#"
"""What the partitions of triggers begin with, as the next do of events in quarantine."""
QUARANTINED = "G#quarantine#"
HISTORY = "G#history"
SALT = "salt"
TOLD = "told"
OPERATIONS = "G#operations"
SCHEDULES = "G#schedules"
WAITING = "G#waiting"
_SEQUENCE_DIGITS = 12


def registered(journey_name: str) -> str:
    """Return the sort key of a registered journey."""
    return JOURNEYS + escaped(journey_name)


def journey(name: str) -> str:
    """Return the partition of a journey's versions."""
    return "G#journey#" + escaped(name)


def version(version_id: str) -> str:
    """Return the sort key of a journey's version."""
    return VERSIONS + escaped(version_id)


def outline(version_id: str, piece: int = 0) -> str:
    """Return the sort key of a version's outline, or of a further piece of one that no row holds."""
    return OUTLINES + escaped(version_id) + (f"#{piece}" if piece else "")


def definition(version_id: str, piece: int = 0) -> str:
    """Return the sort key of a version's definition, or of a further piece of it."""
    return DEFINITIONS + escaped(version_id) + (f"#{piece}" if piece else "")


def publication(at: datetime, publication_id: str) -> str:
    """Return the sort key of a publication: they sort by when they were made."""
    return f"{PUBLICATIONS}{instant(at)}#{escaped(publication_id)}"


def trigger(trigger_kind: str, name: str) -> str:
    """Return the partition of the journeys that a trigger enters; each is a sort key, see `entered`."""
    return TRIGGERS + joined(trigger_kind, name)


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


def count_of_day(day: str, version_id: str, generation: int = 1) -> str:
    """Return the sort key of a version's figures of a day, written as "2026-03-02"."""
    return days_from(day, generation) + escaped(version_id)


def days_from(day: str, generation: int) -> str:
    """Return what sorts before the figures of a day, and after those of earlier ones."""
    return f"{DAYS}{generation}#{day}#"


def quarantine(day: date) -> str:
    """Return the partition by which the events are listed that came into quarantine on a day, in UTC."""
    return f"{QUARANTINED}{day.isoformat()}"


def quarantine_listed(received: datetime, customer_id: str, event_id: str) -> str:
    """Return the sort key by which an event in quarantine is listed."""
    return f"{instant(received)}#{short(joined(customer_id, event_id))}"


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


def entry(sequence: int) -> str:
    """Return the sort key of an entry of the history; it comes before `HEAD`, as digits come before letters."""
    return f"{sequence:0{_SEQUENCE_DIGITS}d}"


def told_once(told_id: str) -> str:
    """Return the partition that says which entry of the history tells of something."""
    return f"{HISTORY}#{escaped(told_id)}"


def operation(operation_id: str) -> str:
    """Return the sort key of an operation."""
    return escaped(operation_id)


def strands(operation_id: str) -> str:
    """Return the partition of an operation's strands; each is a sort key, the name of its part."""
    return "G#operation#" + escaped(operation_id)
