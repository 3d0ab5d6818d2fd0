"""`sojourn plan`: what publishing would change, before it does."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from sojourn.cli.command import FOUND, GOOD, Command
from sojourn.cli.deployment import Deployment, deployment_options, in_words
from sojourn.cli.usage import dollars, one_of

if TYPE_CHECKING:
    import argparse

    from sojourn.cli.loading import Loaded
    from sojourn.cli.planning import Plan
    from sojourn.cli.terminal import Terminal
    from sojourn.cli.usage import Parser


def _arguments(parser: Parser) -> None:
    parser.add_argument(
        "path", metavar="PATH", nargs="?", help="a workspace, or a journey of one (default: journeys)"
    )
    parser.add_argument(
        "--against", metavar="DIR",
        help="instead of a deployment: the workspace as it was, such as another checkout of it",
    )  # fmt: skip
    parser.add_argument(
        "--format", metavar="text|markdown|json", type=one_of("text", "markdown", "json"), default="text",
        help="text for people, markdown for a pull request, json for programs (default: text)",
    )  # fmt: skip
    parser.add_argument(
        "--sms",
        metavar="DOLLARS",
        type=dollars,
        help="the price of one SMS part in your countries, for the forecast",
    )
    parser.add_argument("--json", action="store_true", help="the same as --format json")
    deployment_options(parser)


def _run(arguments: argparse.Namespace, terminal: Terminal) -> int:
    from sojourn.cli.loading import errors_in, load_part, stopped
    from sojourn.cli.render.plan import plan_json, plan_markdown, plan_text

    after = load_part(arguments.path, terminal)
    form = "json" if arguments.json else arguments.format
    if stopped(errors_in(after.findings), after, terminal, "nothing was planned", as_json=form == "json"):
        return FOUND
    plan = _plan(arguments, after, terminal)
    terminal.write({"text": plan_text, "markdown": plan_markdown, "json": plan_json}[form](plan))
    return GOOD


def _plan(arguments: argparse.Namespace, after: Loaded, terminal: Terminal) -> Plan:
    from sojourn.cli.loading import load
    from sojourn.cli.planning import plan_against, plan_beside

    if arguments.against is not None:
        return plan_beside(load(arguments.against, terminal), after)
    from sojourn.adapters.dynamodb.live import Live
    from sojourn.cli.forecasting import Measured

    deployment = Deployment.asked(arguments)
    with in_words():
        table = deployment.client("dynamodb"), deployment.output("TableName")
        today = datetime.now(UTC).date()
        return plan_against(Live(*table), after, Measured(*table, today, deployment.region, arguments.sms))


COMMAND = Command(
    name="plan",
    summary="say what publishing would change",
    description=(
        "Compare a workspace with what a deployment has: steps added, removed, moved and changed, texts, who enters and"
        "\nwhat ends runs, findings that are new, who is in it now and what becomes of them. With --against, compare it"
        "\nwith another checkout instead, which needs no deployment."
    ),
    examples=(
        "sojourn plan",
        "sojourn plan --against journeys",
        "sojourn plan journeys/welcome --against journeys --format markdown",
    ),
    arguments=_arguments,
    run=_run,
    deployed=True,
)
