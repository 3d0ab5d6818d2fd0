"""`sojourn stop`: let nobody enter a journey any more; whoever is in it comes to its end, or leaves it now."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sojourn.cli.command import FOUND, Command
from sojourn.cli.deployment import deployment_options
from sojourn.cli.usage import one_of, some_text

if TYPE_CHECKING:
    import argparse

    from sojourn.cli.terminal import Terminal
    from sojourn.cli.usage import Parser

DRAIN, END = "drain", "end"


def _arguments(parser: Parser) -> None:
    parser.add_argument("journey", metavar="JOURNEY", help="the journey's name")
    parser.add_argument(
        "--runs", metavar="drain|end", type=one_of(DRAIN, END), default=DRAIN,
        help="drain: whoever is in it comes to its end; end: they leave it now, for good (default: drain)",
    )  # fmt: skip
    parser.add_argument(
        "--reason",
        metavar="TEXT",
        required=True,
        type=some_text,
        help="why, for the history, and for who left it",
    )
    parser.add_argument("--wait", action="store_true", help="wait until everybody left it (--runs end)")
    parser.add_argument("--yes", action="store_true", help="do not ask before customers leave it")
    parser.add_argument("--json", action="store_true", help="the answer as one JSON object")
    deployment_options(parser)


def _run(arguments: argparse.Namespace, terminal: Terminal) -> int:
    from sojourn.application.publishing import Operation
    from sojourn.cli.confirming import confirmed
    from sojourn.cli.control_client import CallRefused
    from sojourn.cli.controlled import Controlled
    from sojourn.cli.outcome import tell_movement

    journey = arguments.journey
    controlled = Controlled.asked(arguments, terminal)
    question = f"Everybody who is in {journey} in {controlled.stage} leaves it, for good."
    if arguments.runs == END and not arguments.yes and not confirmed(question, journey, terminal):
        return FOUND
    body = {"runs": arguments.runs, "reason": arguments.reason}
    try:
        said = controlled.call("stop", body, journey)
    except CallRefused as refused:
        controlled.tell_refusal(refused, journey)
        return FOUND
    if not controlled.as_json:
        runs = "leaves it" if arguments.runs == END else "comes to its end"
        controlled.say(f"{journey} is stopped: nobody enters any more, and whoever is in it {runs}")
    return tell_movement(
        Operation.from_json(said["operation"]), controlled, wait=arguments.wait, told=arguments.runs == END
    )


COMMAND = Command(
    name="stop",
    summary="let nobody enter a journey any more",
    description=(
        "Stop a journey for good, with a reason: nobody enters any more. Whoever is in it comes to its end, or with\n"
        "--runs end leaves it now: their run ends as `stopped`, with the reason. `sojourn resume` opens it again."
    ),
    examples=(
        'sojourn stop welcome --reason "The campaign is over"',
        'sojourn stop welcome --runs end --reason "The offer was a mistake" --yes --json',
    ),
    arguments=_arguments,
    run=_run,
    deployed=True,
)
