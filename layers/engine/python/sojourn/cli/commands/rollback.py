"""`sojourn rollback`: let customers enter a version again that was live before."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sojourn.cli.command import FOUND, GOOD, Command
from sojourn.cli.deployment import deployment_options, in_words
from sojourn.cli.usage import some_text

if TYPE_CHECKING:
    import argparse

    from sojourn.cli.terminal import Terminal
    from sojourn.cli.usage import Parser


def _arguments(parser: Parser) -> None:
    parser.add_argument("journey", metavar="JOURNEY", help="the journey's name")
    parser.add_argument(
        "--to",
        metavar="VERSION",
        help="which version; `sojourn history` names them (default: the one before)",
    )
    parser.add_argument(
        "-m",
        "--message",
        metavar="TEXT",
        required=True,
        type=some_text,
        help="why, for whoever reads the history",
    )
    parser.add_argument("--no-wait", action="store_true", help="do not wait until it is done")
    parser.add_argument("--json", action="store_true", help="the answer as one JSON object")
    deployment_options(parser)


def _run(arguments: argparse.Namespace, terminal: Terminal) -> int:
    from sojourn.application.publishing import Operation, Publication
    from sojourn.cli.control_client import CallRefused
    from sojourn.cli.controlled import Controlled
    from sojourn.cli.outcome import tell_publication
    from sojourn.cli.render.publication import rolled_back_lines

    controlled = Controlled.asked(arguments, terminal)
    with in_words():
        now = controlled.live.journey(arguments.journey)
    if now is None and arguments.to is None:
        controlled.tell_refusal(
            CallRefused(404, "no_journey", f'no journey "{arguments.journey}" is published', {}),
            arguments.journey,
        )
        return FOUND
    expected = {arguments.journey: now.version if now is not None else ""}
    body = {"to": arguments.to, "message": arguments.message, "expected": expected}
    try:
        said = controlled.call("rollback", body, arguments.journey)
    except CallRefused as refused:
        controlled.tell_refusal(refused, arguments.journey)
        return FOUND
    if "operation" in said:
        # Its state machine is gone, and is made anew.
        return tell_publication(
            Operation.from_json(said["operation"]), controlled, wait=not arguments.no_wait
        )
    if controlled.as_json:
        controlled.say_json(said)
        return GOOD
    publication = Publication.from_json(said["publication"])
    if publication.version == expected[arguments.journey]:
        controlled.say(f"{arguments.journey} is at version {publication.version} already: nothing changed")
        return GOOD
    controlled.say(*rolled_back_lines(said["publication"]))
    return GOOD


COMMAND = Command(
    name="rollback",
    summary="let customers enter an earlier version of a journey again",
    description=(
        "Let customers enter a version of a journey again that was live before: at once, as nothing has to be made\n"
        "for it. Whoever is in the journey goes on in the version they began with; `sojourn pause` holds them up."
    ),
    examples=('sojourn rollback welcome -m "The price was wrong"',),
    arguments=_arguments,
    run=_run,
    deployed=True,
)
