"""What a measure returns: one figure with its budget beside it. Knows nothing of what is measured."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured number.

    Args:
        what: what was measured, as DESIGN's table of budgets says it.
        value: the number, in *unit*.
        budget: in words, `≤ 1.2`; empty where DESIGN gives none and the figure is only worth knowing.
        ok: whether the budget holds; None without one.
        how: how it was measured, so that somebody else gets the same: size, runs, which of them counts.
    """

    what: str
    value: float
    unit: str
    budget: str
    ok: bool | None
    how: str

    @property
    def verdict(self) -> str:
        """Return `ok`, `over` (the budget does not hold) or nothing."""
        return {True: "ok", False: "over", None: ""}[self.ok]


def at_most(what: str, value: float, unit: str, limit: float, how: str) -> Figure:
    """Make a figure that must not be above *limit*."""
    return Figure(what, value, unit, f"≤ {limit:,.10g}", value <= limit, how)


def at_least(what: str, value: float, unit: str, limit: float, how: str) -> Figure:
    """Make a figure that must not be below *limit*."""
    return Figure(what, value, unit, f"≥ {limit:,.10g}", value >= limit, how)


def known(what: str, value: float, unit: str, how: str) -> Figure:
    """Make a figure without a budget, worth knowing all the same."""
    return Figure(what, value, unit, "", None, how)
