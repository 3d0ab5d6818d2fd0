"""`sojourn customer export`: everything the table holds about somebody, to be handed to them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from sojourn.cli.command import FOUND, GOOD, Command
from sojourn.cli.deployment import Deployment, deployment_options, in_words
from sojourn.cli.terminal import visible
from sojourn.cli.whom import whom, whom_options
from sojourn.cli.writing import ensure_writable, write

if TYPE_CHECKING:
    import argparse

    from sojourn.cli.terminal import Terminal
    from sojourn.cli.usage import Parser


def _arguments(parser: Parser) -> None:
    whom_options(parser)
    parser.add_argument(
        "-o", "--output", metavar="FILE", help="write it there (default: the standard output)"
    )
    parser.add_argument("--json", action="store_true", help="as JSON, which it always is")
    deployment_options(parser)


def _run(arguments: argparse.Namespace, terminal: Terminal) -> int:
    from sojourn.adapters.dynamodb.whole_customer import export_customer

    ensure_writable(arguments.output)
    deployment = Deployment.asked(arguments)
    with in_words():
        customer = whom(arguments, deployment, terminal)
        if customer is None:
            return FOUND
        whole = export_customer(deployment.client("dynamodb"), deployment.output("TableName"), customer)
    write(json.dumps(whole, indent=2, ensure_ascii=False) + "\n", arguments.output, terminal)
    if arguments.output:
        rows = sum(len(kind) for kind in whole.values() if isinstance(kind, list)) + (
            whole["profile"] is not None
        )
        terminal.tell(f"wrote {arguments.output}: {rows:,} rows about {visible(customer)}")
    return GOOD


COMMAND = Command(
    name="customer export",
    summary="everything the table holds about somebody, as JSON",
    description=(
        "Write everything the table holds about one customer as JSON: the profile, runs, events, sends, the inbox and\n"
        "what was decided. What is kept elsewhere is listed by `sojourn customer erase`."
    ),
    examples=("sojourn customer export c-42 -o c-42.json",),
    arguments=_arguments,
    run=_run,
    deployed=True,
)
