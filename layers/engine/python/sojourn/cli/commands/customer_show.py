"""`sojourn customer show`: who somebody is, what runs for them, what was sent, what happened and why."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING, Any

from sojourn.cli.command import FOUND, GOOD, Command
from sojourn.cli.deployment import Deployment, deployment_options, in_words
from sojourn.cli.terminal import visible
from sojourn.cli.usage import whole_number
from sojourn.cli.whom import whom, whom_options
from sojourn.errors import TransientError

if TYPE_CHECKING:
    import argparse

    from sojourn.cli.terminal import Terminal
    from sojourn.cli.usage import Parser

WIDEST = 100
_TOLD = ("customer", "profile", "traits", "runs", "waiters", "sends", "quarantined")
LIMIT = 30


def _arguments(parser: Parser) -> None:
    whom_options(parser)
    parser.add_argument(
        "--limit", metavar="N", type=whole_number(1, 1_000_000), default=LIMIT,
        help=f"how much of the timeline is shown, the newest of it (default: {LIMIT})",
    )  # fmt: skip
    parser.add_argument("--since", metavar="WHEN", help='the timeline from then on: "2 days", or 2026-11-20')
    parser.add_argument("--json", action="store_true", help="the same as one JSON object")
    deployment_options(parser)


def _run(arguments: argparse.Namespace, terminal: Terminal) -> int:
    from sojourn.adapters.dynamodb.whole_customer import export_customer
    from sojourn.cli.render.customer import customer_text, timeline
    from sojourn.cli.since import since

    begins = since(arguments.since)
    deployment = Deployment.asked(arguments)
    with in_words():
        customer = whom(arguments, deployment, terminal)
        if customer is None:
            return FOUND
        whole = export_customer(deployment.client("dynamodb"), deployment.output("TableName"), customer)
        whole["traits"] = _traits(deployment, customer)
    entries = [one for one in timeline(whole) if begins is None or one["at"] >= begins]
    shown = entries[-arguments.limit :]
    if arguments.json:
        told = {**{name: whole[name] for name in _TOLD}, "timeline": shown}
        terminal.say(json.dumps(told, indent=2, ensure_ascii=False))
    else:
        width = min(shutil.get_terminal_size().columns, WIDEST)
        text = customer_text(whole, shown, len(entries) - len(shown), width)
        for line in text.splitlines():
            bold = line and not line.startswith(" ")
            terminal.say(terminal.styled(visible(line), "bold") if bold else visible(line))
    return GOOD


def _traits(deployment: Deployment, customer: str) -> dict[str, Any]:
    """Return what the workspace computes of the customer, as conditions would read it now."""
    from sojourn.adapters.dynamodb.catalogue import DynamoCatalogue
    from sojourn.adapters.dynamodb.customers import DynamoCustomers
    from sojourn.application.traits import Traits
    from sojourn.aws_runtime.clock import SystemClock

    table, clock = (deployment.client("dynamodb"), deployment.output("TableName")), SystemClock()
    try:
        rules = DynamoCatalogue(*table).traits
    except TransientError:  # nothing was registered yet
        return {}
    customers = DynamoCustomers(*table, clock)
    traits = Traits(rules, lambda name, since: customers.events(customer, name, since), clock.now())
    return {name: value for name in rules if (value := traits.value(name)) is not None}


COMMAND = Command(
    name="customer show",
    summary="who somebody is, what runs for them, what was sent and what happened",
    description=(
        "Show what a deployment knows about one customer: who they are, their journeys now and before, what was\n"
        "sent to them, and what they did and what was decided, newest last."
    ),
    examples=(
        "sojourn customer show c-42",
        "sojourn customer show --email ana@example.com --since 2d --json",
    ),
    arguments=_arguments,
    run=_run,
    deployed=True,
)
