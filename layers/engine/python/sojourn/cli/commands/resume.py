"""`sojourn resume`: let a journey go on that was paused or stopped, and say what becomes of what fell due meanwhile."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sojourn.cli.command import FOUND, Command
from sojourn.cli.deployment import deployment_options, in_words
from sojourn.cli.terminal import visible
from sojourn.cli.usage import UsageError, a_second, one_of
from sojourn.cli.which_journey import called, which, which_options

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

    from sojourn.cli.controlled import Controlled
    from sojourn.cli.terminal import Terminal
    from sojourn.cli.usage import Parser
    from sojourn.domain.control import Control

SEND, SPREAD, DROP = "send", "spread", "drop"
EXAMPLE = "sojourn resume welcome"


def _arguments(parser: Parser) -> None:
    which_options(parser)
    parser.add_argument("--entries", action="store_true", help="only: customers enter again")
    parser.add_argument(
        "--sends", action="store_true", help="only: messages go out and clocks run; who may enter is as it was"
    )  # fmt: skip
    parser.add_argument(
        "--due", metavar="send|spread|drop", type=one_of(SEND, SPREAD, DROP),
        help="what fell due meanwhile is sent at once, spread over a time, or dropped (default: send)",
    )  # fmt: skip
    parser.add_argument("--over", metavar="TIME", help='spread over so long: "2 hours"')
    parser.add_argument(
        "--rate", metavar="N", type=a_second,
        help="so many customers a second go on at most (default: as fast as it goes)",
    )  # fmt: skip
    parser.add_argument("--reason", metavar="TEXT", help="why, for whoever reads the history")
    parser.add_argument("--wait", action="store_true", help="wait until everybody who had stopped goes on")
    parser.add_argument(
        "--yes", action="store_true", help="do not ask before messages are dropped, or a stopped journey is opened"
    )  # fmt: skip
    parser.add_argument("--json", action="store_true", help="the answer as one JSON object")
    deployment_options(parser)


def _run(arguments: argparse.Namespace, terminal: Terminal) -> int:
    from sojourn.application.publishing import Operation
    from sojourn.cli.control_client import CallRefused
    from sojourn.cli.controlled import Controlled
    from sojourn.cli.outcome import tell_movement
    from sojourn.domain.control import EVERY, USUAL

    journey, due = which(arguments, EXAMPLE), _due(arguments)
    entries = arguments.entries or not arguments.sends
    sends = arguments.sends or not arguments.entries
    controlled = Controlled.asked(arguments, terminal)
    with in_words():
        before = controlled.live.state().head.controls.get(journey or EVERY, USUAL)
    if not arguments.yes and not _agreed(journey, due, before, controlled, entries=entries):
        return FOUND
    body = {
        "due": due if sends else None,
        "over": arguments.over,
        "rate": arguments.rate,
        "reason": arguments.reason,
    }
    if not (entries and sends):
        body |= {"entries": entries, "sends": sends}
    try:
        said = controlled.call("resume" if journey else "resume_all", body, journey)
    except CallRefused as refused:
        controlled.tell_refusal(refused, journey)
        return FOUND
    if not controlled.as_json:
        from sojourn.cli.render.resumed import resumed_lines

        with in_words():
            now = controlled.live.state()
        lines = resumed_lines(journey, before, now.head.controls, [*now.now()], controlled.stated)
        held = journey and now.head.controls.get(EVERY, USUAL).holds_sends
        controlled.say(
            *lines(entries=entries, sends=sends),
            *(_due_said(due, arguments.over, arguments.rate) if sends and not held else ()),
        )
    return tell_movement(Operation.from_json(said["operation"]), controlled, wait=arguments.wait)


def _agreed(journey: str, due: str, before: Control, controlled: Controlled, *, entries: bool) -> bool:
    """Ask about what cannot be undone, and what somebody may not mean; return whether to go on.

    Args:
        before: what the journey was told so far, or all were.
    """
    from sojourn.cli.confirming import agreed, confirmed
    from sojourn.cli.render.control_words import control_said
    from sojourn.domain.control import STOPPED

    terminal = controlled.terminal
    dropped = (
        f"Messages of {called(journey)} in {controlled.stage} that fell due meanwhile will never be sent, but for those"
        " that must arrive (transactional ones)."
    )
    if due == DROP and not confirmed(dropped, journey or "all", terminal):
        return False
    if not entries or before.entries != STOPPED:
        return True
    terminal.tell(visible(control_said(before, controlled.spoken)))
    terminal.tell("To let whoever is in it come to their end, and nobody enter:")
    terminal.tell(visible(f"  sojourn resume {journey} --sends{controlled.stated}"))
    return agreed(f"Let customers enter {journey} in {controlled.stage} again?", terminal)


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
    if arguments.rate and due == SPREAD:
        raise UsageError("--over says already how fast: leave --rate away, or --over")
    if arguments.entries and not arguments.sends and (arguments.due or arguments.over or arguments.rate):
        raise UsageError("--entries resumes no messages: say --sends as well, or leave --due and --rate away")
    return due


def _due_said(due: str, over: str | None, rate: float | None) -> Iterator[str]:
    """Yield what becomes of what fell due."""
    yield {
        SEND: "What fell due meanwhile is sent now, "
        + (f"to {rate:g} customers a second at most." if rate else "as fast as channels take it."),
        SPREAD: f"What fell due meanwhile is sent over the next {over}, in the order in which it fell due.",
        DROP: (
            "What fell due meanwhile is not sent, but for what must arrive; whoever waited for it goes on without."
        ),
    }[due]


COMMAND = Command(
    name="resume",
    summary="let a journey go on that was paused or stopped",
    description=(
        "Let customers enter a journey again, and messages go out; with --entries or --sends only that. What fell\n"
        "due while it was paused is sent at once, spread over a time (so that nobody's inbox or call centre is\n"
        "flooded), or dropped, but for what must arrive: transactional messages. A journey that was stopped is open\n"
        "again as well; whoever left it does not come back by that. With --sends it stays stopped, and whoever is in\n"
        "it comes to their end."
    ),
    examples=(
        "sojourn resume welcome",
        'sojourn resume welcome --due spread --over "2 hours" --reason "The price is right again"',
        "sojourn resume welcome --sends",
        "sojourn resume --all --due drop --yes --json",
    ),
    arguments=_arguments,
    run=_run,
    deployed=True,
)
