"""`sojourn links`: looks after the key that a deployment's links, task ids and webhooks are made with."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from sojourn.cli.command import FOUND, GOOD, Command, Group
from sojourn.cli.deployment import deployment_options
from sojourn.cli.reason import reason_option
from sojourn.cli.usage import UsageError

if TYPE_CHECKING:
    import argparse

    from sojourn.cli.controlled import Controlled
    from sojourn.cli.terminal import Terminal
    from sojourn.cli.usage import Parser

_DESCRIPTION = """Adds a key to the deployment's signing secret and makes it the current one. What older keys made goes
on working: links in emails that were sent, the ids of tasks that wait, and webhooks, which
are signed with every key, so that whoever receives them has time to learn the new one.

With --drop-older-than, keys that were replaced that many days ago are taken away: links and tasks made with them
work no more, which nobody can take back. 0 takes all others away at once, as after a leak."""


def _arguments(parser: Parser) -> None:
    deployment_options(parser)
    parser.add_argument(
        "--drop-older-than", metavar="DAYS", type=_days, dest="days",
        help="take keys away that were replaced so many days ago",
    )  # fmt: skip
    reason_option(parser)
    parser.add_argument("--yes", action="store_true", help="do not ask before keys are taken away")
    parser.add_argument("--json", action="store_true", help="the answer as JSON")


def _days(text: str) -> int:
    if not text.isascii() or not text.isdigit() or len(text) > 5:
        raise UsageError(
            f'--drop-older-than "{text}" is no number of days', "write a whole number: 400, or 0 for all"
        )
    return int(text)


def _rotate(arguments: argparse.Namespace, terminal: Terminal) -> int:
    from sojourn.cli.control_client import CallRefused
    from sojourn.cli.controlled import Controlled

    controlled = Controlled.asked(arguments, terminal)
    name = controlled.deployment.output("SigningSecretName")
    try:
        made = _renewed(controlled, arguments, name)
    except CallRefused as refused:
        if refused.code == "bad_secret":
            raise UsageError(f"the secret {name} cannot be read: {refused}") from None
        controlled.tell_refusal(refused)
        return FOUND
    if made is None:
        return GOOD
    if arguments.json:
        told = {"secret": name, "current": made["current"], "kept": made["kept"], "dropped": made["dropped"]}
        terminal.say(json.dumps(told, indent=2))
        return GOOD
    terminal.say(f"key {made['current']} is current; kept for reading: {', '.join(made['kept']) or 'none'}")
    if made["dropped"]:
        terminal.say(f"taken away: {', '.join(made['dropped'])}")
    terminal.tell(
        "Functions use it within five minutes. Whoever receives webhooks needs its key: docs/operations.md"
    )
    return GOOD


def _renewed(controlled: Controlled, arguments: argparse.Namespace, name: str) -> dict[str, Any] | None:
    """Renew the key, and return what was done; None where somebody thought better of it.

    Raises:
        CallRefused: it was not done.
    """
    from sojourn.cli.confirming import confirmed

    asked: dict[str, Any] = {"drop_older_than": arguments.days, "reason": arguments.reason}
    dropping: list[str] = []
    if arguments.days is not None:
        dropping = controlled.call("renew_key", {**asked, "dry_run": True})["dropped"]
    if dropping and not arguments.yes:
        question = f"Links, tasks and webhooks made with the keys {', '.join(dropping)} will work no more."
        if not confirmed(question, name, controlled.terminal):
            return None
    return controlled.call("renew_key", {**asked, "dropping": dropping})


COMMAND = Group(
    name="links",
    summary="change the key that a deployment's links are made with",
    commands=(
        Command(
            name="links rotate",
            summary="make a new key the current one; old ones go on reading",
            description=_DESCRIPTION,
            examples=("sojourn links rotate", "sojourn links rotate --drop-older-than 400 --yes --json"),
            arguments=_arguments,
            run=_rotate,
            deployed=True,
        ),
    ),
)
