"""Counts what happened, as it happens: small whole numbers per journey and step, nothing per customer.

A simulation of 100,000 customers yields millions of records; they are counted here one by one and forgotten.
Shards of customers are counted apart and merged. Only what a run still open needs is kept (where it is, since
when it runs), and that goes when the run ends. How the records of different runs interleave, and how runs are
dealt out to shards, changes nothing; the records of one run come in the order in which they happened.

What the counts mean to a marketer is for `model`; nothing is interpreted here.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sojourn.domain.ledger import OF_MESSAGES
from sojourn.local.report.buckets import bucket_of
from sojourn.local.report.counters import HOLDOUT, TREATED, Counts, JourneyTally, StepTally, count

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from sojourn.domain.ledger import Happening


@dataclass(slots=True)
class _Run:
    """What must be known of a run while it goes on.

    Args:
        last: the step it told of last.
        lapsed: the step it was at last whose time ran out, in case it still tells of that.
        open: the steps it is waiting or held at, each with the instant until when, None if nobody said.
    """

    journey: str
    group: str = TREATED
    entered: datetime | None = None
    last: str = ""
    lapsed: str = ""
    open: dict[str, datetime | None] | None = None


@dataclass(slots=True)
class Tally:
    """The counts of all journeys, by name."""

    journeys: dict[str, JourneyTally] = field(default_factory=dict)
    _runs: dict[str, _Run] = field(default_factory=dict)

    def add(self, happening: Happening) -> None:
        """Count one record.

        A `goal` that comes after its run ended is counted by its own details: `holdout` (bool) and `entered` (the
        instant the run began); without them it counts as of an unknown group.
        """
        what = happening.what
        journey = self.journeys.get(happening.journey)
        if journey is None:
            journey = self.journeys[happening.journey] = JourneyTally()
        if what == "not_entered":
            count(journey.not_entered, reason_kind(happening.reason))
            return
        if what == "goal":
            self._goal(journey, happening)
            return
        if what == "entered":
            group = HOLDOUT if happening.details.get("holdout") else TREATED
            self._runs[happening.run] = _Run(happening.journey, group, happening.at)
            count(journey.entered, group)
            return
        if what in OF_MESSAGES:
            # It says nothing of where the run is by then.
            count(journey.steps.setdefault(happening.step, StepTally()).whats, what)
            return
        # What a run tells after its end is counted, but does not bring it back.
        run = self._runs.get(happening.run) or _Run(happening.journey)
        if run.open:
            _lapse(run, happening)
        if happening.step:
            step = journey.steps.get(happening.step)
            if step is None:
                step = journey.steps[happening.step] = StepTally()
            _step(step, run, happening)
        if what == "exited":
            self._exited(journey, run, happening)

    def _exited(self, journey: JourneyTally, run: _Run, happening: Happening) -> None:
        reason = exit_kind(happening.reason)
        count(journey.exits, reason)
        if reason == "restarted":
            count(journey.replaced, run.group)
        for step in run.open or ():
            journey.steps[step].left += 1
        self._runs.pop(happening.run, None)

    def _goal(self, journey: JourneyTally, happening: Happening) -> None:
        run = self._runs.get(happening.run)
        details = happening.details
        if run is not None:
            group, entered = run.group, run.entered
        else:
            said = details.get("holdout")
            group = "unknown" if said is None else HOLDOUT if said else TREATED
            entered = details.get("entered")
            journey.late_goals += 1
        count(journey.goals, group)
        if entered is not None:
            count(journey.goal_times, str(bucket_of((happening.at - entered).total_seconds())))

    def merge(self, other: Tally) -> None:
        """Add another tally's counts to these. A run must not be in both."""
        for name, journey in other.journeys.items():
            self.journeys.setdefault(name, JourneyTally()).merge(journey)
        self._runs.update(other._runs)

    def closed(self) -> dict[str, JourneyTally]:
        """Return the counts with every open run counted as running, where it is now."""
        made = {name: journey.copy() for name, journey in sorted(self.journeys.items())}
        for run in self._runs.values():
            journey = made[run.journey]
            journey.running += 1
            for step in run.open or ():
                journey.steps[step].here += 1
        return made

    def to_json(self) -> dict[str, Any]:
        """Return the counts as JSON data, the same for the same counts; what is open is closed as by `closed`."""
        return {name: journey.to_json() for name, journey in self.closed().items()}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Tally:
        """Read what `to_json` wrote, to be merged or reported; the runs it counted are not followed further."""
        return cls({name: JourneyTally.from_json(journey) for name, journey in data.items()})


def _lapse(run: _Run, happening: Happening) -> None:
    """Close what a run waited at and has left without a word: a plain wait ends by the clock alone."""
    assert run.open is not None
    at, step = happening.at, happening.step
    for name, until in list(run.open.items()):
        # A step tells of its own end itself, unless it begins anew: that is the next round of a loop.
        if until is not None and until <= at and (name != step or happening.what == "waiting"):
            del run.open[name]
            run.lapsed = name
            if run.last == name:
                run.last = ""
    run.open = run.open or None


def _step(step: StepTally, run: _Run, happening: Happening) -> None:
    name, what, details = happening.step, happening.what, happening.details
    is_open = run.open is not None and name in run.open
    count(step.whats, what)
    ends_wait = what in ("resumed", "timed_out")
    if not (is_open or run.last == name or (ends_wait and run.lapsed == name)):
        step.arrived += 1
    run.last = "" if ends_wait else name
    if "path" in details:
        count(step.paths, str(details["path"]))
    if what in ("waiting", "held", "tasked"):
        run.open = run.open or {}
        run.open[name] = details.get("until")
    elif is_open and what in ("sent", "suppressed", "resumed", "timed_out"):
        assert run.open is not None
        del run.open[name]
        run.open = run.open or None
    _outcome(step, happening)


def _outcome(step: StepTally, happening: Happening) -> None:
    """What came of a step that acts."""
    what, details = happening.what, happening.details
    if what == "sent":
        count(step.channels, str(details.get("channel", "")))
        if happening.reason == "unknown":
            count(step.reasons, "unknown")
    elif what == "suppressed" and "message" in details:
        count(step.reasons, suppressed_kind(happening))
    elif what == "called":
        count(step.paths, "" if 200 <= details.get("status", 0) < 300 else "otherwise")
    elif what == "failed":
        step.left += 1


def reason_kind(reason: str) -> str:
    """The kind of a reason for not entering, without the values that would make each one its own."""
    if reason.startswith("again"):
        return reason[:60]
    kind = reason.split(":", 1)[0].split(" (", 1)[0].strip()
    return (
        kind if kind and kind.replace("_", "").replace(" ", "").isalnum() and len(kind) < 40 else "condition"
    )


def exit_kind(reason: str) -> str:
    """The kind of an exit reason: what the author named keeps its name, a failure loses its story."""
    if reason.startswith("exit:"):
        return reason[:80]
    return reason.split(":", 1)[0].strip() or "completed"


def suppressed_kind(happening: Happening) -> str:
    """The kind of a reason for not sending; a cap keeps which one it was."""
    kind, _, rest = happening.reason.partition(":")
    kind = kind.split(" (", 1)[0].strip()[:40]
    rest = (rest or str(happening.details.get("detail", ""))).strip()[:60]
    return f"cap: {rest}" if kind == "cap" and rest else kind


__all__ = ["HOLDOUT", "TREATED", "Counts", "JourneyTally", "StepTally", "Tally"]
