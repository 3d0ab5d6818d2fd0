"""What a journey did day by day, and what that comes to per week and per customer: what forecasts are made from.

The names that figures by day are counted under stand here, for whoever counts and whoever reads. It knows no journey.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

ENTERED, GOAL = "entered", "goal"
PASSED, SENT, PATH = "passed", "sent.", "path."
"""Of a step: times a run was done with it, messages by channel, ways that runs went on."""
WINDOW = 28
"""Days that a forecast looks back at: four weeks, so that each day of the week counts alike."""
WEEK = 7


def at_step(name: str, step: str) -> str:
    """Return what a step's counter is called among a day's figures."""
    return f"{name}@{step}"


def step_of(name: str) -> tuple[str, str]:
    """Return the counter and the step that a name says; the step is "" for the journey as a whole."""
    # No step's id has an @ in it, while the name of a way may have anything.
    counter, _, step = name.rpartition("@")
    return (counter, step) if counter else (name, "")


@dataclass(frozen=True, slots=True)
class StepFigures:
    """What a step did for each customer who entered, on average.

    Args:
        passed: times a run was done with it.
        sent: messages by channel.
        paths: ways on from it, by name.
    """

    passed: float = 0.0
    sent: Mapping[str, float] = field(default_factory=dict)
    paths: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Figures:
    """What a journey did in some days.

    Args:
        days: how many days they are of, fewer than were asked for where nothing was counted earlier.
        entered: runs that began in these days; goal: of those and earlier ones, which reached the goal.
        steps: for each customer who entered, by step; empty where nobody entered.
    """

    days: int = 0
    entered: int = 0
    goal: int = 0
    steps: Mapping[str, StepFigures] = field(default_factory=dict)

    @property
    def entered_weekly(self) -> float:
        """How many enter in a week."""
        return self.entered / self.days * WEEK if self.days else 0.0

    def step(self, step: str) -> StepFigures:
        """Return a step's figures, of one that nobody came to all zero."""
        return self.steps.get(step, StepFigures())


def figures_of(daily: Mapping[date, Mapping[str, int]], until: date, window: int = WINDOW) -> Figures:
    """Add up the figures of the days before *until*, and divide them among those who entered.

    Args:
        daily: by day, as the table has them (`sojourn.adapters.dynamodb.daily`); a day without any may be missing.
        until: the first day that is left out: today, which is not over.
        window: how many days are looked back at.

    Returns:
        Figures of as many days as there are from the first on which anything was counted, *window* at most.
    """
    first = until - timedelta(days=window)
    counted = {
        day: figures for day, figures in daily.items() if first <= day < until and any(figures.values())
    }
    if not counted:
        return Figures()
    total: Counter[str] = Counter()
    for figures in counted.values():
        total.update(figures)
    entered = total[ENTERED]
    steps: dict[str, dict[str, int]] = {}
    for name, number in total.items():
        counter, step = step_of(name)
        if step:
            steps.setdefault(step, {})[counter] = number
    return Figures(
        (until - min(counted)).days,
        entered,
        total[GOAL],
        {step: of_each(counters, entered) for step, counters in sorted(steps.items())} if entered else {},
    )


def of_each(counters: Mapping[str, int], entered: int) -> StepFigures:
    """Divide a step's counters among those who entered the journey."""

    def named(prefix: str) -> dict[str, float]:
        return {
            name.removeprefix(prefix): number / entered
            for name, number in sorted(counters.items())
            if name.startswith(prefix)
        }

    return StepFigures(counters.get(PASSED, 0) / entered, named(SENT), named(PATH))
