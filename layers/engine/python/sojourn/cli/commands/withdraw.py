"""`sojourn withdraw`: take a journey's draft away."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sojourn.cli.command import FOUND, GOOD, Command
from sojourn.cli.deployment import deployment_options
from sojourn.cli.usage import UsageError

if TYPE_CHECKING:
    import argparse

    from sojourn.cli.terminal import Terminal
    from sojourn.cli.usage import Parser


def _arguments(parser: Parser) -> None:
    parser.add_argument("journey", metavar="JOURNEY", help="the journey's name")
    parser.add_argument("--draft", action="store_true", help="its draft: what is live stays")
    parser.add_argument("--reason", metavar="TEXT", help="why, for whoever reads the history")
    parser.add_argument("--json", action="store_true", help="the answer as one JSON object")
    deployment_options(parser)


def _run(arguments: argparse.Namespace, terminal: Terminal) -> int:
    from sojourn.cli.control_client import CallRefused
    from sojourn.cli.controlled import Controlled
    from sojourn.cli.render.control_words import who

    journey = arguments.journey
    if not arguments.draft:
        raise UsageError(
            "only a draft is withdrawn: sojourn withdraw JOURNEY --draft",
            f'what customers enter is ended by: sojourn stop {journey} --reason "…"',
        )
    controlled = Controlled.asked(arguments, terminal)
    try:
        said = controlled.call("withdraw_draft", {"reason": arguments.reason}, journey)
    except CallRefused as refused:
        controlled.tell_refusal(refused, journey)
        return FOUND
    if controlled.as_json:
        controlled.say_json(said)
        return GOOD
    draft = said["draft"]
    controlled.say(
        f"the draft {draft['version']} of {journey}, by {who(draft['by'])}, is withdrawn: customers in the segment test"
        " enter what is live, as all do",
    )
    return GOOD


COMMAND = Command(
    name="withdraw",
    summary="take a journey's draft away",
    description=(
        "Take a journey's draft away: customers in the segment `test` enter what is live again. Whoever is in the\n"
        "draft comes to its end."
    ),
    examples=('sojourn withdraw welcome --draft --reason "Not yet"',),
    arguments=_arguments,
    run=_run,
    deployed=True,
)
