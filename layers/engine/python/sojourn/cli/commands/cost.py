"""`sojourn cost`: what so many customers cost in a journey, by service."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from sojourn.cli.command import FOUND, GOOD, Command
from sojourn.cli.usage import UsageError, dollars, whole_number

if TYPE_CHECKING:
    import argparse

    from sojourn.application.counting import Deltas
    from sojourn.cli.loading import Loaded
    from sojourn.cli.terminal import Terminal
    from sojourn.cli.usage import Parser
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
        "--sms", metavar="DOLLARS", type=dollars, help="the price of one SMS part in your countries"
    )
    parser.add_argument(
        "--prices",
        metavar="FILE|REGION",
        help="another price list, in the form of ours; or ours of that region",
    )
    parser.add_argument(
        "--region", metavar="NAME",
        help="the AWS region whose prices count, and where the deployment is (default: the deployment's; us-east-1)",
    )  # fmt: skip
    parser.add_argument(
        "--stage", metavar="NAME", help="beside the simulation, what the deployment of this stage measured"
    )
    parser.add_argument("--json", action="store_true", help="the estimate as JSON")


def _run(arguments: argparse.Namespace, terminal: Terminal) -> int:
    from sojourn.cli.interrupts import interrupts_kept
    from sojourn.cli.loading import load, stopped
    from sojourn.cli.progress import Progress
    from sojourn.cli.render.cost import Costs, cost_json, tell_cost
    from sojourn.local.cost.beside import counted
    from sojourn.local.cost.estimate import estimate
    from sojourn.local.cost.measuring import measure

    loaded = load(arguments.journey, terminal)
    name = _only_journey(loaded, arguments.journey)
    if stopped(loaded.shared_findings, loaded, terminal, "nothing was worked out"):
        return FOUND
    region, counts = _deployed(arguments, name)
    prices = _prices(arguments.prices, region)
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
    version = meter.versions[name]
    costs = Costs(
        estimate(name, used, arguments.customers, prices, sms=arguments.sms), used, prices, arguments.sms,
        counted(meter.counts, name, version).figures, None if counts is None else counted(counts, name, version),
        arguments.stage or "", region or "",
    )  # fmt: skip
    if arguments.json:
        terminal.say(json.dumps(cost_json(costs), indent=2, ensure_ascii=False))
        return GOOD
    tell_cost(costs, terminal)
    terminal.tell(
        f"simulated with {used.entered:,.0f} runs of {arguments.sample:,} made-up customers in {arguments.days} days"
    )
    return GOOD


def _deployed(arguments: argparse.Namespace, journey: str) -> tuple[str | None, Deltas | None]:
    """Return the region that is meant, None where none is named, and what the deployment counted, if one is asked."""
    if not arguments.stage:
        return arguments.region, None
    from sojourn.adapters.dynamodb.counters import counts
    from sojourn.cli.deployment import Deployment, in_words

    deployment = Deployment.find(arguments.stage, arguments.region)
    with in_words():
        found = counts(deployment.client("dynamodb"), deployment.output("TableName"), journey)
    return deployment.region, found


def _only_journey(loaded: Loaded, asked: str) -> str:
    names = sorted(folder.journey.journey for folder in loaded.journeys)
    if len(names) != 1:
        known = ", ".join(names)
        raise UsageError(
            f"{asked} is not one journey's folder" + (f", it holds {known}" if known else ""),
            f"for example: sojourn cost {loaded.journeys[0].folder}" if names else "",
        )
    return names[0]


def _prices(asked: str | None, region: str | None) -> Prices:
    from pathlib import Path

    from sojourn.local.cost.prices import USUAL, prices_of, read_prices, regions

    if asked is None or asked in regions():
        return prices_of(asked or region or USUAL)
    try:
        text = Path(asked).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(
            f"{asked} cannot be read: {error}",
            f"name a file, or a region that we have prices of: {', '.join(regions())}",
        ) from error
    return read_prices(text, asked)


COMMAND = Command(
    name="cost",
    summary="what so many customers cost in a journey, by service",
    description=(
        "Work out what a journey costs: made-up customers live with the workspace's journeys, what they use of AWS is\n"
        "counted (state transitions, invocations, table units, emails, SMS parts), and a price list makes it dollars.\n"
        "With --stage NAME, beside it what that deployment measured, and what the difference comes from."
    ),
    examples=(
        "sojourn cost journeys/welcome --customers 10000",
        "sojourn cost journeys/welcome --customers 10000 --sms 0.0079",
        "sojourn cost journeys/welcome --region us-east-1 --json",
    ),
    arguments=_arguments,
    run=_run,
)
