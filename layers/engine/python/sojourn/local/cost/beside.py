"""Sets what a deployment counted of a journey beside what a simulation came to, and explains the gap.

A deployment counts who entered, which steps they passed and what they were sent; what AWS was asked for it does not. So
messages are those that were counted, and all else is as much a passed step as in the simulation.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sojourn.domain.change.figures import ENTERED, Figures, StepFigures, of_each
from sojourn.domain.change.messages import Rates

if TYPE_CHECKING:
    from sojourn.application.counting import Place
    from sojourn.local.cost.estimate import Estimate
    from sojourn.local.cost.prices import Prices
    from sojourn.local.cost.usage import Usage

ALIKE = 0.05
"""Parts of the simulation's figure; a smaller difference is none worth a word."""


@dataclass(frozen=True, slots=True)
class Counted:
    """What a deployment counted of a journey.

    Args:
        versions: of which versions; the one of the files alone, where somebody entered it.
        of_these_files: whether it is that one.
        under_way: runs that have not ended: what they are still to do is in no figure.
        figures: for each customer who entered.
    """

    versions: tuple[str, ...]
    of_these_files: bool
    under_way: int
    figures: Figures


def counted(counts: Mapping[Place, Mapping[str, int]], journey: str, version: str) -> Counted:
    """Read the counters of a journey.

    Args:
        version: that of the files. Where nobody entered it, all versions are added up.
    """
    entered = {
        place.version: counters.get(ENTERED, 0)
        for place, counters in counts.items()
        if place.journey == journey and not place.step
    }
    ours = bool(entered.get(version))
    versions = (version,) if ours else tuple(sorted(name for name, number in entered.items() if number))
    whole: Counter[str] = Counter()
    steps: dict[str, Counter[str]] = {}
    for place, counters in counts.items():
        if place.journey == journey and place.version in versions and not place.day:
            (steps.setdefault(place.step, Counter()) if place.step else whole).update(counters)
    number = whole[ENTERED]
    each = {step: of_each(counters, number) for step, counters in sorted(steps.items())} if number else {}
    return Counted(versions, ours, whole["active"], Figures(0, number, whole["goal"], each))


def passed(figures: Figures) -> float:
    """Return how many steps a customer passes."""
    return sum(step.passed for step in figures.steps.values())


def messages(figures: Figures) -> dict[str, float]:
    """Return how many messages a customer gets, by channel."""
    total: Counter[str] = Counter()
    for step in figures.steps.values():
        total.update(step.sent)
    return dict(sorted(total.items()))


def as_measured(used: Usage, simulated: Figures, measured: Figures) -> Usage:
    """Return what the runs that were measured used: their messages, and for each step what a simulated one used.

    Args:
        used: what the simulation used, in all.
    """
    factor = passed(measured) / passed(simulated) if passed(simulated) else 0.0
    entered = measured.entered
    whole = used.times(entered * factor / used.entered)
    parts = used.sms_parts / used.messages["sms"] if used.messages.get("sms") else 1.0
    whole.entered = entered
    whole.messages = {channel: number * entered for channel, number in messages(measured).items()}
    whole.sms_parts = whole.messages.get("sms", 0.0) * parts
    return whole


def rates_of(made: Estimate, figures: Figures, prices: Prices, sms: float | None = None) -> Rates:
    """Return what a message and a passed step cost, by an estimate: what forecasts of a change reckon with.

    Args:
        figures: the simulation's that the estimate was made from.
        sms: dollars for one part of an SMS.
    """
    by_channel: dict[str, float] = {}
    each = made.per_customer
    if (email := prices.prices["email"].dollars) is not None:
        by_channel["email"] = email
    if sms is not None:
        by_channel["sms"] = sms * (each.sms_parts / each.messages["sms"] if each.messages.get("sms") else 1.0)
    paid = sum(number * by_channel.get(channel, 0.0) for channel, number in each.messages.items())
    rest = (made.dollars or 0.0) / made.customers - paid if made.customers else 0.0
    steps = passed(figures)
    return Rates(by_channel, max(0.0, rest) / steps if steps else 0.0)


def explained(simulated: Figures, measured: Figures, rates: Rates) -> str:
    """Say in a line where what was measured differs most from the simulation, and which way customers took instead."""

    def weight(step: StepFigures) -> float:
        if not rates.given:
            return step.passed + sum(step.sent.values())
        return step.passed * rates.step + sum(n * rates.messages.get(c, 0.0) for c, n in step.sent.items())

    was, now = (sum(map(weight, figures.steps.values())) for figures in (simulated, measured))
    if abs(now - was) <= ALIKE * was:
        return f"as in the simulation, within {ALIKE:.0%}".replace("%", " %")
    names = sorted({*simulated.steps, *measured.steps})
    step = max(names, key=lambda name: abs(weight(measured.step(name)) - weight(simulated.step(name))))
    mine, theirs = measured.step(step), simulated.step(step)
    line = (
        f'{"more" if now > was else "less"} than in the simulation, most of it at "{step}": of 100 customers'
        f" {_hundred(mine.passed)} pass it, not {_hundred(theirs.passed)}"
    )
    if mine.sent or theirs.sent:
        line += f", and get {_hundred(sum(mine.sent.values()))} messages, not {_hundred(sum(theirs.sent.values()))}"
    return line + _other_way(simulated, measured)


def _other_way(simulated: Figures, measured: Figures) -> str:
    """Name the way on from a step that customers took least like the simulation's."""
    apart = [
        (abs(mine - theirs), step, path, mine, theirs)
        for step, figures in measured.steps.items()
        if figures.passed and simulated.step(step).passed
        for path in sorted({*figures.paths, *simulated.step(step).paths})
        for mine, theirs in [(_share(figures, path), _share(simulated.step(step), path))]
    ]
    # Of two ways that make up for each other, the one that more of them took.
    gap, step, path, mine, theirs = max(
        apart, key=lambda one: (round(one[0], 6), one[3]), default=(0.0, "", "", 0.0, 0.0)
    )
    if gap <= ALIKE:
        return ""
    return f'; from "{step}" {_hundred(mine)} of 100 go by "{path}", not {_hundred(theirs)}'


def _share(figures: StepFigures, path: str) -> float:
    return figures.paths.get(path, 0.0) / figures.passed


def _hundred(number: float) -> str:
    return f"{100 * number:.0f}"
