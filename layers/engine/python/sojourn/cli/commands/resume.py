"""`sojourn resume`: let a journey go on that was paused or stopped, and say what becomes of what fell due meanwhile."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sojourn.cli.command import FOUND, Command
from sojourn.cli.deployment import deployment_options, in_words
from sojourn.cli.usage import UsageError, one_of
from sojourn.cli.which_journey import called, which, which_options

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

    from sojourn.cli.controlled import Controlled
    from sojourn.cli.terminal import Terminal
    from sojourn.cli.usage import Parser

SEND, SPREAD, DROP = "send", "spread", "drop"
EXAMPLE = "sojourn resume welcome"


def _arguments(parser: Parser) -> None:
    which_options(parser)
    parser.add_argument(
        "--due", metavar="send|spread|drop", type=one_of(SEND, SPREAD, DROP),
        help="what fell due meanwhile is sent at once, spread over a time, or dropped (default: send)",
    )  # fmt: skip
    parser.add_argument("--over", metavar="TIME", help='spread over so long: "2 hours"')
    parser.add_argument("--reason", metavar="TEXT", help="why, for whoever reads the history")
    parser.add_argument("--wait", action="store_true", help="wait until everybody who had stopped goes on")
    parser.add_argument("--yes", action="store_true", help="do not ask before messages are dropped")
    parser.add_argument("--json", action="store_true", help="the answer as one JSON object")
    deployment_options(parser)


def _run(arguments: argparse.Namespace, terminal: Terminal) -> int:
    from sojourn.application.publishing import Operation
    from sojourn.cli.confirming import confirmed
    from sojourn.cli.control_client import CallRefused
    from sojourn.cli.controlled import Controlled
    from sojourn.cli.outcome import tell_movement

    journey, due = which(arguments, EXAMPLE), _due(arguments)
    controlled = Controlled.asked(arguments, terminal)
    question = (
        f"Messages of {called(journey)} in {controlled.stage} that fell due meanwhile will never be sent."
    )
    if due == DROP and not arguments.yes and not confirmed(question, journey or "all", terminal):
        return FOUND
    body = {"due": due, "over": arguments.over, "reason": arguments.reason}
    try:
        said = controlled.call("resume" if journey else "resume_all", body, journey)
    except CallRefused as refused:
        controlled.tell_refusal(refused, journey)
        return FOUND
    if not controlled.as_json:
        controlled.say(*_said(journey, due, arguments.over, controlled))
    return tell_movement(Operation.from_json(said["operation"]), controlled, wait=arguments.wait)


def _due(arguments: argparse.Namespace) -> str:
    """Return what becomes of what fell due; whoever says over how long means that it is spread.

    Raises:
        UsageError: the two options do not go together.
    """
    due: str = arguments.due or (SPREAD if arguments.over else SEND)
    if due == SPREAD and not arguments.over:
        raise UsageError("over how long is it spread?", 'for example: --due spread --over "2 hours"')
    if due != SPREAD and arguments.over:
        raise UsageError(f"--over goes with --due spread, and not with --due {due}")
    return due


def _said(journey: str, due: str, over: str | None, controlled: Controlled) -> Iterator[str]:
    """Yield what holds from now on, and what still does not."""
    from sojourn.cli.render.control_words import control_words

    with in_words():
        found = [one for one in controlled.live.journeys() if journey in ("", one.name)]
    held = [one.name for one in found if not one.control.is_usual]
    if journey and held:
        holds = "; ".join(control_words(found[0].control))
        yield f"{journey} is resumed, and goes on once all journeys are: they are paused as well ({holds})"
        yield f"  sojourn resume --all{controlled.stated}"
        return
    verb = "goes" if journey else "go"
    yield f"{called(journey)} {verb} on: customers enter, and messages go out, within seconds"
    if held:
        yield f"paused or stopped by themselves, and so still: {', '.join(held)}"
    yield {
        SEND: "What fell due meanwhile is sent now, as fast as channels take it.",
        SPREAD: f"What fell due meanwhile is sent over the next {over}, in the order in which it fell due.",
        DROP: "What fell due meanwhile is not sent; whoever waited for it goes on without.",
    }[due]


COMMAND = Command(
    name="resume",
    summary="let a journey go on that was paused or stopped",
    description=(
        "Let customers enter a journey again, and messages go out. What fell due while it was paused is sent at once,\n"
        "spread over a time (so that nobody's inbox or call centre is flooded), or dropped. A journey that was\n"
        "stopped is open again as well; whoever left it does not come back by that."
    ),
    examples=(
        "sojourn resume welcome",
        'sojourn resume welcome --due spread --over "2 hours" --reason "The price is right again"',
        "sojourn resume --all --due drop --yes --json",
    ),
    arguments=_arguments,
    run=_run,
    deployed=True,
)
