"""Makes two customers one: what is hot in one commit, or in several where that is too much; the rest is brought over.

From the moment the last of these commits is written, whoever asks for the one gets the other. What they did, what
they were sent and what happened to them follows row by row, by this invocation or by whoever comes next
(`Profile.merging`); until then both places are read. Every commit may be the last one before a crash: whoever comes
next goes on.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sojourn.application.running import Running
from sojourn.domain.customer.rows import Change, Merge, changed
from sojourn.domain.decide.bounding import NO_ROOM, NO_ROOM_FOR_TOPIC, named
from sojourn.domain.decide.entering import MOST_ENDED, MOST_RUNS, is_kept
from sojourn.domain.decide.merging import BEATEN, adopted, goes_on, heir, left_behind, merged_profile
from sojourn.domain.ledger import Happening
from sojourn.errors import Conflict, TooLarge, TransientError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from sojourn.application.ports import Engine
    from sojourn.domain.customer.rows import CustomerFile, Profile, Run

MOST = 5_000
"""So many rows one invocation brings over, a few seconds' worth; the customer's next event goes on."""
ROUNDS = 3
Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Why:
    """Why two are one, for the ledger.

    Args:
        reason: in words; by: the id of the event that tells it.
    """

    reason: str
    by: str


def merge(engine: Engine, source: CustomerFile, into: CustomerFile, why: Why) -> CustomerFile:
    """Make *source* the same as *into*, and return the file of the one who stays.

    Raises:
        Conflict: somebody wrote either meanwhile.
        TooLarge: what is known of both is too much for one; nothing is written.
    """
    if not source.becoming:
        try:
            return engine.customers.merge(_planned(engine, source, into, why, _in_order(source)))
        except TooLarge:
            # Who they are comes first: it is all that could be too large in the end.
            engine.customers.merge(_planned(engine, source, into, why, (), whole=False))
    return _in_parts(engine, source.profile.id, into.profile.id, why)


def go_on(engine: Engine, customer: str) -> bool:
    """Go on where somebody was left in the middle of becoming another; say whether they were.

    Raises:
        TransientError: the customer is just being erased.
    """
    left = engine.customers.load(customer, leaving=True)
    if not left.becoming:
        return False
    _in_parts(engine, left.profile.id, left.becoming, Why("interrupted", ""))
    return True


def bring_over(engine: Engine, file: CustomerFile) -> list[str]:
    """Bring over what is left of those who became this customer; return of whom that is all."""
    done: list[str] = []
    for _ in range(ROUNDS):
        customer = file.profile.id

        def stop(run: Run) -> None:
            engine.executions.stop(run.journey, run.version, run.execution, BEATEN)

        try:
            for source in file.profile.merging:
                if source not in done and engine.customers.bring(source, customer, MOST, stop):
                    done.append(source)
        except Conflict:
            # They became somebody else in turn, to whom all of it goes now.
            file = engine.customers.load(customer)
        else:
            return done
    raise TransientError(f"{file.profile.id} becomes one after the other")


def _in_parts(engine: Engine, source_id: str, into_id: str, why: Why) -> CustomerFile:
    """Take over a few runs after the other. Nobody reads the source meanwhile, so that none of them is lost."""
    source, into = _both(engine, source_id, into_id)
    size = len(source.runs)
    while source.becoming:
        taken = _in_order(source)[:size]
        try:
            merged = engine.customers.merge(
                _planned(engine, source, into, why, taken, whole=len(taken) == len(source.runs))
            )
        except TooLarge:
            if size <= 1:
                raise
            size = max(1, size // 4)
            continue
        if len(taken) == len(source.runs):
            return merged
        source, into = _both(engine, source_id, into_id)
    return engine.customers.load(into_id)


def _in_order(source: CustomerFile) -> list[Key]:
    """Return the runs of somebody, the one that was entered first coming first: it goes on where not all may."""
    return sorted(source.runs, key=lambda key: (source.runs[key].entered, key))


def _both(engine: Engine, source_id: str, into_id: str) -> tuple[CustomerFile, CustomerFile]:
    return engine.customers.load(source_id, leaving=True), engine.customers.load(into_id)


def _planned(
    engine: Engine, source: CustomerFile, into: CustomerFile, why: Why, taken: Sequence[Key], *, whole: bool = True
) -> Merge:  # fmt: skip
    """Return what is to be written so that *into* takes over these runs of *source*, and with the last, all else."""
    now, customer = engine.clock.now(), into.profile.id
    change = Change()
    planned = Merge(source, into, change, tuple(taken), whole=whole)
    beside = Counter(
        (run.journey, run.active) for run in into.runs.values() if run.active or is_kept(run, now)
    )
    for key in taken:
        _take_over(engine, planned, key, now, beside)
    known = into.profile if into.revision or into.profile.since else changed(into.profile, since=now)
    if whole or not taken:
        merged = merged_profile(source.profile, known, engine.catalogue.policy.topics)
        if whole:  # in parts it is told with the last
            change.happened += _left_out(source.profile, known, merged, why, now)
        change.profile = merged if whole else changed(merged, others=known.others)
    if whole:
        change.recent = tuple(sorted((*source.recent, *into.recent), key=lambda sent: sent[0]))
    if whole and source.revision:  # else nobody was there, and nobody became anybody
        details = {
            "from": source.profile.id, "by": why.by, "runs": len(taken), "waiters": len(_waiters(source, taken)),
            "beaten": len(planned.beaten),
        }  # fmt: skip
        change.happened.insert(0, Happening(now, customer, "", "", "", "merged", "", why.reason, details))
    return planned


def _left_out(source: Profile, into: Profile, merged: Profile, why: Why, now: datetime) -> list[Happening]:
    """Return what is told of that of both for which there is no room in one."""
    attributes, topics = left_behind(source, into, merged)
    return [
        Happening(now, into.id, "", "", "", "left_out", "", reason, {**named(names), "by": why.by})
        for reason, names in ((NO_ROOM, attributes), (NO_ROOM_FOR_TOPIC, topics)) if names
    ]  # fmt: skip


def _take_over(
    engine: Engine, planned: Merge, key: Key, now: datetime, beside: Counter[tuple[str, bool]]
) -> None:
    """Let one run go on with the one who stays, or end because of theirs.

    Args:
        beside: how many runs the one who stays has, by journey and whether they go on. Of so many as they may be in at
            once they keep their own: of two who are one, the second would not have entered any more. Of runs that
            ended, no more are taken over than are kept.
    """
    source, into, change = planned.source, planned.into, planned.change
    theirs, ours = adopted(source.runs[key], into.profile.id), into.runs.get(key)
    most = MOST_RUNS if theirs.active else MOST_ENDED
    instead = ours is not None and ours.active == theirs.active
    full = not instead and beside[theirs.journey, theirs.active] >= most
    if full or (ours is not None and goes_on(ours, theirs)):
        if theirs.active:
            planned.beaten[key] = _beaten(engine, source, theirs, change, now)
            for waiter in _waiters(source, (key,)):
                change.waiters.pop(waiter, None)
            if ours is not None and not full:
                change.put_run(heir(ours, theirs))
        return
    if ours is not None and ours.active:
        planned.beaten[key] = _beaten(engine, into, ours, change, now)
        theirs = heir(theirs, ours)
    change.put_run(theirs)
    beside[theirs.journey, theirs.active] += not instead
    change.waiters |= {waiter: source.waiters[waiter] for waiter in _waiters(source, (key,))}


def _beaten(engine: Engine, file: CustomerFile, run: Run, change: Change, now: datetime) -> Run:
    """End a run, and return it as it is then: it is not written as the customer's, whose run is the other."""
    running = Running(engine, file, run, now)
    running.end(BEATEN, stop=False)
    change.happened += running.change.happened
    change.waiters |= running.change.waiters
    return running.run


def _waiters(file: CustomerFile, taken: Iterable[Key]) -> list[Key]:
    runs = {file.runs[key].id for key in taken}
    return [waiter for waiter in file.waiters if waiter[0] in runs]
