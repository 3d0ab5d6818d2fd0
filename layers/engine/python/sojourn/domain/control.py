"""What publishers told a journey besides its files: take nobody in, send nothing, let the clocks stand still, end runs.

A control is no version: it holds for every version of a journey, whoever is in it, from the moment it is written. One
for `EVERY` journey holds beside each journey's own; the stricter of both counts. It is plain data, kept in the row that
all functions read every few seconds (`sojourn.adapters.dynamodb.published`). Pure: it does nothing by itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sojourn.domain.time.instants import iso, parse_date_time

EVERY = "*"
"""Stands for every journey; no journey is called so."""
OPEN, PAUSED, STOPPED = "open", "paused", "stopped"
RUNNING, STILL = "running", "still"
GO_ON, END = "go_on", "end"
"""What becomes of runs under way when a journey is stopped: they come to their end (they drain), or end at once."""
DUE_SEND, DUE_SPREAD, DUE_DROP = "send", "spread", "drop"
"""What becomes, on resuming, of what fell due meanwhile."""
MOST_PAUSES = 100
"""So many times in which the clocks stood still are remembered, the last ones: they are in a row that all read."""


@dataclass(frozen=True, slots=True)
class Pause:
    """A time in which clocks stood still; `to` is None while they do."""

    begun: datetime
    to: datetime | None = None


@dataclass(frozen=True, slots=True)
class Control:
    """What a journey was told.

    Args:
        entries: `open`; `paused`: nobody enters for now; `stopped`: nobody enters any more.
        sends: `open`; `paused`: no message goes out and no person is asked to do anything.
        clocks: `running`; `still`: while paused, what waits for a length of time waits that much longer.
        runs: `go_on`, or `end`: each ends as `stopped` as soon as it does anything.
        since, by, reason: when this was said, by whom, and why.
        pauses: the times in which the clocks stood still, oldest first, none within another.
        dropped: whoever resumed it then said that what fell due until then is dropped: times of its schedule, too.
    """

    entries: str = OPEN
    sends: str = OPEN
    clocks: str = RUNNING
    runs: str = GO_ON
    since: datetime | None = None
    by: str = ""
    reason: str = ""
    pauses: tuple[Pause, ...] = ()
    dropped: datetime | None = None

    @property
    def is_usual(self) -> bool:
        """Whether it says nothing: a journey that was told nothing has it."""
        return (self.entries, self.sends, self.clocks, self.runs) == (OPEN, OPEN, RUNNING, GO_ON)

    @property
    def is_still(self) -> bool:
        """Whether the clocks stand still: no run does anything."""
        return self.clocks == STILL

    @property
    def cannot_drain(self) -> bool:
        """Whether nobody enters any more, and whoever is in it comes to no end either, as nothing is sent."""
        return self.entries == STOPPED and self.runs == GO_ON and self.holds_sends

    @property
    def holds_sends(self) -> bool:
        """Whether no message goes out, and nobody is asked to do anything."""
        return self.sends == PAUSED or self.is_still

    def stricter(self, other: Control) -> Control:
        """Return what holds where both do; of what each says in words, that of whichever says more."""
        order = {OPEN: 0, RUNNING: 0, GO_ON: 0, PAUSED: 1, STILL: 1, END: 1, STOPPED: 2}

        def worse(mine: str, others: str) -> str:
            return others if order[others] > order[mine] else mine

        told = other if self.is_usual else self
        return Control(
            worse(self.entries, other.entries), worse(self.sends, other.sends), worse(self.clocks, other.clocks),
            worse(self.runs, other.runs), told.since, told.by, told.reason, _together(self.pauses + other.pauses),
            max(filter(None, (self.dropped, other.dropped)), default=None),
        )  # fmt: skip

    def stood_still(self, begin: datetime, end: datetime) -> timedelta:
        """Return for how long the clocks stood still between two instants."""
        stood = timedelta()
        for pause in self.pauses:
            since, until = max(begin, pause.begun), min(end, pause.to or end)
            stood += max(timedelta(), until - since)
        return stood

    def put_off(self, begun: datetime, until: datetime) -> datetime | None:
        """Return when a wait ends that began then and was to last until *until*; None while nobody can know.

        It lasts as much longer as the clocks stood still meanwhile, the time by which it became longer included: so
        a wait that has an hour left when a pause begins has an hour left when that ends.
        """
        end = until
        for pause in self.pauses:
            if pause.begun >= end:
                break
            if pause.to is None:
                return None
            end += max(timedelta(), pause.to - max(begun, pause.begun))
        return end

    def paused(
        self, at: datetime, by: str, reason: str, *, entries: bool = True, sends: bool = True, still: bool = False
    ) -> Control:  # fmt: skip
        """Return what holds once somebody paused it: more than before, never less; what was stopped stays so.

        Clocks that stand still go on standing: of the runs that stopped for it, only resuming starts any. What was
        paused before is paused since then, as what fell due is counted from there; its reason stays where the second
        pause gives none.

        Args:
            still: whether the clocks stand still from now on.
        """
        stands = still or self.is_still
        before = self.since if self.entries == PAUSED or self.holds_sends else None
        told = replace(self, by=by, reason=reason) if reason or before is None else self
        return replace(
            told, entries=PAUSED if entries and self.entries == OPEN else self.entries,
            sends=PAUSED if sends else self.sends, clocks=STILL if stands else RUNNING, since=before or at,
            pauses=self._begun(at) if stands else self._over(at),
        )  # fmt: skip

    def resumed(
        self, at: datetime, by: str, reason: str, *, entries: bool = True, sends: bool = True
    ) -> Control:  # fmt: skip
        """Return what holds once somebody resumed it: what they name is open, also where it had been stopped.

        Args:
            entries: whether customers enter again; then runs under way go on as well, and do not end.
            sends: whether messages go out again, and the clocks run; who may enter is as it was.
        """
        rest = self
        if entries:
            rest = replace(rest, entries=OPEN, runs=GO_ON)
        if sends:
            rest = replace(rest, sends=OPEN, clocks=RUNNING, pauses=self._over(at))
        # What still holds was said by whoever said it, and then.
        return replace(rest, since=at, by=by, reason=reason) if rest.is_usual else rest

    def stopped(self, at: datetime, by: str, reason: str, *, end: bool = False) -> Control:
        """Return what holds once somebody stopped it: nobody enters; sends and clocks are as they were.

        Args:
            end: whether runs end at once; else they come to their end.
        """
        return replace(self, entries=STOPPED, runs=END if end else self.runs, since=at, by=by, reason=reason)

    def dropping(self, at: datetime) -> Control:
        """Return the same, but that what fell due until then is dropped."""
        return replace(self, dropped=at)

    def _begun(self, at: datetime) -> tuple[Pause, ...]:
        is_open = bool(self.pauses) and self.pauses[-1].to is None
        return self.pauses if is_open else (*self.pauses, Pause(at))[-MOST_PAUSES:]

    def _over(self, at: datetime) -> tuple[Pause, ...]:
        if not self.pauses or self.pauses[-1].to is not None:
            return self.pauses
        last = self.pauses[-1]
        return (*self.pauses[:-1], Pause(last.begun, max(last.begun, at)))

    def to_json(self) -> dict[str, Any]:
        """Return it as plain JSON values, without what is usual."""
        told: dict[str, Any] = {
            name: getattr(self, name)
            for name in ("entries", "sends", "clocks", "runs", "by", "reason")
            if getattr(self, name) != getattr(USUAL, name)
        }
        if self.since is not None:
            told["since"] = iso(self.since)
        if self.dropped is not None:
            told["dropped"] = iso(self.dropped)
        if self.pauses:
            told["pauses"] = [[iso(one.begun), one.to and iso(one.to)] for one in self.pauses]
        return told

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Control:
        """Return the control that `to_json` wrote; what this release does not know is passed over."""
        texts = {
            name: str(value[name])
            for name in ("entries", "sends", "clocks", "runs", "by", "reason")
            if name in value
        }
        pauses = tuple(
            Pause(parse_date_time(begun), parse_date_time(to) if to else None)
            for begun, to in value.get("pauses", ())
        )
        since = parse_date_time(value["since"]) if "since" in value else None
        dropped = parse_date_time(value["dropped"]) if "dropped" in value else None
        return replace(USUAL, **texts, since=since, pauses=pauses, dropped=dropped)


USUAL = Control()


def control_of(controls: Mapping[str, Control], journey: str) -> Control:
    """Return what holds for a journey: what it was told, and what all were."""
    if not controls:
        return USUAL
    return controls.get(journey, USUAL).stricter(controls.get(EVERY, USUAL))


def _together(pauses: tuple[Pause, ...]) -> tuple[Pause, ...]:
    """Join the times that overlap, so that no minute is counted twice."""
    joined: list[Pause] = []
    for pause in sorted(pauses, key=lambda one: one.begun):
        last = joined[-1] if joined else None
        if last is None or (last.to is not None and pause.begun > last.to):
            joined.append(pause)
        elif last.to is not None:
            joined[-1] = Pause(last.begun, None if pause.to is None else max(last.to, pause.to))
    return tuple(joined)
