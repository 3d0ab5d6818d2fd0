"""`sojourn customer export`: a copy of what is kept of somebody, to be handed to them; or the rows themselves."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from sojourn.cli.command import GOOD, Command
from sojourn.cli.deployment import Deployment, deployment_options, in_words
from sojourn.cli.terminal import visible
from sojourn.cli.whom import whom, whom_options
from sojourn.cli.writing import ensure_writable, write

if TYPE_CHECKING:
    import argparse

    from sojourn.cli.terminal import Terminal
    from sojourn.cli.usage import Parser


_NEVER_SHORTENED = 1_000_000
"""Columns: no value that somebody is handed ends in an ellipsis."""


def _arguments(parser: Parser) -> None:
    whom_options(parser)
    parser.add_argument(
        "-o", "--output", metavar="FILE", help="write it there (default: the standard output)"
    )
    parser.add_argument(
        "--raw",
        action="store_true",
        help="the rows as they are stored, ids and hashes among them, for operators",
    )
    parser.add_argument("--json", action="store_true", help="as JSON, which it always is")
    deployment_options(parser)


def _run(arguments: argparse.Namespace, terminal: Terminal) -> int:
    from sojourn.adapters.dynamodb.whole_customer import export_customer

    ensure_writable(arguments.output)
    deployment = Deployment.asked(arguments)
    with in_words():
        customer = whom(arguments, deployment, terminal)
        table = deployment.client("dynamodb"), deployment.output("TableName")
        whole = export_customer(*table, customer)
        told = whole if arguments.raw else _copy(table, whole)
    write(json.dumps(told, indent=2, ensure_ascii=False) + "\n", arguments.output, terminal)
    if arguments.output:
        rows = sum(len(kind) for kind in whole.values() if isinstance(kind, list)) + (
            whole["profile"] is not None
        )
        terminal.tell(f"wrote {arguments.output}: {rows:,} rows about {visible(customer)}")
    return GOOD


def _copy(table: tuple[Any, str], whole: dict[str, Any]) -> dict[str, Any]:
    from sojourn.adapters.dynamodb.catalogue import DynamoCatalogue
    from sojourn.cli.render.customer_copy import copy_of
    from sojourn.cli.wording import spoken_of, traits_of

    catalogue = DynamoCatalogue(*table)
    known = {**whole, "traits": traits_of(table, catalogue, whole["customer"])}
    return copy_of(known, spoken_of(known, catalogue, ids=False, width=_NEVER_SHORTENED))


COMMAND = Command(
    name="customer export",
    summary="a copy of what is kept of somebody, as JSON, to be handed to them",
    description=(
        "Write what is kept of one customer as JSON, in words and sections: identities, attributes, consents,\n"
        "messages, events, journeys. It says what is left out of it, and where else something may be.\n"
        "--raw writes the rows."
    ),
    examples=(
        "sojourn customer export c-42 -o c-42.json",
        "sojourn customer export c-42 --raw -o rows.json",
    ),
    arguments=_arguments,
    run=_run,
    deployed=True,
)
