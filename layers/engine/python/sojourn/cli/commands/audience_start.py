"""`sojourn audience start`: enter a file of customers, or a segment's members, into a journey, each once."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from sojourn.cli.command import FOUND, GOOD, Command
from sojourn.cli.deployment import deployment_options, in_words
from sojourn.cli.usage import UsageError, one_of

if TYPE_CHECKING:
    import argparse

    from sojourn.cli.audience_file import AudienceFile, Looked
    from sojourn.cli.controlled import Controlled
    from sojourn.cli.terminal import Terminal
    from sojourn.cli.usage import Parser

_RATE = re.compile(r"[0-9]{1,4}(?:\.[0-9]{1,3})?")


def _arguments(parser: Parser) -> None:
    parser.add_argument("journey", metavar="JOURNEY", help="whose `enter` says `audience` or `on: api`")
    parser.add_argument(
        "file", metavar="FILE", nargs="?",
        help="of customers: CSV with a header, JSON lines or Parquet; here, or s3://BUCKET/KEY",
    )  # fmt: skip
    parser.add_argument("--segment", metavar="NAME", help="instead of a file: the members of a segment")
    parser.add_argument(
        "--format", metavar="csv|jsonl|parquet", type=one_of("csv", "jsonl", "parquet"),
        help="what is in FILE (default: by how its name ends)",
    )  # fmt: skip
    parser.add_argument(
        "--rate", metavar="N", type=_rate,
        help="so many customers a second (default: as many as the journey's slowest channel sends, 200 at most)",
    )  # fmt: skip
    parser.add_argument(
        "--occurrence", metavar="WORD",
        help="what entries are counted by: the same word never enters a customer twice (default: what FILE holds)",
    )  # fmt: skip
    parser.add_argument("-m", "--message", metavar="TEXT", help="why, for whoever reads the history")
    parser.add_argument("--yes", action="store_true", help="do not ask")
    parser.add_argument("--no-wait", action="store_true", help="do not wait until it is done")
    parser.add_argument("--json", action="store_true", help="the answer as one JSON object")
    deployment_options(parser)


def _rate(text: str) -> float:
    from argparse import ArgumentTypeError

    from sojourn.application.audience import FASTEST, SLOWEST

    if not _RATE.fullmatch(text) or not SLOWEST <= float(text) <= FASTEST:
        raise ArgumentTypeError(f'"{text}": write customers a second, from {SLOWEST:g} to {FASTEST:g}')
    return float(text)


def _run(arguments: argparse.Namespace, terminal: Terminal) -> int:
    from sojourn.cli.audience_file import audience_file, looked_at
    from sojourn.cli.controlled import Controlled

    if (arguments.file is None) == (arguments.segment is None):
        raise UsageError(
            "who is to enter? Name a file or a segment, and only one of them",
            "for example: sojourn audience start welcome customers.csv",
        )
    file = audience_file(arguments.file, arguments.format) if arguments.file is not None else None
    looked = looked_at(file) if file is not None else None
    controlled = Controlled.asked(arguments, terminal)
    _tell_wrong(looked, terminal)
    who = _who(file, looked, arguments.segment)
    if not arguments.yes and not _agreed(who, arguments.journey, controlled):
        return FOUND
    return _start(arguments, file, who, controlled)


def _start(arguments: argparse.Namespace, file: AudienceFile | None, who: str, controlled: Controlled) -> int:
    from sojourn.application.publishing import Operation
    from sojourn.aws_runtime.publishing.audiences import PREFIX
    from sojourn.cli.control_client import CallRefused
    from sojourn.cli.render.audience import tell_audience

    source: dict[str, Any] = {"segment": arguments.segment}
    if file is not None:
        deployment = controlled.deployment
        with in_words():
            key = file.uploaded(deployment.client("s3"), deployment.output("UploadsBucketName"), PREFIX)
        source = {"file": key, "name": file.name}
    body = {
        "journey": arguments.journey, "source": source, "format": file.format if file is not None else None,
        "rate": arguments.rate, "occurrence": arguments.occurrence, "message": arguments.message,
    }  # fmt: skip
    try:
        said = controlled.call("audience", body)
    except CallRefused as refused:
        controlled.tell_refusal(refused, arguments.journey)
        return FOUND
    operation = Operation.from_json(said["operation"])
    if arguments.no_wait and not controlled.as_json:
        controlled.say(
            f"{who} enter {arguments.journey}: {operation.id}",
            f"How far it is: sojourn audience status {operation.id}{controlled.stated}",
        )
        return GOOD
    return tell_audience(operation, controlled, wait=not arguments.no_wait)


def _tell_wrong(looked: Looked | None, terminal: Terminal) -> None:
    """Say which rows cannot be read, before anybody is asked whether to go on."""
    from sojourn.cli.audience_file import MOST_SHOWN

    wrong = looked.wrong if looked is not None else ()
    for record in wrong[:MOST_SHOWN]:
        terminal.tell(f"line {record.line}: {record.wrong}")
    if len(wrong) > MOST_SHOWN:
        terminal.tell(f"and {len(wrong) - MOST_SHOWN:,} lines more that cannot be read")


def _who(file: AudienceFile | None, looked: Looked | None, segment: str | None) -> str:
    if file is None:
        return f"the members of {segment}"
    if looked is None or looked.rows is None:
        return f"the customers in {file.name}"
    good = looked.rows - len(looked.wrong)
    left = f" (without {len(looked.wrong):,} that cannot be read)" if looked.wrong else ""
    return f"{good:,} {'row' if good == 1 else 'rows'} of {file.name}{left}"


def _agreed(who: str, journey: str, controlled: Controlled) -> bool:
    from sojourn.cli.confirming import agreed

    return agreed(f"Let {who} enter {journey} in {controlled.stage}?", controlled.terminal)


COMMAND = Command(
    name="audience start",
    summary="enter a file of customers, or a segment's members, into a journey",
    description=(
        "Let customers enter a journey: those of a file, or a segment's members. Each enters once for each\n"
        "occurrence, however often the file comes; rows that cannot be taken are told with their line, and hold\n"
        "nobody up. A file here is read through before anything is sent. docs/audiences.md tells what columns mean."
    ),
    examples=(
        "sojourn audience start welcome --segment customers --yes --no-wait",
        'sojourn audience start welcome --segment customers --rate 20 -m "From the fair" --yes --no-wait --json',
    ),
    arguments=_arguments,
    run=_run,
    deployed=True,
)
