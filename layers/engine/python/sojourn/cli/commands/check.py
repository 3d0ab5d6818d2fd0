"""`sojourn check`: everything that is wrong, at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sojourn.cli.command import FOUND, GOOD, Command
from sojourn.cli.usage import UsageError, one_of

if TYPE_CHECKING:
    import argparse

    from sojourn.cli.terminal import Terminal
    from sojourn.cli.usage import Parser


def _arguments(parser: Parser) -> None:
    parser.add_argument(
        "path", metavar="PATH", nargs="?",
        help="a workspace, a journey's folder or one file; findings of that part are shown (default: journeys)",
    )  # fmt: skip
    parser.add_argument(
        "--format", metavar="text|json|sarif", type=one_of("text", "json", "sarif"), default="text",
        help="text for people, json for programs, sarif for code review tools (default: text)",
    )  # fmt: skip
    parser.add_argument(
        "--json", action="store_const", const="json", dest="format", help="the same as --format json"
    )
    parser.add_argument(
        "--sms", action="store_true",
        help="say of each SMS how it is encoded, how long it is and how many parts are paid for, before the findings",
    )  # fmt: skip


def _run(arguments: argparse.Namespace, terminal: Terminal) -> int:
    from sojourn.cli.loading import load

    if arguments.sms and arguments.format != "text":
        raise UsageError(f"--sms is a table for people, and --format {arguments.format} is for programs")
    loaded = load(arguments.path, terminal)
    if arguments.sms:
        from sojourn.cli.render.sms import sms_table

        terminal.write(sms_table(loaded) + "\n")
    shown = tuple(finding for finding in loaded.findings if loaded.place.covers(finding.file))
    if arguments.format == "json":
        from sojourn.cli.render.json import json_text

        terminal.write(json_text(shown))
    elif arguments.format == "sarif":
        from sojourn.cli.render.sarif import sarif

        terminal.write(sarif(shown))
    else:
        from sojourn.cli.render.text import text

        terminal.write(text(shown, loaded.project.files, terminal.colour))
    return FOUND if shown else GOOD


COMMAND = Command(
    name="check",
    summary="say everything that is wrong with a workspace",
    description=(
        "Read a workspace as a whole and say everything that is wrong with it, with line and column and what to\n"
        "do about it. Exit status 1 where anything is."
    ),
    examples=(
        "sojourn check",
        "sojourn check journeys/welcome",
        "sojourn check journeys/welcome/journey.yaml",
        "sojourn check journeys --format sarif",
        "sojourn check journeys --sms",
    ),
    arguments=_arguments,
    run=_run,
)
