"""`sojourn operations`: what takes longer than a call: how far it is, and what came of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sojourn.cli.command import FOUND, GOOD, Command
from sojourn.cli.deployment import deployment_options, in_words
from sojourn.cli.usage import UsageError, whole_number

if TYPE_CHECKING:
    import argparse

    from sojourn.application.publishing import Operation
    from sojourn.cli.controlled import Controlled
    from sojourn.cli.terminal import Terminal
    from sojourn.cli.usage import Parser

LIMIT = 20


def _arguments(parser: Parser) -> None:
    parser.add_argument("id", metavar="ID", nargs="?", help="only this one, with all there is to say of it")
    parser.add_argument("--journey", metavar="NAME", help="only those about this journey")
    parser.add_argument(
        "--open", action="store_true", help="only those that are not over, however long ago they were asked for"
    )  # fmt: skip
    parser.add_argument(
        "--limit", metavar="N", type=whole_number(1, 10_000), default=LIMIT,
        help=f"so many, the latest (default: {LIMIT})",
    )  # fmt: skip
    parser.add_argument("--wait", action="store_true", help="with ID: wait until it is over")
    parser.add_argument("--json", action="store_true", help="the answer as JSON")
    deployment_options(parser)


def _run(arguments: argparse.Namespace, terminal: Terminal) -> int:
    from sojourn.cli.controlled import Controlled

    if arguments.wait and arguments.id is None:
        raise UsageError("--wait is for one operation", "name it: sojourn operations ID --wait")
    controlled = Controlled.asked(arguments, terminal)
    if arguments.id is not None:
        return _one(arguments.id, controlled, wait=arguments.wait)
    with in_words():
        found = _open(arguments, controlled) if arguments.open else _latest(arguments, controlled)
    if controlled.as_json:
        controlled.say_json([one.to_json() for one in found])
        return GOOD
    from sojourn.cli.render.operation import listed

    for one in found:
        controlled.say(*listed(one, controlled.spoken))
    if not found:
        about = f" about {arguments.journey}" if arguments.journey else ""
        which = "open operations" if arguments.open else "operations"
        controlled.say(f"there are no {which}{about} in {controlled.stage}")
    return GOOD


def _latest(arguments: argparse.Namespace, controlled: Controlled) -> tuple[Operation, ...]:
    return controlled.operations.list(arguments.limit, arguments.journey)


def _open(arguments: argparse.Namespace, controlled: Controlled) -> tuple[Operation, ...]:
    from sojourn.adapters.dynamodb.open_operations import open_operations

    found = open_operations(*controlled.table)
    return tuple(one for one in found if arguments.journey in (None, one.journey))[: arguments.limit]


def _one(operation_id: str, controlled: Controlled, *, wait: bool) -> int:
    from sojourn.cli.control_client import CallRefused
    from sojourn.cli.following import followed
    from sojourn.cli.outcome import status_of
    from sojourn.cli.render.operation import page

    with in_words():
        operation = controlled.operations.get(operation_id)
        if operation is not None and wait:
            operation = followed(controlled.operations.get, operation, controlled.terminal, controlled.stated)
    if operation is None:
        controlled.tell_refusal(
            CallRefused(404, "no_operation", f'there is no operation "{operation_id}"', {})
        )
        return FOUND
    if controlled.as_json:
        controlled.say_json(operation.to_json())
    else:
        controlled.say(*page(operation, controlled.spoken, controlled.stated))
    return status_of(operation) if wait else GOOD


COMMAND = Command(
    name="operations",
    summary="what is being published, resumed or stopped, and how far it is",
    description=(
        "List what takes longer than a call: publications, migrations, resuming, stopping, audiences; who asked for\n"
        "it, how far it is, and what came of it. With an ID, all there is to say of it; --wait waits until it is over."
    ),
    examples=(
        "sojourn operations",
        "sojourn operations --open",
        "sojourn operations --journey welcome --json",
    ),
    arguments=_arguments,
    run=_run,
    deployed=True,
)
