"""`sojourn customer erase`: takes everything about somebody away, after asking, and says what is left elsewhere."""

from __future__ import annotations

import json
import textwrap
from collections import Counter
from typing import TYPE_CHECKING, Any

from sojourn.cli.command import FOUND, GOOD, Command
from sojourn.cli.confirming import confirmed
from sojourn.cli.deployment import deployment_options, in_words
from sojourn.cli.reason import reason_option
from sojourn.cli.terminal import visible
from sojourn.cli.whom import whom, whom_options

if TYPE_CHECKING:
    import argparse

    from sojourn.cli.controlled import Controlled
    from sojourn.cli.terminal import Terminal
    from sojourn.cli.usage import Parser

_WIDTH = 80


def _arguments(parser: Parser) -> None:
    whom_options(parser)
    reason_option(parser)
    parser.add_argument("--yes", action="store_true", help="do not ask")
    parser.add_argument("--json", action="store_true", help="the answer as one JSON object")
    deployment_options(parser)


def _run(arguments: argparse.Namespace, terminal: Terminal) -> int:
    from sojourn.cli.controlled import Controlled

    controlled = Controlled.asked(arguments, terminal)
    with in_words():
        customer = whom(arguments, controlled.deployment, terminal, half_erased=True)
    question = (
        f"Everything about {customer} in {controlled.stage} is taken away for good, and their journeys end."
    )
    if not arguments.yes and not confirmed(question, customer, terminal):
        return FOUND
    erased = _erase(controlled, customer, arguments.reason)
    if erased is None:
        return FOUND
    if arguments.json:
        terminal.say(json.dumps(erased, indent=2))
        return GOOD
    rows = ", ".join(f"{number:,} {kind}" for kind, number in sorted(erased["removed"].items()))
    terminal.say(f"erased {visible(customer)}: {rows}")
    for other in erased["others"]:
        terminal.say(f"erased {visible(other)} too, who became {visible(customer)}")
    if erased["stopped"]:
        runs = "run" if len(erased["stopped"]) == 1 else "runs"
        terminal.say(f"stopped {len(erased['stopped']):,} {runs}")
    terminal.say("not here, and so not erased:")
    for place, what in erased["outside"].items():
        terminal.write(textwrap.fill(f"  {place}: {what}", _WIDTH, subsequent_indent="    ") + "\n")
    return GOOD


def _erase(controlled: Controlled, customer: str, reason: str | None) -> dict[str, Any] | None:
    """Erase a customer, with as many calls as that takes; return what all of them took away.

    None where one was refused, which is told, with what those before took away.
    """
    from sojourn.cli.control_client import CallRefused

    removed: Counter[str] = Counter()
    stopped: list[str] = []
    others: dict[str, None] = {}

    def so_far() -> dict[str, Any]:
        return {"customer": customer, "removed": dict(removed), "stopped": stopped, "others": list(others)}

    while True:
        try:
            said = controlled.call("erase", {"customer": customer, "reason": reason})
        except CallRefused as refused:
            controlled.tell_refusal(refused, besides=so_far())
            return None
        removed.update(said["removed"])
        stopped += said["stopped"]
        others |= dict.fromkeys(said["others"])
        if said["done"]:
            return {**so_far(), "outside": said["outside"]}
        controlled.terminal.tell(f"{sum(removed.values()):,} rows are gone, and there are more")


COMMAND = Command(
    name="customer erase",
    summary="take everything about somebody away, and say what is kept elsewhere",
    description=(
        "Stop a customer's journeys and delete every row about them; who erases again changes nothing. It says what\n"
        "was removed, and where else something about them may be, which it cannot reach. The history keeps\n"
        "by whom it was done, and of the customer only a mark: `sojourn history --customer ID` finds it."
    ),
    examples=("sojourn customer erase c-42 --yes",),
    arguments=_arguments,
    run=_run,
    deployed=True,
)
