"""What a change does to messages and money a week, from what was measured: numbers where they follow, bounds where not.

The days that were counted say how many enter and how many of them come to each step. What a change leaves alone goes on
as it did; what it takes away is gone; what it adds is known as far as it follows from that, and otherwise lies between
bounds. Why something is not known is said in words. Nothing is known of a journey that nobody has entered, and of one
whose entry changes only what each customer gets. It assumes that coming weeks are like those that were counted.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sojourn.domain.change.amounts import NOTHING, Amount, Tally, exactly, times
from sojourn.domain.change.figures import WINDOW, Figures, StepFigures
from sojourn.domain.change.messages import MONEY, STEPS, TOTAL, Rates
from sojourn.domain.change.passing import Passing

if TYPE_CHECKING:
    from sojourn.domain.change.outline import Outline

_NO_RATES = Rates()


@dataclass(frozen=True, slots=True)
class Expected:
    """What is sent and paid, in a week or of a thousand customers.

    Args:
        messages: by channel, without those of which there are none.
        total: messages over all channels; not the sum of the bounds by channel, where one message may take either.
        steps: times a step is passed.
        dollars: of all that has a price (`Forecast.unpriced` has none); None where no price was given at all.
    """

    messages: Mapping[str, Amount] = field(default_factory=dict)
    total: Amount = NOTHING
    steps: Amount = NOTHING
    dollars: Amount | None = None

    def same(self, other: Expected) -> bool:
        """Say whether nothing differs."""
        mine, others = self._all(), other._all()
        return all(mine.get(name, NOTHING).same(others.get(name, NOTHING)) for name in {*mine, *others})

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON data."""
        return {
            "messages": {channel: amount.to_json() for channel, amount in self.messages.items()},
            "total": self.total.to_json(), "steps": self.steps.to_json(),
            "dollars": None if self.dollars is None else self.dollars.to_json(),
        }  # fmt: skip

    def _all(self) -> dict[str, Amount]:
        return {**self.messages, TOTAL: self.total, STEPS: self.steps, MONEY: self.dollars or NOTHING}


@dataclass(frozen=True, slots=True)
class Forecast:
    """What a change of a journey does.

    Args:
        days: how many days it was made from, four weeks at most; 0 where nothing was counted.
        entered: how many entered a week in those days.
        before, after: in a week; None where it is not known.
        thousand_before, thousand_after: of a thousand customers who enter; known where entries are not, too.
        unpriced: channels that are sent on and have no price, so that the dollars are without them.
        reasons: why something is not known exactly, in sentences.
    """

    days: int
    entered: float
    before: Expected | None
    after: Expected | None
    thousand_before: Expected | None
    thousand_after: Expected | None
    unpriced: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()

    @property
    def is_short(self) -> bool:
        """Whether it was made from less than four weeks."""
        return self.days < WINDOW

    @property
    def differs(self) -> bool | None:
        """Whether the change makes a difference to a week; None where that is not known."""
        if self.before is None or self.after is None:
            return None
        return not self.before.same(self.after)

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON data."""
        parts = ("before", "after", "thousand_before", "thousand_after")
        told = {name: getattr(self, name) for name in parts}
        return {
            "days": self.days, "entered": round(self.entered, 3), "differs": self.differs,
            **{name: None if one is None else one.to_json() for name, one in told.items()},
            "unpriced": list(self.unpriced), "reasons": list(self.reasons),
        }  # fmt: skip


def forecast(
    live: Outline | None,
    new: Outline | None,
    figures: Figures,
    rates: Rates = _NO_RATES,
    guessed: Mapping[str, StepFigures] | None = None,
) -> Forecast:
    """Work out what becomes of messages and money where *new* takes the place of *live*.

    Args:
        live: the version that customers enter now; None where there is none.
        new: the version that would be published; None where the journey would be taken out.
        figures: what was counted of the journey, by the ids of *live*'s steps (`figures.figures_of`).
        rates: what a message and a passed step cost.
        guessed: what a simulation of *new* came to, by the ids of *new*'s steps: the likely number within bounds.
    """
    days, weekly = figures.days, figures.entered_weekly
    if live is None:
        reason = f"nobody has entered {new.journey} yet" if new else "there is no such journey"
        return Forecast(days, 0.0, _expected({}, rates), None, None, None, (), (reason,))
    if not figures.entered:
        # Today is not over, and is left out: who entered today may be many.
        when = "yesterday" if days == 1 else f"in the {days} days before today"
        none = f"no whole day of {live.journey} was counted yet"
        reason = f"{f'nobody entered {live.journey} {when}' if days else none}: what comes to its steps is not known"
        gone = _expected({}, rates) if new is None else None
        return Forecast(days, 0.0, _expected({}, rates) if days else None, gone, None, None, (), (reason,))
    was = Passing(live, live, figures, rates)
    thousand_before = times(was.per_customer(), exactly(1000.0))
    before = times(was.per_customer(), exactly(weekly))
    if new is None:
        nothing = _expected({}, rates)
        return Forecast(
            days, weekly, _expected(before, rates), nothing, _expected(thousand_before, rates), None,
            was.unpriced, _of_few_days(days),
        )  # fmt: skip
    will = Passing(live, new, figures, rates, guessed)
    each = will.per_customer()
    reasons, known = [*_of_few_days(days), *will.reasons], not will.unknown
    thousand = _expected(times(each, exactly(1000.0)), rates) if known else None
    if asked := _of_entry(live, new):
        reasons.insert(0, f"who enters changes ({asked}): how many will is not known")
        known = False
    return Forecast(
        days, weekly, _expected(before, rates), _expected(times(each, exactly(weekly)), rates) if known else None,
        _expected(thousand_before, rates), thousand,
        tuple(sorted({*was.unpriced, *will.unpriced})), tuple(dict.fromkeys(reasons)),
    )  # fmt: skip


def _of_few_days(days: int) -> tuple[str, ...]:
    if days >= WINDOW:
        return ()
    return (
        f"made from {days} {'day' if days == 1 else 'days'}, not four weeks: nothing was counted earlier",
    )


def _of_entry(live: Outline, new: Outline) -> str:
    """Return which of the fields differ that say who enters."""
    names = sorted({*live.enter, *new.enter})
    return ", ".join(
        f"enter.{name}" for name in names if live.enter.get(name) != new.enter.get(name) and name != "holdout"
    )


def _expected(tally: Tally, rates: Rates) -> Expected:
    channels = sorted(set(tally) - {TOTAL, STEPS, MONEY})
    dollars = tally.get(MONEY, NOTHING) if rates.given else None
    return Expected(
        {channel: tally[channel] for channel in channels if tally[channel].high},
        tally.get(TOTAL, NOTHING), tally.get(STEPS, NOTHING), dollars,
    )  # fmt: skip
