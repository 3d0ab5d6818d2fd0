"""`sojourn audience status`: how far an audience is, what became of its rows, which of them could not be taken."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sojourn.cli.command import GOOD, Command
from sojourn.cli.deployment import deployment_options, in_words

if TYPE_CHECKING:
    import argparse

    from sojourn.application.publishing import Operation
    from sojourn.cli.controlled import Controlled
    from sojourn.cli.terminal import Terminal
    from sojourn.cli.usage import Parser

LATEST = 10


def _arguments(parser: Parser) -> None:
    parser.add_argument("id", metavar="ID", nargs="?", help=f"of the audience (default: the latest {LATEST})")
    parser.add_argument(
        "--failures",
        metavar="FILE",
        help="write all rows that could not be taken into FILE, one JSON object a line",
    )
    parser.add_argument("--json", action="store_true", help="the answer as JSON")
    deployment_options(parser)


def _run(arguments: argparse.Namespace, terminal: Terminal) -> int:
    from sojourn.cli.controlled import Controlled
    from sojourn.cli.render.audience import KIND, page_of, progress_of
    from sojourn.cli.render.operation import listed
    from sojourn.cli.usage import UsageError

    if arguments.failures and not arguments.id:
        raise UsageError("--failures is of one audience: name it by its ID")
    controlled = Controlled.asked(arguments, terminal)
    if arguments.id:
        return _one(arguments, controlled)
    with in_words():
        found = [one for one in controlled.operations.list(200) if one.kind == KIND][:LATEST]
    if controlled.as_json:
        with in_words():
            controlled.say_json([page_of(one, progress_of(one.id, controlled)) for one in found])
        return GOOD
    for one in found:
        controlled.say(*listed(one, controlled.spoken))
    if not found:
        controlled.say(f"there are no audiences in {controlled.stage}")
    return GOOD


def _one(arguments: argparse.Namespace, controlled: Controlled) -> int:
    from sojourn.cli.render.audience import KIND, audience_lines, page_of, progress_of
    from sojourn.cli.usage import NotThere

    with in_words():
        operation = controlled.operations.get(arguments.id)
        progress = progress_of(arguments.id, controlled)
    if operation is None or operation.kind != KIND:
        said = f'there is no audience "{arguments.id}" in {controlled.stage}'
        raise NotThere("no_audience", said, "`sojourn audience status` lists those there are")
    if arguments.failures:
        _write_failures(operation, arguments.failures, controlled)
    page = page_of(operation, progress)
    if controlled.as_json:
        controlled.say_json(page)
    else:
        controlled.say(*audience_lines(operation, page, controlled.spoken, controlled.stated))
    return GOOD


def _write_failures(operation: Operation, path: str, controlled: Controlled) -> None:
    from pathlib import Path

    from sojourn.adapters.s3.files import S3Files
    from sojourn.cli.render.audience import failures_of

    deployment = controlled.deployment
    with in_words():
        files = S3Files(deployment.client("s3"), deployment.output("UploadsBucketName"))
        lines = failures_of(operation.id, files)
    Path(path).write_bytes(b"".join(lines))
    controlled.terminal.tell(f"{len(lines):,} rows that could not be taken are in {path}")


COMMAND = Command(
    name="audience status",
    summary="how far an audience is, and which rows could not be taken",
    description=(
        "Show how far an audience is: rows read and taken, who entered, who did not and why, and the rows that could\n"
        "not be taken, with their lines. --failures writes all of these into a file, to be mended and sent again."
    ),
    examples=("sojourn audience status", "sojourn audience status --json"),
    arguments=_arguments,
    run=_run,
    deployed=True,
)
