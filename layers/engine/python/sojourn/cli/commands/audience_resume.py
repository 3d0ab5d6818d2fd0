"""`sojourn audience resume`: go on with an audience that was interrupted or cancelled."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sojourn.cli.command import FOUND, Command
from sojourn.cli.deployment import deployment_options

if TYPE_CHECKING:
    import argparse

    from sojourn.cli.terminal import Terminal
    from sojourn.cli.usage import Parser


def _arguments(parser: Parser) -> None:
    parser.add_argument("id", metavar="ID", help="of the audience; `sojourn audience status` lists them")
    parser.add_argument("-m", "--message", metavar="TEXT", help="why, for whoever reads the history")
    parser.add_argument("--no-wait", action="store_true", help="do not wait until it is done")
    parser.add_argument("--json", action="store_true", help="the answer as one JSON object")
    deployment_options(parser)


def _run(arguments: argparse.Namespace, terminal: Terminal) -> int:
    from sojourn.application.publishing import Operation
    from sojourn.cli.control_client import CallRefused
    from sojourn.cli.controlled import Controlled
    from sojourn.cli.render.audience import tell_audience

    controlled = Controlled.asked(arguments, terminal)
    try:
        said = controlled.call("audience", {"resume": arguments.id, "message": arguments.message})
    except CallRefused as refused:
        controlled.tell_refusal(refused)
        return FOUND
    return tell_audience(Operation.from_json(said["operation"]), controlled, wait=not arguments.no_wait)


COMMAND = Command(
    name="audience resume",
    summary="go on with an audience that was interrupted or cancelled",
    description=(
        "Go on with an audience: what is done is not done again, and nobody enters twice. It is for one that failed\n"
        "because something was down for long, or that somebody cancelled."
    ),
    examples=("sojourn audience resume 20260301T084500000Z-d4e5f6 --no-wait",),
    arguments=_arguments,
    run=_run,
    deployed=True,
)
