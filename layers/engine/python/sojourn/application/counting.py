"""What a change adds to which counter: pure sums, so that the order in which changes are counted changes nothing.

Counters belong to a place: a journey, a version and a step, or the run as a whole (step ""). All but `now` and
`active` only grow. They come from ledger rows alone, which are written once; the one exception is a customer who is
erased, whose ledger is erased too.

Of each day (UTC) there is besides, in one place, what forecasts are made from (`by_day`): the day of a change is that
of its commit, whenever and however often it is delivered.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC
from typing import TYPE_CHECKING, NamedTuple

from sojourn.application.changes import Committed, RunChanged
from sojourn.domain.change.figures import ENTERED, GOAL, PASSED, PATH, SENT, at_step
from sojourn.domain.ledger import OF_MESSAGES

if TYPE_CHECKING:
    from datetime import datetime

    from sojourn.application.changes import Changed, Move
    from sojourn.domain.ledger import Happening


class Place(NamedTuple):
    """Where a counter stands; step "" is the run as a whole; a day, as "2026-03-02", is that of all its steps."""

    journey: str
    version: str
    step: str = ""
    day: str = ""


Deltas = dict[Place, dict[str, int]]
"""How much is added to each counter, by place and by the counter's name; never zero."""

OF_RUNS: Mapping[str, str] = {
    "entered": "Runs that began.",
    "not_entered": "Times the journey's rules kept a customer out.",
    "holdout": "Of those entered, the ones in the journey's holdout: they are followed and never messaged.",
    "active": "Runs that go on now.",
    "goal": "Runs that reached the journey's goal, those included that did so after their end, within its time.",
    "goal_late": "Of those, the ones that did so after their end.",
    "goal_holdout": "Of the runs that reached the goal, the ones in the holdout: set against `holdout`, what would have"
    " come without any message.",
    "completed": "Runs that came to the journey's end.",
    "exit:<reason>": "Runs that left by an `exit`, a step's or one under `while_running`, by the reason written there.",
    "restarted": "Runs that ended because the customer began again.",
    "redirected": "Runs that ended because the customer was sent to another journey.",
    "stopped": "Runs that ended because somebody stopped the journey and its runs with it.",
    "failed": "Runs whose execution failed, was stopped or timed out.",
    "redriven": "Runs that had failed and went on, because their execution was redriven.",
    "erased": "Runs that were going on when their customer was erased.",
    "migrated": "Runs that left this version of the journey, and go on in another.",
}
"""The counters of a run as a whole, with what each means."""
OF_STEPS: Mapping[str, str] = {
    "now": "Customers who are at the step now; a run in a `parallel` is at one step of each path.",
    "passed": "Times a run was done with the step, whatever way it went on, ended there included.",
    "ended": "Of those, the times the run (or its path of a `parallel`) ended there.",
    "sent": "Messages a provider took.",
    "sent.<channel>": "The same by channel.",
    "unknown": "Of those sent, the ones of which nobody knows whether the provider has them.",
    "delivered": "Of those sent, the ones that a mail server or carrier says it delivered.",
    "undelivered": "The ones that came back without the address being at fault: a full mailbox, a phone that is off.",
    "bounced": "The ones whose address turned out to be nobody's.",
    "complained": "The ones whose reader called them spam.",
    "rejected": "The ones that a provider took and did not pass on.",
    "opened": "The ones that somebody opened, once each however often.",
    "clicked": "The ones in which somebody followed a link.",
    "replied": "The ones that somebody answered.",
    "delivered.<channel>": "The same by channel; `unknown` and what is told of messages have it too.",
    "opened.machine": "The ones that a program opened: Apple's privacy protection, a scanner.",
    "clicked.machine": "The ones whose links a program followed.",
    "held": "Times a message was put off: quiet hours, a busy provider, a pause.",
    "suppressed": "Messages that were not sent, for good.",
    "suppressed.<reason>": "The same by reason: `consent`, `cap`, `no_address`, `holdout` and so on.",
    "timed_out": "Waits whose time ran out.",
    "path.<path>": "Times a run went this way on from a decision or a wait.",
}
"""The counters of a step, with what each means."""

_DONE = frozenset(
    ("sent", "suppressed", "updated", "called", "emitted", "started", "branched", "assigned", "resumed", "timed_out")
)  # fmt: skip
"""What a step tells when a run is done with it."""


@dataclass(frozen=True, slots=True)
class Counted:
    """What one change adds; its id is what lets a second delivery be known."""

    id: str
    deltas: Mapping[Place, Mapping[str, int]]


def counted(change: Changed) -> Counted:
    """Return what *change* adds to the counters; nothing for what no counter is about."""
    if isinstance(change, Committed):
        deltas = committed(change.happened, change.moves)
        return Counted(change.id, deltas | by_day(deltas, change.at))
    if isinstance(change, RunChanged) and change.after is None and change.before is not None:
        run = change.before
        return Counted(change.id, erased(run.journey, run.version, run.active, run.at))
    return Counted(change.id, {})


def committed(happened: Iterable[Happening], moves: Iterable[Move]) -> Deltas:
    """Return what one commit adds."""
    deltas: Deltas = {}
    left: Counter[Place] = Counter()
    done: set[tuple[str, Place]] = set()
    happened = tuple(happened)
    elsewhere = {(one.journey, one.details["version"]) for one in happened if _goes_elsewhere(one)}
    for journey, version, origin, target in moves:
        if origin:
            left[Place(journey, version, origin)] += 1
            _add(deltas, Place(journey, version, origin), "now", -1)
            if not target and (journey, version) not in elsewhere:
                _add(deltas, Place(journey, version, origin), "ended")
        if target:
            _add(deltas, Place(journey, version, target), "now")
    for one in happened:
        place = Place(one.journey, one.version, one.step)
        if _goes_elsewhere(one):
            _add(deltas, Place(one.journey, one.version), "active")
            _add(deltas, Place(one.journey, one.details["version"]), "active", -1)
            _add(deltas, Place(one.journey, one.details["version"]), "migrated")
        for name, by in _of_step(one) if one.step else _of_run(one):
            _add(deltas, place, name, by)
        if one.step and one.what in _DONE:
            done.add((one.run, place))
    # A wait that is over shows as a move, a task that is over at once in what it tells, an answered wait in both.
    for place, times in (left | Counter(place for _, place in done)).items():
        _add(deltas, place, "passed", times)
    return _without_zeros(deltas)


def _goes_elsewhere(one: Happening) -> bool:
    """Say whether a run went on in another version than it was on."""
    return one.what == "migrated" and "version" in one.details


def erased(journey: str, version: str, active: bool, at: Mapping[str, str]) -> Deltas:
    """Return what it adds that a run's row was erased; nothing where it had ended."""
    if not active:
        return {}
    deltas: Deltas = {}
    _add(deltas, Place(journey, version), "active", -1)
    _add(deltas, Place(journey, version), "erased")
    for step in at.values():
        _add(deltas, Place(journey, version, step), "now", -1)
    return _without_zeros(deltas)


def by_day(deltas: Mapping[Place, Mapping[str, int]], at: datetime) -> Deltas:
    """Return what *deltas* add to the figures of the day on which that was: entries, goals, steps passed, messages."""
    day = at.astimezone(UTC).date().isoformat()
    figures: Deltas = {}
    for place, counters in deltas.items():
        of_day = Place(place.journey, place.version, "", day)
        for name, by in counters.items():
            if place.step and (name == PASSED or name.startswith((SENT, PATH))):
                _add(figures, of_day, at_step(name, place.step), by)
            elif not place.step and name in {ENTERED, GOAL}:
                _add(figures, of_day, name, by)
    return figures


def added(several: Iterable[Mapping[Place, Mapping[str, int]]]) -> Deltas:
    """Return the sum of deltas."""
    total: Deltas = {}
    for deltas in several:
        for place, counters in deltas.items():
            for name, by in counters.items():
                _add(total, place, name, by)
    return _without_zeros(total)


def _of_run(one: Happening) -> Iterable[tuple[str, int]]:
    if one.what == "entered":
        yield "entered", 1
        yield "active", 1
        if one.details.get("holdout"):
            yield "holdout", 1
    elif one.what == "not_entered":
        yield "not_entered", 1
    elif one.what == "goal":
        yield "goal", 1
        if one.details.get("after_end"):
            yield "goal_late", 1
        if one.details.get("holdout"):
            yield "goal_holdout", 1
    elif one.what == "resumed":
        # Of the run as a whole this is told where it had failed, and its execution was redriven.
        yield "active", 1
        yield "redriven", 1
    elif one.what == "exited":
        yield "active", -1
        if one.reason != "goal":
            yield one.reason, 1


def _of_step(one: Happening) -> Iterable[tuple[str, int]]:
    path = one.details.get("path")
    if one.what == "sent":
        yield "sent", 1
        yield f"sent.{one.details.get('channel', 'unknown')}", 1
        if one.reason == "unknown":
            yield "unknown", 1
            yield f"unknown.{one.details.get('channel', 'unknown')}", 1
    elif one.what == "held":
        yield "held", 1
    elif one.what == "suppressed":
        yield "suppressed", 1
        yield f"suppressed.{one.reason}", 1
    elif one.what in OF_MESSAGES:
        if one.details.get("machine"):
            yield f"{one.what}.machine", 1
            return
        yield one.what, 1
        if one.details.get("channel"):
            yield f"{one.what}.{one.details['channel']}", 1
    elif one.what == "timed_out":
        yield "timed_out", 1
    if path and one.what in {"branched", "assigned", "resumed", "timed_out"}:
        yield f"path.{path}", 1


def _add(deltas: Deltas, place: Place, name: str, by: int = 1) -> None:
    counters = deltas.setdefault(place, {})
    counters[name] = counters.get(name, 0) + by


def _without_zeros(deltas: Deltas) -> Deltas:
    kept = {place: {name: by for name, by in counters.items() if by} for place, counters in deltas.items()}
    return {place: counters for place, counters in kept.items() if counters}
