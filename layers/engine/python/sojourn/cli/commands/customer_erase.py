"""`sojourn customer erase`: takes everything about somebody away, after asking, and says what is left elsewhere."""

from __future__ import annotations

import json
import textwrap
from typing import TYPE_CHECKING, Any

from sojourn.cli.command import FOUND, GOOD, Command
from sojourn.cli.confirming import confirmed
from sojourn.cli.deployment import Deployment, deployment_options, in_words
from sojourn.cli.terminal import visible
from sojourn.cli.whom import whom, whom_options

if TYPE_CHECKING:
    import argparse

    from sojourn.cli.terminal import Terminal
    from sojourn.cli.usage import Parser

_WIDTH = 80


def _arguments(parser: Parser) -> None:
    whom_options(parser)
    parser.add_argument("--yes", action="store_true", help="do not ask")
    parser.add_argument("--json", action="store_true", help="the answer as one JSON object")
    deployment_options(parser)


def _run(arguments: argparse.Namespace, terminal: Terminal) -> int:
    deployment = Deployment.asked(arguments)
    with in_words():
        customer = whom(arguments, deployment, terminal)
    if customer is None:
        return FOUND
    question = (
        f"Everything about {customer} in {deployment.stage} is taken away for good, and their journeys end."
    )
    if not arguments.yes and not confirmed(question, customer, terminal):
        return FOUND
    with in_words():
        erased = _erase(deployment, customer)
    if arguments.json:
        told = {
            "customer": customer, "removed": erased.removed, "stopped": list(erased.stopped),
            "others": list(erased.others),
            "outside": dict(erased.outside),
        }  # fmt: skip
        terminal.say(json.dumps(told, indent=2))
        return GOOD
    rows = ", ".join(f"{number:,} {kind}" for kind, number in sorted(erased.removed.items()))
    terminal.say(f"erased {visible(customer)}: {rows}")
    for other in erased.others:
        terminal.say(f"erased {visible(other)} too, who became {visible(customer)}")
    if erased.stopped:
        runs = "run" if len(erased.stopped) == 1 else "runs"
        terminal.say(f"stopped {len(erased.stopped):,} {runs}")
    terminal.say("not here, and so not erased:")
    for place, what in erased.outside.items():
        terminal.write(textwrap.fill(f"  {place}: {what}", _WIDTH, subsequent_indent="    ") + "\n")
    return GOOD


def _erase(deployment: Deployment, customer: str) -> Any:
    from sojourn.adapters.dynamodb.catalogue import DynamoCatalogue
    from sojourn.adapters.dynamodb.whole_customer import erase_customer
    from sojourn.adapters.stepfunctions.executions import Schedules, StepFunctionsExecutions
    from sojourn.aws_runtime.clock import SystemClock

    dynamodb, table = deployment.client("dynamodb"), deployment.output("TableName")
    executions = StepFunctionsExecutions(
        deployment.client("stepfunctions"),
        deployment.client("scheduler"),
        DynamoCatalogue(dynamodb, table).machine,
        SystemClock(),
        # It starts nothing, so it needs no role to start with.
        Schedules(deployment.output("ScheduleGroupName"), role_arn=""),
    )
    return erase_customer(dynamodb, table, customer, executions)


COMMAND = Command(
    name="customer erase",
    summary="take everything about somebody away, and say what is kept elsewhere",
    description=(
        "Stop a customer's journeys and delete every row about them; who erases again changes nothing. It says what\n"
        "was removed, and where else something about them may be, which it cannot reach."
    ),
    examples=("sojourn customer erase c-42 --yes",),
    arguments=_arguments,
    run=_run,
    deployed=True,
)
