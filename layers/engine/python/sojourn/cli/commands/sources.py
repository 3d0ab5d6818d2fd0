"""`sojourn sources`: who may tell a deployment of events, and call for more, each with a write key of its own."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from sojourn.cli.command import FOUND, GOOD, Command, Group
from sojourn.cli.deployment import Deployment, deployment_options, in_words
from sojourn.cli.reason import reason_option
from sojourn.cli.usage import one_of

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable

    from sojourn.adapters.dynamodb.sources import DynamoSources
    from sojourn.application.sources import Source
    from sojourn.cli.terminal import Terminal
    from sojourn.cli.usage import Parser


def _of_all(parser: Parser) -> None:
    deployment_options(parser)
    parser.add_argument("--json", action="store_true", help="the answer as JSON")


def _of_one(parser: Parser) -> None:
    parser.add_argument("name", metavar="NAME", help="what the source is called: web, ios, checkout-server")
    reason_option(parser)
    _of_all(parser)


def _of_new(parser: Parser) -> None:
    _of_one(parser)
    parser.add_argument(
        "--right", metavar="RIGHT", action="append", default=[], dest="rights",
        type=one_of("merge", "consents", "contacts", "tasks", "enter"),
        help=(
            "what it may do besides telling of events: merge, consents, contacts, tasks, enter; may stand more"
            " than once"
        ),
    )  # fmt: skip


def _add(arguments: argparse.Namespace, terminal: Terminal) -> int:
    from sojourn.cli.control_client import CallRefused
    from sojourn.cli.controlled import Controlled

    controlled = Controlled.asked(arguments, terminal)
    asked = {"name": arguments.name, "rights": sorted(set(arguments.rights)), "reason": arguments.reason}
    try:
        said = controlled.call("add_source", asked)
    except CallRefused as refused:
        controlled.tell_refusal(refused)
        return FOUND
    if arguments.json:
        terminal.say(_json({**said["source"], "write_key": said["write_key"]}))
    else:
        terminal.say(said["write_key"])
        terminal.tell(f"This is the write key of {arguments.name}. Keep it now: it is not shown again.")
    return GOOD


def _list(arguments: argparse.Namespace, terminal: Terminal) -> int:
    with in_words():
        found = _sources(arguments).all()
    if arguments.json:
        terminal.say(_json([_record(source) for source in found]))
        return GOOD
    for source in found:
        terminal.say(f"{source.name:<32}  {source.since:%Y-%m-%d}  {', '.join(sorted(source.rights))}")
    if not found:
        terminal.tell(
            "There are no sources: nobody can use the tracking API. `sojourn sources add` adds one."
        )
    return GOOD


def _revoke(arguments: argparse.Namespace, terminal: Terminal) -> int:
    from sojourn.aws_runtime.api.write_keys import FRESH_FOR
    from sojourn.cli.control_client import CallRefused
    from sojourn.cli.controlled import Controlled

    controlled = Controlled.asked(arguments, terminal)
    try:
        controlled.call("revoke_source", {"reason": arguments.reason}, arguments.name)
    except CallRefused as refused:
        controlled.tell_refusal(refused)
        return FOUND
    if arguments.json:
        terminal.say(_json({"name": arguments.name, "revoked": True}))
    else:
        terminal.say(f"{arguments.name} is revoked: its key is refused within {FRESH_FOR:.0f} seconds.")
    return GOOD


def _sources(arguments: argparse.Namespace) -> DynamoSources:
    from sojourn.adapters.dynamodb.sources import DynamoSources

    deployment = Deployment.asked(arguments)
    return DynamoSources(deployment.client("dynamodb"), deployment.output("TableName"))


def _record(source: Source) -> dict[str, Any]:
    from sojourn.domain.time.instants import iso

    return {"name": source.name, "rights": sorted(source.rights), "since": iso(source.since)}


def _json(value: Any) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False)


def _command(
    verb: str, summary: str, description: str, examples: tuple[str, ...],
    arguments: Callable[[Parser], None], run: Callable[[argparse.Namespace, Terminal], int],
) -> Command:  # fmt: skip
    return Command(
        name=f"sources {verb}", summary=summary, description=description, examples=examples, arguments=arguments,
        run=run, deployed=True,
    )  # fmt: skip


COMMAND = Group(
    name="sources",
    summary="who may tell of events over the tracking API, or call for more",
    commands=(
        _command(
            "add",
            "add a source; shows its write key, once",
            "Adds a source to a deployment and shows its write key. Only a hash of the key is kept.",
            ("sojourn sources add web", "sojourn sources add checkout-server --right merge --json"),
            _of_new,
            _add,
        ),
        _command(
            "list",
            "list the sources and their rights",
            "Lists the sources of a deployment: name, since when, rights.",
            ("sojourn sources list", "sojourn sources list --stage dev --json"),
            _of_all,
            _list,
        ),
        _command(
            "revoke",
            "take a source's write key away",
            "Takes a source's write key away: within half a minute it is nobody's.",
            ("sojourn sources revoke web", "sojourn sources revoke checkout-server --json"),
            _of_one,
            _revoke,
        ),
    ),
)
