"""`sojourn customer show`: who somebody is, what runs for them, what was sent, what happened and why."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING

from sojourn.cli.command import GOOD, Command
from sojourn.cli.deployment import Deployment, deployment_options, in_words
from sojourn.cli.terminal import visible
from sojourn.cli.usage import whole_number
from sojourn.cli.whom import whom, whom_options

if TYPE_CHECKING:
    import argparse

    from sojourn.cli.terminal import Terminal
    from sojourn.cli.usage import Parser

WIDEST = 120
"""Columns, however wide the terminal is: nobody reads longer lines."""
_TOLD = ("customer", "profile", "traits", "runs", "waiters", "sends", "quarantined")
LIMIT = 30


def _arguments(parser: Parser) -> None:
    whom_options(parser)
    parser.add_argument(
        "--limit", metavar="N", type=whole_number(1, 1_000_000), default=LIMIT,
        help=f"how many messages, and how many things that were done, are shown: the newest (default: {LIMIT})",
    )  # fmt: skip
    parser.add_argument("--since", metavar="WHEN", help='what happened from then on: "2 days", or 2026-11-20')
    parser.add_argument(
        "--steps", action="store_true", help="what happens inside of journeys too: waits, branches, draws"
    )
    parser.add_argument(
        "--ids", action="store_true", help="ids too: of the customer, runs, steps, messages, events"
    )
    parser.add_argument("--json", action="store_true", help="the same as one JSON object")
    deployment_options(parser)


def _run(arguments: argparse.Namespace, terminal: Terminal) -> int:
    from sojourn.adapters.dynamodb.catalogue import DynamoCatalogue
    from sojourn.adapters.dynamodb.whole_customer import export_customer
    from sojourn.cli.render.customer import customer_text
    from sojourn.cli.render.customer_story import timeline
    from sojourn.cli.since import since
    from sojourn.cli.wording import spoken_of, traits_of

    begins = since(arguments.since)
    deployment = Deployment.asked(arguments)
    with in_words():
        customer = whom(arguments, deployment, terminal)
        table = deployment.client("dynamodb"), deployment.output("TableName")
        whole = export_customer(*table, customer)
        catalogue = DynamoCatalogue(*table)
        whole["traits"] = traits_of(table, catalogue, customer)
        width = min(shutil.get_terminal_size().columns, WIDEST)
        spoken = None if arguments.json else spoken_of(whole, catalogue, ids=arguments.ids, width=width)
    if spoken is None:
        entries = [one for one in timeline(whole) if begins is None or one["at"] >= begins]
        told = {**{name: whole[name] for name in _TOLD}, "timeline": entries[-arguments.limit :]}
        terminal.say(json.dumps(told, indent=2, ensure_ascii=False))
        return GOOD
    for line in customer_text(whole, spoken, arguments.limit, begins or "", inner=arguments.steps).split(
        "\n"
    )[:-1]:
        bold = line and not line.startswith(" ")
        terminal.say(terminal.styled(visible(line), "bold") if bold else visible(line))
    return GOOD


COMMAND = Command(
    name="customer show",
    summary="who somebody is, what runs for them, what was sent and what happened",
    description=(
        "Show what a deployment knows about one customer, as one reads it to them on the telephone: who they are,\n"
        "where they stand in each journey, what they want, what they were sent and what became of it, and what they\n"
        "did; newest first, in their own time zone. In the folder of the workspace, steps are told in words."
    ),
    examples=(
        "sojourn customer show c-42",
        "sojourn customer show --email ana@example.com --since 2d --json",
    ),
    arguments=_arguments,
    run=_run,
    deployed=True,
)
