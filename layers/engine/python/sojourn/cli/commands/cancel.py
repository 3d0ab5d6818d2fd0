"""`sojourn cancel`: let nobody go on with an operation; what waits for approval is refused by that.

`sojourn audience cancel` is the same call.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sojourn.cli.command import FOUND, GOOD, Command
from sojourn.cli.deployment import deployment_options

if TYPE_CHECKING:
    import argparse

    from sojourn.cli.terminal import Terminal
    from sojourn.cli.usage import Parser


def arguments_of(parser: Parser, whose: str) -> None:
    """Add the arguments.

    Args:
        whose: id it is, and what lists them.
    """
    parser.add_argument("id", metavar="ID", help=whose)
    parser.add_argument("--reason", metavar="TEXT", help="why, for whoever reads the history")
    parser.add_argument("--json", action="store_true", help="the answer as one JSON object")
    deployment_options(parser)


def _arguments(parser: Parser) -> None:
    arguments_of(parser, "of the operation; `sojourn operations` lists them")


def run(arguments: argparse.Namespace, terminal: Terminal) -> int:
    """Cancel an operation, and say what that means for what it does; return the exit status."""
    from sojourn.application.publishing import Operation
    from sojourn.cli.control_client import CallRefused
    from sojourn.cli.controlled import Controlled
    from sojourn.cli.render.operation import cancelled_lines

    controlled = Controlled.asked(arguments, terminal)
    try:
        said = controlled.call("cancel", {"reason": arguments.reason}, arguments.id)
    except CallRefused as refused:
        controlled.tell_refusal(refused)
        return FOUND
    if controlled.as_json:
        controlled.say_json(said)
        return GOOD
    controlled.say(*cancelled_lines(Operation.from_json(said["operation"]), controlled.stated))
    return GOOD


COMMAND = Command(
    name="cancel",
    summary="refuse a publication that waits, or let nobody go on with an operation",
    description=(
        "Cancel an operation: a publication that waits for approval is refused; of one that moves customers, what is\n"
        "done stays done. A publication that is being carried out cannot be cancelled: take it back afterwards."
    ),
    examples=('sojourn cancel 20260301T083000000Z-a1b2c3 --reason "Not before Monday"',),
    arguments=_arguments,
    run=run,
    deployed=True,
)
