"""`sojourn audience cancel`: let nobody more of an audience enter."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sojourn.cli.command import FOUND, GOOD, Command
from sojourn.cli.deployment import deployment_options

if TYPE_CHECKING:
    import argparse

    from sojourn.cli.terminal import Terminal
    from sojourn.cli.usage import Parser


def _arguments(parser: Parser) -> None:
    parser.add_argument("id", metavar="ID", help="of the audience; `sojourn audience status` lists them")
    parser.add_argument("--reason", metavar="TEXT", help="why, for whoever reads the history")
    parser.add_argument("--json", action="store_true", help="the answer as one JSON object")
    deployment_options(parser)


def _run(arguments: argparse.Namespace, terminal: Terminal) -> int:
    from sojourn.cli.control_client import CallRefused
    from sojourn.cli.controlled import Controlled

    controlled = Controlled.asked(arguments, terminal)
    try:
        said = controlled.call("cancel", {"reason": arguments.reason}, arguments.id)
    except CallRefused as refused:
        controlled.tell_refusal(refused)
        return FOUND
    if controlled.as_json:
        controlled.say_json(said)
    else:
        controlled.say(
            "Nobody more enters, but for the rows that are just being taken. Who entered stays in the journey.",
            f"To go on with the rest: sojourn audience resume {arguments.id}{controlled.stated}",
        )
    return GOOD


COMMAND = Command(
    name="audience cancel",
    summary="let nobody more of an audience enter",
    description=(
        "Cancel an audience: nobody more enters, within seconds. Whoever entered stays in the journey (`sojourn stop`\n"
        "is for those). It can be gone on with later."
    ),
    examples=('sojourn audience cancel 20260301T084500000Z-d4e5f6 --reason "The wrong file"',),
    arguments=_arguments,
    run=_run,
    deployed=True,
)
