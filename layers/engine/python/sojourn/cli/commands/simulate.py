"""`sojourn simulate`: what happens when thousands of made-up customers live with these journeys."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from sojourn.cli.command import FOUND, GOOD, Command
from sojourn.cli.usage import UsageError, whole_number

if TYPE_CHECKING:
    import argparse

    from sojourn.cli.terminal import Terminal
    from sojourn.cli.usage import Parser
    from sojourn.domain.journey.project import Project

_MOST_CUSTOMERS = 10_000_000
_MOST_DAYS = 3_660
_MOST_SEED = 2**63 - 1


def _arguments(parser: Parser) -> None:
    parser.add_argument("path", metavar="PATH", nargs="?", help="a workspace (default: journeys)")
    for name, metavar, default, least, most, text in (
        ("--customers", "N", 1_000, 1, _MOST_CUSTOMERS, "how many customers"),
        ("--days", "D", 30, 1, _MOST_DAYS, "how many virtual days"),
        ("--seed", "S", 1, 0, _MOST_SEED, "which dice; the same seed gives the same bytes"),
    ):
        parser.add_argument(
            name, metavar=metavar, type=whole_number(least, most), default=default,
            help=f"{text} (default: {default:,})",
        )  # fmt: skip
    parser.add_argument("--json", metavar="FILE", help="write the report as JSON; - for the standard output")
    parser.add_argument("--html", metavar="FILE", help="write the report as a page, the journeys drawn on it")


def _run(arguments: argparse.Namespace, terminal: Terminal) -> int:
    from sojourn.cli.interrupts import interrupts_kept
    from sojourn.cli.loading import load, stopped
    from sojourn.cli.progress import Progress
    from sojourn.cli.writing import STANDARD_OUTPUT, ensure_writable, write

    if arguments.json == arguments.html == STANDARD_OUTPUT:
        raise UsageError("only one of --json and --html can go to the standard output")
    loaded = load(arguments.path, terminal)
    if loaded.place.only:
        raise UsageError(
            f"{loaded.place.only} is a part of a workspace, and customers live with all of it",
            f"name the workspace: sojourn simulate {loaded.place.shown}",
        )
    if stopped(loaded.shared_findings, loaded, terminal, "nothing was simulated"):
        return FOUND
    if not loaded.project.journeys:
        raise UsageError(
            f"there are no journeys in {loaded.place.shown}", "they stand in <journey>/journey.yaml"
        )
    ensure_writable(arguments.json, arguments.html)

    from sojourn.local.report.model import build_report
    from sojourn.local.simulation import simulate

    with Progress(terminal, arguments.customers, "customers") as progress, interrupts_kept() as stop_if_asked:

        def done(customers: int, _: int) -> None:
            stop_if_asked()
            progress.reach(customers)

        result = simulate(
            loaded.project, arguments.customers, arguments.days, arguments.seed, progress=done
        )  # fmt: skip
    report = build_report(result.tally, loaded.project, result.meta)
    if arguments.json:
        write(json.dumps(report, indent=2, ensure_ascii=False) + "\n", arguments.json, terminal)
    if arguments.html:
        from sojourn.local.report.page import page

        write(page(report, loaded.project), arguments.html, terminal)
    if STANDARD_OUTPUT not in (arguments.json, arguments.html):
        _show(report, loaded.project, terminal)
    _say_what_it_took(result, arguments, terminal)
    return GOOD


def _show(report: dict[str, Any], project: Project, terminal: Terminal) -> None:
    from rich.console import Console

    from sojourn.local.report.table import show

    width = None if terminal.out.isatty() else 100
    show(report, Console(file=terminal.out, width=width, no_color=not terminal.colour, highlight=False))


def _say_what_it_took(result: Any, arguments: argparse.Namespace, terminal: Terminal) -> None:
    pace = arguments.customers / max(result.seconds, 1e-9)
    written = [target for target in (arguments.json, arguments.html) if target not in (None, "-")]
    wrote = f"; wrote {' and '.join(written)}" if written else ""
    terminal.tell(
        f"{arguments.customers:,} customers in {result.seconds:.1f} s ({pace:,.0f}/s), "
        f"{result.transitions:,} state transitions{wrote}"
    )


COMMAND = Command(
    name="simulate",
    summary="let thousands of made-up customers live with the journeys",
    description=(
        "Let made-up customers live with the journeys of a workspace for some virtual days, and report what\n"
        "happened: per step, per channel, why messages were not sent, conversion and what the journeys added.\n"
        "What is guessed about the customers stands in simulation.yaml."
    ),
    examples=(
        "sojourn simulate",
        "sojourn simulate journeys --customers 1000 --days 30 --seed 1 --html report.html",
        "sojourn simulate journeys --customers 200 --days 14 --json -",
    ),
    arguments=_arguments,
    run=_run,
)
