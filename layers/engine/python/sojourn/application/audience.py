"""Enters the customers of an audience into a journey: each once for each occurrence, however often a row comes.

An audience is rows: of a file, or the members of a segment. An occurrence is what its entries are counted by: a file's
content, a segment's instant, a word of whoever begins it. Each row is a call for an entry (`calling`), whose id is the
occurrence, and the journey's key where it has one. So a row that is delivered twice, stands twice, or comes again with
the whole file does nothing; and what a row before it could not finish is finished.

A row that cannot be taken is counted with its reason and holds nobody up. It knows no file, no table and no batch.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sojourn.application.calling import (
    AUDIENCE,
    EntryCall,
    IdTaken,
    NoSuchEntry,
    NotAsPlanned,
    enter_called,
)
from sojourn.application.enrol import EntriesClosed
from sojourn.application.pacing import SLOWEST, USUAL_RATE
from sojourn.application.view import View
from sojourn.domain.compile.compiled import SCHEDULE
from sojourn.domain.condition.lazily import compile_condition
from sojourn.domain.condition.types import NoValue
from sojourn.domain.control import OPEN
from sojourn.domain.customer.rows import Profile
from sojourn.domain.decide.entering import why_no_key
from sojourn.domain.decide.plan import wrong_attributes
from sojourn.errors import AuthorError, Conflict, TooLarge, TransientError

if TYPE_CHECKING:
    from sojourn.application.ports import Engine
    from sojourn.domain.compile.compiled import CompiledJourney

ENTERED, TWICE, BEFORE, NOT_IN_SEGMENT, GONE, FAILED = (
    "entered", "twice", "before", "not_in_segment", "gone", "failed",
)  # fmt: skip
"""What becomes of a row, besides the reasons of `calling.REASONS`: the customer entered; stands in the file twice; came
with an earlier delivery of the occurrence; is not in the segment, or nobody any more; the row cannot be taken."""


@dataclass(frozen=True, slots=True)
class Audience:
    """Who is to enter what.

    Args:
        occurrence: what entries are counted by; the same word never enters a customer twice.
        operation: which delivery of the occurrence this is.
        segment: whose members enter; "" where rows do.
        by: `AUDIENCE` or `SCHEDULE`.
        rate: entries a second; 0 for as many as all may have together.
    """

    journey: str
    occurrence: str
    operation: str
    segment: str = ""
    by: str = AUDIENCE
    rate: float = 0.0


@dataclass(frozen=True, slots=True)
class Row:
    """Somebody who is to enter.

    Args:
        line: where the row stands, 1 for the first line of a file.
        customer, identities: whose it is, see `Incoming`.
        attributes: what it tells of the customer.
        entry: what the journey reads as `entry`.
    """

    line: int
    customer: str
    identities: Mapping[str, str] = field(default_factory=dict)
    attributes: Mapping[str, Any] = field(default_factory=dict)
    entry: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row that cannot be taken, and why: a sentence that quotes no value.

    Args:
        customer: whom it is about, if it is a member of a segment: they stand in no line that anybody could look up.
            It is told where rows expire, and not with the operation: that stays when they are erased.
    """

    line: int
    why: str
    customer: str = ""


class ToBeTriedAgain(TransientError):
    """Some rows of a batch could not be taken now; the others were, and the same batch again does them no harm."""


@dataclass(slots=True)
class Tally:
    """What became of rows.

    Args:
        counts: outcome -> how many rows; they add up to all rows that were taken.
        failures: the rows that could not be taken.
        again: how many are to be tried again.
    """

    counts: Counter[str] = field(default_factory=Counter)
    failures: list[BadRow] = field(default_factory=list)
    again: int = 0

    def note(self, outcome: str) -> None:
        """Count a row."""
        self.counts[outcome] += 1

    def fail(self, bad: BadRow) -> None:
        """Count a row that cannot be taken."""
        self.note(FAILED)
        self.failures.append(bad)


def enter_rows(
    engine: Engine, audience: Audience, rows: Iterable[Row | BadRow], take: Callable[[], None],
    broken: Callable[[int, Exception], str],
) -> Tally:  # fmt: skip
    """Enter every row's customer; say what became of each.

    Args:
        take: waits until one more may enter.
        broken: told of a row's line and of what nobody expected of it; returns what may be said of that.

    Raises:
        NoSuchEntry: the journey is not there, or is entered otherwise: that is about no row.
        ToBeTriedAgain: *take* says that there is no room now.
        EntriesClosed: the journey is paused or stopped: who entered before that entered, and the same rows may come
            again.
    """
    tally = Tally()
    for row in rows:
        if isinstance(row, BadRow):
            tally.fail(row)
            continue
        try:
            tally.note(enter_row(engine, audience, row, take))
        except (NoSuchEntry, ToBeTriedAgain, EntriesClosed):
            raise
        except (Conflict, TransientError):
            tally.again += 1
        except Exception as error:  # noqa: BLE001 - the other rows are no worse for it
            why = _why(error) or broken(row.line, error)
            tally.fail(BadRow(row.line, why, row.customer if audience.segment else ""))
    return tally


def enter_row(engine: Engine, audience: Audience, row: Row, take: Callable[[], None]) -> str:
    """Enter a row's customer under the journey's rules, once for each occurrence; return what became of it.

    Raises:
        AuthorError, NotAsPlanned, IdTaken: the row cannot be taken.
        TransientError, Conflict: not now; the same row again is safe.
        EntriesClosed: not while the journey is paused or stopped; nothing is told of the row.
    """
    if (entries := engine.catalogue.control(audience.journey).entries) != OPEN:
        raise EntriesClosed(entries)
    if audience.segment:
        standing = is_member(engine, audience.segment, row.customer)
        if standing is not True:
            return GONE if standing is None else NOT_IN_SEGMENT
    # Of a journey that is drafted for the first time, only who tries drafts out is let in.
    journey = engine.catalogue.current(audience.journey) or engine.catalogue.draft(audience.journey)
    if journey is None:
        raise NoSuchEntry(there=False)
    wrong = wrong_attributes(engine.catalogue.policy.attributes, row.attributes)
    if wrong:
        raise AuthorError("; ".join(map(str, wrong)))
    take()
    place = f"{audience.operation}:{row.line}"
    called = enter_called(engine, EntryCall(
        source(audience), _id(engine, journey, row), audience.journey, row.customer, engine.clock.now(),
        identities=row.identities, attributes=row.attributes, properties=_entry(audience, row), by=audience.by,
        place=place,
    ))  # fmt: skip
    if called.repeated and called.place != place:
        return TWICE if called.place.startswith(f"{audience.operation}:") else BEFORE
    return called.why or ENTERED


def is_member(engine: Engine, segment: str, customer: str) -> bool | None:
    """Say whether somebody is in a segment now, None where there is nobody of that id.

    It is asked anew, as a segment that time changes is otherwise asked once a day.
    """
    rule = next((rule for rule in engine.catalogue.segments if rule.name == segment), None)
    file = engine.customers.load(customer)
    if not file.revision or file.profile.id != customer:
        # Who became another is among the customers by the other's id.
        return None
    if rule is None:
        return False
    return compile_condition(rule.when).evaluate(View(engine, file.profile, engine.clock.now())).value


def source(audience: Audience) -> str:
    """Return what the ledger calls an audience, and what its entries' ids begin with."""
    return f"{audience.by}:{audience.occurrence}"


def default_rate(
    senders: Mapping[str, Mapping[str, Any]], channels: Iterable[str], most: float = USUAL_RATE
) -> float:
    """Return how many may enter a second, where nobody says: as many as the slowest of these channels sends."""
    rates = [float(rate) for one in channels if (rate := senders.get(one, {}).get("rate"))]
    return max(SLOWEST, min([most, *rates]))


def _entry(audience: Audience, row: Row) -> Mapping[str, Any]:
    """Return what the journey reads as `entry`: members bring what becoming one brings, and nothing to a schedule."""
    if audience.by == SCHEDULE or not audience.segment:
        return row.entry
    return {"segment": audience.segment}


def _id(engine: Engine, journey: CompiledJourney, row: Row) -> str:
    """Return what tells a row's entry from another of its customer's in the same occurrence: the run's key, if any."""
    if not journey.enter.key:
        return ""
    who = Profile(row.customer)
    view = View(engine, who, engine.clock.now(), event=row.entry, entry=row.entry)
    try:
        value = compile_condition(journey.enter.key).value(view)
    except NoValue:
        return ""
    return "" if why_no_key(value) else str(value)


def _why(error: Exception) -> str:
    """Return why a row cannot be taken, "" where nobody foresaw that it could not."""
    if isinstance(error, NotAsPlanned):
        return error.reasons[0]
    if isinstance(error, TooLarge):
        return "with what it does it is more than can be written at once"
    if isinstance(error, IdTaken):
        return f"the customer has another event of the id {error.event}"
    if isinstance(error, AuthorError):
        return str(error)
    return ""
