"""`sojourn approve`: let a publication begin that somebody else asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sojourn.cli.command import FOUND, Command
from sojourn.cli.deployment import deployment_options, in_words

if TYPE_CHECKING:
    import argparse

    from sojourn.cli.terminal import Terminal
    from sojourn.cli.usage import Parser


def _arguments(parser: Parser) -> None:
    parser.add_argument("id", metavar="ID", help="of the operation; `sojourn operations` lists them")
    parser.add_argument("--yes", action="store_true", help="do not ask")
    parser.add_argument("--no-wait", action="store_true", help="do not wait until it is done")
    parser.add_argument("--json", action="store_true", help="the answer as one JSON object")
    deployment_options(parser)


def _run(arguments: argparse.Namespace, terminal: Terminal) -> int:
    from sojourn.application.publishing import WAITING, Operation
    from sojourn.cli.awaiting import plan_that_waits
    from sojourn.cli.confirming import agreed
    from sojourn.cli.control_client import CallRefused
    from sojourn.cli.controlled import Controlled
    from sojourn.cli.outcome import tell_publication
    from sojourn.cli.render.operation import page
    from sojourn.cli.render.plan import plan_text
    from sojourn.cli.terminal import visible

    controlled = Controlled.asked(arguments, terminal)
    with in_words():
        waiting = controlled.operations.get(arguments.id)
    try:
        if waiting is not None and waiting.state == WAITING:
            for line in page(waiting, controlled.spoken):
                terminal.tell(visible(line))
            with in_words():
                plan = plan_that_waits(controlled.live, controlled.operations, waiting)
            for line in plan_text(plan).splitlines() if plan is not None else ():
                terminal.tell(f"  {line}" if line else "")
            if not arguments.yes and not agreed(f"Let it go live in {controlled.stage}?", terminal):
                return FOUND
        said = controlled.call("approve", {}, arguments.id)
    except CallRefused as refused:
        controlled.tell_refusal(refused)
        return FOUND
    return tell_publication(Operation.from_json(said["operation"]), controlled, wait=not arguments.no_wait)


COMMAND = Command(
    name="approve",
    summary="let a publication begin that somebody else asked for",
    description=(
        "Where workspace.yaml says `approval: publish`, a publication waits until somebody else approves it. This\n"
        "shows what it changes, asks, and lets it begin. Whoever asked for it cannot approve it."
    ),
    examples=("sojourn approve 20260301T083000000Z-a1b2c3 --yes",),
    arguments=_arguments,
    run=_run,
    deployed=True,
)
