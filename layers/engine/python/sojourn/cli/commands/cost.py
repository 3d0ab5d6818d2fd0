"""`sojourn cost`: what so many customers cost in a journey, by service."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from sojourn.cli.command import FOUND, GOOD, Command
from sojourn.cli.usage import UsageError, whole_number

if TYPE_CHECKING:
    import argparse

    from sojourn.cli.loading import Loaded
    from sojourn.cli.terminal import Terminal
    from sojourn.cli.usage import Parser
    from sojourn.local.cost.estimate import Estimate
    from sojourn.local.cost.prices import Prices

_MOST_CUSTOMERS = 1_000_000_000
_MOST_SAMPLED = 100_000
_MOST_DAYS = 3_660
_MOST_SEED = 2**63 - 1


def _arguments(parser: Parser) -> None:
    parser.add_argument("journey", metavar="JOURNEY", help="a journey's folder")
    for name, metavar, default, least, most, text in (
        ("--customers", "N", 1_000, 1, _MOST_CUSTOMERS, "how many customers enter the journey"),
        ("--sample", "N", 1_000, 1, _MOST_SAMPLED, "how many made-up customers to measure with"),
        ("--days", "D", 30, 1, _MOST_DAYS, "how many virtual days they live"),
        ("--seed", "S", 1, 0, _MOST_SEED, "which dice"),
    ):
        parser.add_argument(
            name, metavar=metavar, type=whole_number(least, most), default=default,
            help=f"{text} (default: {default:,})",
        )  # fmt: skip
    parser.add_argument(
        "--sms", metavar="DOLLARS", type=_dollars, help="the price of one SMS part in your countries"
    )
    parser.add_argument("--prices", metavar="FILE", help="another price list, in the form of ours")
    parser.add_argument("--json", action="store_true", help="the estimate as JSON")


def _dollars(text: str) -> float:
    import argparse

    try:
        dollars = float(text)
    except ValueError:
        dollars = -1.0
    if not 0 <= dollars < 1_000:
        raise argparse.ArgumentTypeError(f'"{text}" is no price: write 0.0075')
    return dollars


def _run(arguments: argparse.Namespace, terminal: Terminal) -> int:
    from sojourn.cli.interrupts import interrupts_kept
    from sojourn.cli.loading import load, stopped
    from sojourn.cli.progress import Progress
    from sojourn.local.cost.estimate import estimate
    from sojourn.local.cost.measuring import measure

    loaded = load(arguments.journey, terminal)
    name = _only_journey(loaded, arguments.journey)
    if stopped(loaded.shared_findings, loaded, terminal, "nothing was worked out"):
        return FOUND
    prices = _prices(arguments.prices)
    with Progress(terminal, arguments.sample, "customers") as progress, interrupts_kept() as stop_if_asked:

        def done(customers: int) -> None:
            stop_if_asked()
            progress.reach(customers)

        meter = measure(loaded.project, arguments.sample, arguments.days, arguments.seed, done)
    used = meter.of(name)
    if not used.entered:
        raise UsageError(
            f"none of {arguments.sample:,} made-up customers entered {name} within {arguments.days} days",
            "more of them (--sample), or other guesses in simulation.yaml",
        )
    made = estimate(name, used, arguments.customers, prices, sms=arguments.sms)
    if arguments.json:
        data = {
            **made.to_json(),
            "region": prices.region,
            "prices_of": prices.date,
            "measured_runs": used.entered,
        }
        terminal.say(json.dumps(data, indent=2, ensure_ascii=False))
        return GOOD
    _show(made, prices, terminal)
    terminal.tell(
        f"measured with {used.entered:,.0f} runs of {arguments.sample:,} made-up customers in {arguments.days} days; "
        f"prices of {prices.region}, {prices.date}: a list of ours, check what matters to you"
    )
    return GOOD


def _only_journey(loaded: Loaded, asked: str) -> str:
    names = sorted(folder.journey.journey for folder in loaded.journeys)
    if len(names) != 1:
        known = ", ".join(names)
        raise UsageError(
            f"{asked} is not one journey's folder" + (f", it holds {known}" if known else ""),
            f"for example: sojourn cost {loaded.journeys[0].folder}" if names else "",
        )
    return names[0]


def _prices(path: str | None) -> Prices:
    from pathlib import Path

    from sojourn.local.cost.prices import OURS, read_prices

    if path is None:
        return read_prices(OURS.read_text(encoding="utf-8"))
    try:
        text = Path(path).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path} cannot be read: {error}") from error
    return read_prices(text, path)


def _show(made: Estimate, prices: Prices, terminal: Terminal) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table(
        title=f"{made.journey}: {made.customers:,} customers", title_justify="left", box=None, pad_edge=False
    )
    for heading in ("service", "what"):
        table.add_column(heading)
    for heading in ("quantity", "dollars"):
        table.add_column(heading, justify="right")
    for line in made.lines:
        table.add_row(line.service, line.what, _quantity(line.quantity), _money(line.dollars))
    table.add_row("total", "", "", _money(made.dollars), style="bold")
    per_thousand = made.dollars / made.customers * 1000
    table.add_row("per thousand customers", "", "", _money(per_thousand))
    width = None if terminal.out.isatty() else 100
    Console(file=terminal.out, width=width, no_color=not terminal.colour, highlight=False).print(table)
    if made.unpriced:
        what = ", ".join(f"{_quantity(line.quantity)} {line.what} ({line.service})" for line in made.unpriced)
        terminal.say(f"without a price: {what}; SMS: --sms DOLLARS for one part")
    monthly = ", ".join(f"each {price.per} ${price.dollars:.2f}" for price in prices.idle.values())
    if monthly:
        terminal.say(f"besides, every month, whoever comes: {monthly}")


def _quantity(number: float) -> str:
    return f"{number:,.0f}" if number >= 100 else f"{number:.2g}"


def _money(dollars: float | None) -> str:
    if dollars is None:
        return "?"
    return f"${dollars:,.2f}" if dollars >= 1 else f"${dollars:.4f}"


COMMAND = Command(
    name="cost",
    summary="what so many customers cost in a journey, by service",
    description=(
        "Work out what a journey costs: made-up customers live with the workspace's journeys, what they use of AWS is\n"
        "counted (state transitions, invocations, table units, emails, SMS parts), and a price list makes it dollars."
    ),
    examples=(
        "sojourn cost journeys/welcome --customers 10000",
        "sojourn cost journeys/welcome --customers 10000 --sms 0.0079",
        "sojourn cost journeys/welcome --json",
    ),
    arguments=_arguments,
    run=_run,
)
