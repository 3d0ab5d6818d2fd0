"""`sojourn audience start`: enter a file of customers, or a segment's members, into a journey, each once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sojourn.cli.command import FOUND, GOOD, Command
from sojourn.cli.deployment import deployment_options, in_words
from sojourn.cli.terminal import visible
from sojourn.cli.usage import UsageError, a_second, did_you_mean, one_of

if TYPE_CHECKING:
    import argparse
    from collections.abc import Mapping
    from collections.abc import Set as AbstractSet

    from sojourn.adapters.dynamodb.catalogue import DynamoCatalogue
    from sojourn.cli.audience_file import AudienceFile, Looked
    from sojourn.cli.controlled import Controlled
    from sojourn.cli.terminal import Terminal
    from sojourn.cli.usage import Parser


MOST_SHOWN = 5
"""So many lines that cannot be read are shown before somebody is asked."""


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
        "--rate", metavar="N", type=a_second,
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


def _run(arguments: argparse.Namespace, terminal: Terminal) -> int:
    from sojourn.adapters.dynamodb.catalogue import DynamoCatalogue
    from sojourn.cli.audience_file import audience_file, looked_at
    from sojourn.cli.controlled import Controlled

    if (arguments.file is None) == (arguments.segment is None):
        raise UsageError(
            "who is to enter? Name a file or a segment, and only one of them",
            "for example: sojourn audience start spring-trip customers.csv",
        )
    file = audience_file(arguments.file, arguments.format) if arguments.file is not None else None
    controlled = Controlled.asked(arguments, terminal)
    catalogue = DynamoCatalogue(*controlled.table)
    _ask_first(catalogue, arguments.journey, arguments.segment or "", controlled)
    looked = None
    if file is not None:
        with in_words():
            types = catalogue.policy.attributes
        looked = looked_at(file, types)
        _tell(file, looked, types, terminal)
    who = _who(file, looked, arguments.segment)
    if not arguments.yes and not _agreed(who, arguments.journey, controlled):
        return FOUND
    shown = frozenset(one.line for one in looked.wrong[:MOST_SHOWN]) if looked is not None else frozenset()
    return _start(arguments, file, who, controlled, shown)


def _ask_first(catalogue: DynamoCatalogue, journey: str, segment: str, controlled: Controlled) -> None:
    """Look whether anybody could enter, before somebody is asked, or a file is sent.

    Raises:
        NotThere: nobody could.
    """
    from sojourn.application.admission import IS_STOPPED, NO_JOURNEY, NotAdmitted, ask_first
    from sojourn.cli.usage import NotThere, near_or_all

    with in_words():
        try:
            ask_first(catalogue, journey, segment)
        except NotAdmitted as none:
            known = (
                [one.name for one in controlled.live.journeys()] if none.code == NO_JOURNEY else none.known
            )
            word = journey if none.code == NO_JOURNEY else segment
            hint = f"to let them in again: sojourn resume {journey}{controlled.stated}"
            hint = hint if none.code == IS_STOPPED else near_or_all(word, known)
            raise NotThere(none.code, str(none), hint) from None


def _start(
    arguments: argparse.Namespace, file: AudienceFile | None, who: str, controlled: Controlled, shown: AbstractSet[int]
) -> int:  # fmt: skip
    """Send the file, if it is one, and let the deployment begin.

    Args:
        shown: the lines of which it has been said why they cannot be taken.
    """
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
    return tell_audience(operation, controlled, wait=not arguments.no_wait, shown=shown)


def _tell(file: AudienceFile, looked: Looked, types: Mapping[str, str], terminal: Terminal) -> None:
    """Say which rows cannot be read, and what the others say, before anybody is asked whether to go on.

    Args:
        types: of the attributes that the workspace declares.

    Raises:
        Unreadable: there is not one that can be read.
    """
    from sojourn.domain.audience.columns import WHO, Unreadable

    for bad in looked.wrong[:MOST_SHOWN]:
        terminal.tell(visible(f"line {bad.line}: {bad.why}"))
    if len(looked.wrong) > MOST_SHOWN:
        terminal.tell(f"and {len(looked.wrong) - MOST_SHOWN:,} lines more that cannot be read")
    if looked.rows and len(looked.wrong) == looked.rows:
        raise Unreadable(f"no row of {file.name} can be read: mend it, and send it then")
    unknown = [name for name in looked.attributes if name not in types]
    if unknown:
        terminal.tell(visible(f"note: attributes that workspace.yaml does not declare: {', '.join(unknown)}"))
    if looked.entry:
        meant = [did_you_mean(name, WHO, f"{name} ({{}}?)") or name for name in looked.entry]
        terminal.tell(visible(f"note: of the entry, and not of the customer: {', '.join(meant)}"))


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
        'sojourn audience start spring-trip customers.csv -m "From the booking system" --yes --no-wait',
        "sojourn audience start spring-trip --segment buyers --rate 20 --yes --no-wait --json",
    ),
    arguments=_arguments,
    run=_run,
    deployed=True,
)
