"""`sojourn rollback`: let customers enter a version again that was live before."""

from __future__ import annotations

import argparse
import re
from typing import TYPE_CHECKING

from sojourn.cli.command import FOUND, GOOD, Command
from sojourn.cli.deployment import deployment_options, in_words
from sojourn.cli.usage import UsageError, some_text

if TYPE_CHECKING:
    from sojourn.adapters.dynamodb.live import Live
    from sojourn.cli.terminal import Terminal
    from sojourn.cli.usage import Parser


_BEGINNING = re.compile(r"[0-9a-f]{4,64}")
"""What may be said of a version: all of it, or its beginning, of which nobody types less."""
_WHOLE = 12
"""So long is a version."""


def _beginning(text: str) -> str:
    """Read the beginning of a version's id."""
    if not _BEGINNING.fullmatch(text):
        raise argparse.ArgumentTypeError(
            f'"{text}" is no version: they are twelve digits and letters from a to f, and `sojourn history JOURNEY`'
            " names them"
        )
    return text


def _version(beginning: str, journey: str, live: Live) -> str:
    """Return the version of a journey that begins so; what is longer and unknown is for the deployment to refuse.

    Raises:
        UsageError: none begins so, or several do.
    """
    from sojourn.application.publishing import DRAFT

    were_live = {one.version: None for one in live.publications(journey) if one.version and one.kind != DRAFT}
    found = [one for one in were_live if one.startswith(beginning)]
    if len(found) == 1:
        return found[0]
    if found:
        raise UsageError(f'several versions of {journey} begin with "{beginning}": {", ".join(found)}')
    if len(beginning) < _WHOLE:
        raise UsageError(
            f'no version of {journey} that was live begins with "{beginning}"',
            f"`sojourn history {journey}` names them",
        )
    return beginning


def _arguments(parser: Parser) -> None:
    parser.add_argument("journey", metavar="JOURNEY", help="the journey's name")
    parser.add_argument(
        "--to",
        metavar="VERSION",
        type=_beginning,
        help="which version, or how it begins; `sojourn history` names them (default: the one before)",
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
    from sojourn.cli.outcome import closed, tell_publication
    from sojourn.cli.render.publication import beside_lines, rolled_back_lines

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
    to = None
    if arguments.to is not None:
        with in_words():
            to = _version(arguments.to, arguments.journey, controlled.live)
    body = {"to": to, "message": arguments.message, "expected": expected}
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
    if now is not None and now.draft is not None and now.draft.version != publication.version:
        controlled.say(*beside_lines(now.name, now.draft.by, now.draft.version, controlled.stated))
    controlled.say(*closed([publication.journey], controlled))
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
