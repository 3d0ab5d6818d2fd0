"""What a change does to messages and money a week, in lines for people."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from sojourn.cli.render.plan_words import SAID, Line, Section
from sojourn.domain.change.amounts import NOTHING, Amount

if TYPE_CHECKING:
    from sojourn.domain.change.forecast import Expected, Forecast

_ALL = "messages"


def forecast_sections(forecast: Forecast) -> Iterator[Section]:
    """Yield a week as it is and as it would be, under one heading."""
    basis = f"a week, by the last {forecast.days} days" if forecast.days else "a week"
    yield basis, [*_lines(forecast), *(Line(SAID, reason) for reason in forecast.reasons)]


def _lines(forecast: Forecast) -> Iterator[Line]:
    if forecast.days:
        yield Line(SAID, f"{_number(forecast.entered)} enter")
    pairs = forecast.before, forecast.after
    unit = ""
    if forecast.after is None and forecast.thousand_after is not None:
        pairs, unit = (forecast.thousand_before, forecast.thousand_after), " of a thousand who enter"
    before, after = pairs
    if before is None or after is None:
        return
    channels = sorted({*before.messages, *after.messages})
    for name in channels if len(channels) == 1 else [*channels, _ALL]:
        yield Line(SAID, f"{name}: {_change(_of(before, name), _of(after, name), _range)}{unit}")
    if before.dollars is not None and after.dollars is not None:
        without = f", without {', '.join(forecast.unpriced)}" if forecast.unpriced else ""
        yield Line(SAID, f"dollars: {_change(before.dollars, after.dollars, _money)}{unit}{without}")


def _of(expected: Expected, name: str) -> Amount:
    return expected.total if name == _ALL else expected.messages.get(name, NOTHING)


def _change(before: Amount, after: Amount, said: Callable[[Amount], str]) -> str:
    return f"{said(before)}, as now" if before.same(after) else f"{said(before)} → {said(after)}"


def _range(amount: Amount) -> str:
    if amount.is_exact:
        return _number(amount.high)
    likely = f", likely {_number(amount.likely)}" if amount.likely is not None else ""
    return f"{_number(amount.low)} to {_number(amount.high)}{likely}"


def _money(amount: Amount) -> str:
    if amount.is_exact:
        return f"${amount.high:,.2f}"
    likely = f", likely ${amount.likely:,.2f}" if amount.likely is not None else ""
    return f"${amount.low:,.2f} to ${amount.high:,.2f}{likely}"


def _number(number: float) -> str:
    return f"{number:,.0f}" if number >= 10 or number == round(number) else f"{number:.1f}"
