"""How a journey stands, in figures: sums over the counters of its versions and steps.

It adds up and divides; it writes no text and knows no table.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sojourn.application.counting import Deltas
from sojourn.domain.message.channels import CHANNELS
from sojourn.domain.time.instants import iso
from sojourn.local.report.statistics import Lift, Rate, lift, wilson

if TYPE_CHECKING:
    from sojourn.adapters.dynamodb.held import Held
    from sojourn.application.publishing import LiveJourney
    from sojourn.domain.change.outline import Outline
    from sojourn.domain.time.schedules import Occurrence

OF_MESSAGES = (
    "delivered",
    "opened",
    "clicked",
    "replied",
    "undelivered",
    "bounced",
    "complained",
    "rejected",
    "unknown",
)
"""What is known of messages that were sent, by the names of their counters."""
_ENDS = ("goal", "completed", "restarted", "redirected", "stopped", "failed", "erased")
_EXIT, _SUPPRESSED, _SENT = "exit:", "suppressed.", "sent."


@dataclass(frozen=True, slots=True)
class Step:
    """One step of one version.

    Args:
        depth: so many steps it stands inside of.
        path: the name of the path that begins with it; "" where none does.
    """

    id: str
    words: str
    counters: Mapping[str, int]
    depth: int = 0
    path: str = ""


@dataclass(frozen=True, slots=True)
class Figures:
    """One journey.

    Args:
        counts: the counters of all its versions, by place.
        outlines: version -> what it says, as far as it is kept.
        words: (version, step) -> what a step does.
        held: what is held of runs that go on; None where nobody looked.
        next_time: when its schedule begins next; None where it does not.
    """

    live: LiveJourney
    title: str
    counts: Deltas
    outlines: Mapping[str, Outline] = field(default_factory=dict)
    words: Mapping[tuple[str, str], str] = field(default_factory=dict)
    held: Held | None = None
    next_time: Occurrence | None = None

    @property
    def enter(self) -> Mapping[str, Any]:
        """Who enters the version that is live, as it is written."""
        live = self.outlines.get(self.live.version)
        return live.enter if live is not None else {}

    @property
    def runs(self) -> Counter[str]:
        """The counters of runs, over all versions."""
        return _sum(counters for place, counters in self.counts.items() if not place.step)

    @property
    def messages(self) -> Counter[str]:
        """The counters of steps, over all steps of all versions."""
        return _sum(counters for place, counters in self.counts.items() if place.step)

    @property
    def versions(self) -> list[str]:
        """The versions that somebody is in or that are live, the live one first, then those with most runs."""
        active = {
            place.version: told.get("active", 0) for place, told in self.counts.items() if not place.step
        }
        draft = self.live.draft.version if self.live.draft else ""
        others = [one for one, runs in active.items() if runs > 0 and one not in (self.live.version, draft)]
        named = [one for one in (self.live.version, draft) if one]
        return [*named, *sorted(others, key=lambda one: (-active[one], one))]

    def active(self, version: str) -> int:
        """Return how many runs of a version go on."""
        return sum(
            told.get("active", 0)
            for place, told in self.counts.items()
            if place.version == version and not place.step
        )

    def steps(self, version: str) -> list[Step]:
        """Return the steps of a version in the order of the journey; those that nothing says of, at the end."""
        outline = self.outlines.get(version)
        known = [step.id for step in outline.steps] if outline is not None else []
        counted = {
            place.step: told for place, told in self.counts.items() if place.version == version and place.step
        }
        ids = dict.fromkeys([*known, *sorted(counted)])
        depths: dict[str, int] = {}
        begins: dict[tuple[str, str], str] = {}
        for step in outline.steps if outline is not None else ():
            depths[step.id] = depths.get(step.place[0], -1) + 1
            begins.setdefault(step.place, step.id)
        paths = {first: path for (inside, path), first in begins.items() if inside}
        return [
            Step(
                one, self.words.get((version, one), one), counted.get(one, {}), depths.get(one, 0), paths.get(one, "")
            )
            for one in ids
        ]  # fmt: skip

    def channels(self) -> dict[str, dict[str, int]]:
        """Return channel -> its messages: how many were sent, and what is known of them.

        Of a step that sends on one channel alone all is that channel's: so what was counted before channels were told
        apart is not lost.
        """
        found: dict[str, Counter[str]] = {}
        for place, counters in self.counts.items():
            sent = {name.removeprefix(_SENT): by for name, by in counters.items() if name.startswith(_SENT)}
            if not place.step or not sent:
                continue
            for channel, by in sent.items():
                told = found.setdefault(channel, Counter())
                told["sent"] += by
                for name in OF_MESSAGES:
                    told[name] += counters.get(name if len(sent) == 1 else f"{name}.{channel}", 0)
        order = {name: place for place, name in enumerate(CHANNELS)}
        return {
            channel: dict(found[channel])
            for channel in sorted(found, key=lambda one: (order.get(one, 99), one))
        }

    def not_sent(self) -> dict[str, int]:
        """Return reason -> how many messages were not sent for it, the most frequent first."""
        told = {
            name.removeprefix(_SUPPRESSED): by
            for name, by in self.messages.items()
            if name.startswith(_SUPPRESSED)
        }
        return dict(sorted(told.items(), key=lambda pair: (-pair[1], pair[0])))

    def ends(self) -> dict[str, int]:
        """Return exit reason -> how many runs ended so; a goal reached after the end of its run is not among them."""
        runs = self.runs
        told = {name: runs[name] for name in _ENDS if runs[name]}
        told |= {name: by for name, by in sorted(runs.items()) if name.startswith(_EXIT) and by}
        if "goal" in told:
            told["goal"] -= runs["goal_late"]
        return {name: by for name, by in told.items() if by}

    def effect(self) -> Effect | None:
        """Return what the journey brings; None where nobody has reached its goal and nobody is held out."""
        runs = self.runs
        if not runs["goal"] and not runs["holdout"]:
            return None
        without = _rate(runs["goal_holdout"], runs["holdout"])
        with_it = _rate(runs["goal"] - runs["goal_holdout"], runs["entered"] - runs["holdout"])
        return Effect(with_it, without, lift(with_it, without))

    def to_json(self) -> dict[str, Any]:
        """Return all figures for programs."""
        effect, runs = self.effect(), self.runs
        return {
            **self.live.to_json(),
            "title": self.title,
            "runs": dict(runs),
            "ends": self.ends(),
            "effect": effect.to_json() if effect else None,
            "channels": self.channels(),
            "not_sent": self.not_sent(),
            "put_off": self.messages["held"],
            "held": self._held_json(),
            "next_time": iso(self.next_time.at) if self.next_time is not None else None,
            "versions": [
                {
                    "version": one, "live": one == self.live.version, "active": self.active(one),
                    "steps": [
                        {"step": step.id, "does": step.words, "counters": dict(step.counters)}
                        for step in self.steps(one)
                    ],
                }
                for one in self.versions
            ],
        }  # fmt: skip

    def _held_json(self) -> dict[str, Any] | None:
        if self.held is None:
            return None
        return {
            "runs_looked_at": self.held.looked, "of_all": self.held.whole,
            "steps": [
                {
                    "version": version, "step": step, "put_off": one.count, "stopped_by_a_pause": one.paused,
                    "first": one.first and one.first.isoformat(), "last": one.last and one.last.isoformat(),
                }
                for (version, step), one in sorted(self.held.at.items())
            ],
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Effect:
    """How many reached the goal with the journey and without it."""

    with_it: Rate
    without: Rate
    lift: Lift

    def to_json(self) -> dict[str, Any]:
        """Return it for programs."""
        return {
            "with": _rate_json(self.with_it), "without": _rate_json(self.without),
            "lift": {
                "verdict": self.lift.verdict, "difference": self.lift.difference, "low": self.lift.low,
                "high": self.lift.high,
            },
        }  # fmt: skip


def _rate_json(rate: Rate) -> dict[str, Any]:
    return {"reached": rate.part, "of": rate.whole, "rate": rate.rate, "low": rate.low, "high": rate.high}


def _rate(part: int, whole: int) -> Rate:
    """Return a share; counters that are a change apart never make it more than all, or less than none."""
    whole = max(0, whole)
    return wilson(min(max(0, part), whole), whole)


def _sum(counters: Iterable[Mapping[str, int]]) -> Counter[str]:
    total: Counter[str] = Counter()
    for one in counters:
        for name, by in one.items():
            total[name] += by
    return total
