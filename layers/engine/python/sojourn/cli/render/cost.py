"""Shows what a journey costs: line by line, beside what a deployment measured, with what is not known said plainly."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.table import Table

from sojourn.local.cost.beside import Counted, as_measured, explained, messages, passed, rates_of
from sojourn.local.cost.estimate import Estimate, estimate
from sojourn.local.cost.prices import USUAL

if TYPE_CHECKING:
    from sojourn.cli.terminal import Terminal
    from sojourn.domain.change.figures import Figures
    from sojourn.local.cost.prices import Price, Prices
    from sojourn.local.cost.usage import Usage


@dataclass(frozen=True, slots=True)
class Costs:
    """What is to be shown.

    Args:
        used: what the simulated runs used in all.
        simulated: what they did, by step. counted: what a deployment's did; None where none was asked.
    """

    made: Estimate
    used: Usage
    prices: Prices
    sms: float | None
    simulated: Figures
    counted: Counted | None
    stage: str
    region: str

    @property
    def measured(self) -> Estimate | None:
        """What so many customers cost by what the deployment measured; None where nobody entered it."""
        if self.counted is None or not self.counted.figures.entered:
            return None
        used = as_measured(self.used, self.simulated, self.counted.figures)
        return estimate(self.made.journey, used, self.made.customers, self.prices, sms=self.sms)

    @property
    def difference(self) -> str:
        """A line that explains it."""
        if self.counted is None or not self.counted.figures.entered:
            return ""
        rates = rates_of(self.made, self.simulated, self.prices, self.sms)
        return explained(self.simulated, self.counted.figures, rates)


def cost_json(costs: Costs) -> dict[str, Any]:
    """Return it as JSON data."""
    data: dict[str, Any] = {
        **costs.made.to_json(),
        "region": costs.prices.region,
        "prices_of": costs.prices.date or None,
        "measured_runs": costs.used.entered,
        "per_customer": _each(costs.simulated),
    }
    if costs.counted is not None:
        counted, measured = costs.counted, costs.measured
        data["measured"] = {
            "stage": costs.stage, "region": costs.region, "versions": list(counted.versions),
            "of_these_files": counted.of_these_files, "runs": counted.figures.entered, "under_way": counted.under_way,
            "per_customer": _each(counted.figures), "difference": costs.difference,
        }  # fmt: skip
        if measured is not None:
            whole = measured.to_json()
            data["measured"] |= {name: whole[name] for name in ("dollars", "per_thousand", "lines")}
    return data


def _each(figures: Figures) -> dict[str, Any]:
    return {
        "steps": round(passed(figures), 6),
        "messages": {channel: round(number, 6) for channel, number in messages(figures).items()},
        "passed": {step: round(one.passed, 6) for step, one in figures.steps.items()},
    }


def tell_cost(costs: Costs, terminal: Terminal) -> None:
    """Show it."""
    made, measured = costs.made, costs.measured
    width = None if terminal.out.isatty() else 100
    console = Console(file=terminal.out, width=width, no_color=not terminal.colour, highlight=False)
    terminal.say(terminal.styled(f"{made.journey}: {made.customers:,} customers", "bold"))
    console.print(_table(made, measured))
    _tell_unpriced(costs, terminal)
    if costs.counted is not None:
        _tell_measured(costs, costs.counted, terminal)
    if costs.prices.idle:
        terminal.say(
            f"besides, every month, whoever comes: {', '.join(map(_monthly, costs.prices.idle.values()))}"
        )


def _table(made: Estimate, measured: Estimate | None) -> Table:
    table = Table(box=None, pad_edge=False)
    table.add_column("service")
    table.add_column("what")
    for heading in (
        ("quantity", "dollars") if measured is None else ("simulated", "dollars", "measured", "dollars")
    ):
        table.add_column(heading, justify="right")
    mine = {(line.service, line.what): line for line in made.lines}
    theirs = {(line.service, line.what): line for line in measured.lines} if measured is not None else {}
    for key in dict.fromkeys([*mine, *theirs]):
        cells = []
        for lines in (mine, theirs) if measured is not None else (mine,):
            line = lines.get(key)
            cells += ["–", ""] if line is None else [_quantity(line.quantity), _money(line.dollars)]
        table.add_row(*key, *cells)
    both = [made] if measured is None else [made, measured]
    totals = (cell for one in both for cell in ("", _money(one.dollars)))
    thousands = (cell for one in both for cell in ("", _money(one.per_thousand)))
    table.add_row("total", "", *totals, style="bold")
    table.add_row("per thousand customers", "", *thousands)
    return table


def _tell_unpriced(costs: Costs, terminal: Terminal) -> None:
    prices, made = costs.prices, costs.made
    if not prices.date:
        terminal.say(
            f"no prices of {prices.region} are known here, and none are guessed: --prices FILE takes a list of yours,"
            f" --prices {USUAL} reckons as if it were {USUAL}"
        )
        return
    unpriced = {(line.service, line.what): line for line in made.unpriced}
    if unpriced:
        what = ", ".join(
            f"{_quantity(line.quantity)} {line.what} ({line.service})" for line in unpriced.values()
        )
        hint = (
            "; SMS: --sms DOLLARS for one part" if any("SMS" in line.what for line in made.unpriced) else ""
        )
        terminal.say(f"without a price, and not in the sum: {what}{hint}")
    elsewhere = f"; {costs.region} is charged otherwise" if costs.region not in ("", prices.region) else ""
    terminal.say(
        f"prices of {prices.region}, {prices.date}: a list of ours or yours, check what matters to you{elsewhere}"
    )


def _tell_measured(costs: Costs, counted: Counted, terminal: Terminal) -> None:
    where = f"{costs.stage} ({costs.region})"
    if not counted.figures.entered:
        terminal.say(f"measured: nobody has entered {costs.made.journey} in {where} yet")
        return
    which = f"version {counted.versions[0]}, as in these files"
    if not counted.of_these_files:
        which = f"{'version' if len(counted.versions) == 1 else 'versions'} {', '.join(counted.versions)},"
        which += " not as in these files"
    going = f"; {counted.under_way:,} have not ended and will come to more" if counted.under_way > 0 else ""
    terminal.say(f"measured: {counted.figures.entered:,} runs in {where}, {which}{going}")
    terminal.say("  messages and steps are what it counted; all else is as much a step as in the simulation")
    terminal.say(f"the difference: {costs.difference}")


def _monthly(price: Price) -> str:
    return f"each {price.per}" + ("" if price.dollars is None else f" ${price.dollars:.2f}")


def _quantity(number: float) -> str:
    return f"{number:,.0f}" if number >= 100 else f"{number:.2g}"


def _money(dollars: float | None) -> str:
    if dollars is None:
        return "?"
    return f"${dollars:,.2f}" if dollars >= 1 else f"${dollars:.4f}"
