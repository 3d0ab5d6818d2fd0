"""`sojourn pause`: let nobody enter a journey, or no message go out, until somebody resumes it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sojourn.cli.command import FOUND, GOOD, Command
from sojourn.cli.deployment import deployment_options
from sojourn.cli.usage import one_of
from sojourn.cli.which_journey import called, is_are, which, which_options

if TYPE_CHECKING:
    import argparse

    from sojourn.cli.terminal import Terminal
    from sojourn.cli.usage import Parser

CLOCKS = {"run": "running", "still": "still"}
EXAMPLE = "sojourn pause welcome"


def _arguments(parser: Parser) -> None:
    which_options(parser)
    parser.add_argument("--entries", action="store_true", help="only: nobody enters")
    parser.add_argument("--sends", action="store_true", help="only: no message goes out, no task is raised")
    parser.add_argument(
        "--clocks", metavar="run|still", type=one_of(*CLOCKS), default="run",
        help="run: waits go on meanwhile; still: they last as much longer as the pause (default: run)",
    )  # fmt: skip
    parser.add_argument("--reason", metavar="TEXT", help="why, for whoever reads the history")
    parser.add_argument("--json", action="store_true", help="the answer as one JSON object")
    deployment_options(parser)


def _run(arguments: argparse.Namespace, terminal: Terminal) -> int:
    from sojourn.cli.control_client import CallRefused
    from sojourn.cli.controlled import Controlled
    from sojourn.cli.render.control_words import control_words
    from sojourn.domain.control import STOPPED, Control

    journey = which(arguments, EXAMPLE)
    both = arguments.entries == arguments.sends
    body = {
        "entries": both or arguments.entries, "sends": both or arguments.sends,
        "clocks": CLOCKS[arguments.clocks], "reason": arguments.reason,
    }  # fmt: skip
    controlled = Controlled.asked(arguments, terminal)
    try:
        said = controlled.call("pause" if journey else "pause_all", body, journey)
    except CallRefused as refused:
        controlled.tell_refusal(refused, journey)
        return FOUND
    if controlled.as_json:
        controlled.say_json(said)
        return GOOD
    now = Control.from_json(said["control"])
    holds = "; ".join(control_words(now))
    controlled.say(
        f"{called(journey)} {is_are(journey)} paused: {holds}",
        "It holds within seconds, and until somebody resumes:",
        # What was stopped is not to be opened by whoever ends the pause.
        f"  sojourn resume {journey or '--all'}{' --sends' if now.entries == STOPPED else ''}{controlled.stated}",
    )
    return GOOD


COMMAND = Command(
    name="pause",
    summary="let nobody enter a journey, or no message go out, for now",
    description=(
        "Pause a journey, or all of them with --all: nobody enters and no message goes out, within seconds, until\n"
        "somebody resumes it. With --entries or --sends only that is paused. Everybody keeps their place. What falls\n"
        "due meanwhile waits; whoever resumes says what becomes of it. With --clocks still nobody's time passes."
    ),
    examples=(
        'sojourn pause welcome --reason "The price is wrong"',
        "sojourn pause --all",
        "sojourn pause welcome --sends --clocks still --json",
    ),
    arguments=_arguments,
    run=_run,
    deployed=True,
)
