"""`sojourn stop`: let nobody enter a journey any more; whoever is in it comes to its end, or leaves it now."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sojourn.cli.command import FOUND, Command
from sojourn.cli.deployment import deployment_options, in_words
from sojourn.cli.usage import one_of, some_text

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

    from sojourn.cli.terminal import Terminal
    from sojourn.cli.usage import Parser
    from sojourn.domain.control import Control

DRAIN, END = "drain", "end"


def _arguments(parser: Parser) -> None:
    parser.add_argument("journey", metavar="JOURNEY", help="the journey's name")
    parser.add_argument(
        "--runs", metavar="drain|end", type=one_of(DRAIN, END), default=DRAIN,
        help="drain: whoever is in it comes to its end; end: they leave it now, for good (default: drain)",
    )  # fmt: skip
    parser.add_argument(
        "--reason",
        metavar="TEXT",
        required=True,
        type=some_text,
        help="why, for the history, and for who left it",
    )
    parser.add_argument("--wait", action="store_true", help="wait until everybody left it (--runs end)")
    parser.add_argument("--yes", action="store_true", help="do not ask before customers leave it")
    parser.add_argument("--json", action="store_true", help="the answer as one JSON object")
    deployment_options(parser)


def _run(arguments: argparse.Namespace, terminal: Terminal) -> int:
    from sojourn.application.publishing import Operation
    from sojourn.cli.confirming import confirmed
    from sojourn.cli.control_client import CallRefused
    from sojourn.cli.controlled import Controlled
    from sojourn.cli.outcome import tell_movement
    from sojourn.domain.control import Control

    journey = arguments.journey
    controlled = Controlled.asked(arguments, terminal)
    if arguments.runs == END and not arguments.yes:
        with in_words():
            counts = controlled.live.counts(journey)
        inside = sum(told.get("active", 0) for place, told in counts.items() if not place.step)
        who = "1 customer is" if inside == 1 else f"{inside:,} customers are"
        question = (
            f"Everybody who is in {journey} in {controlled.stage} leaves it, for good: {who} in it now."
        )
        if not confirmed(question, journey, terminal):
            return FOUND
    body = {"runs": arguments.runs, "reason": arguments.reason}
    try:
        said = controlled.call("stop", body, journey)
    except CallRefused as refused:
        controlled.tell_refusal(refused, journey)
        return FOUND
    if not controlled.as_json:
        own, holds = Control.from_json(said["control"]), Control.from_json(said["holds"])
        controlled.say(*stopped_lines(journey, arguments.runs, own, holds, controlled.stated))
    besides: dict[str, Any] = {name: said[name] for name in ("control", "holds", "note") if name in said}
    return tell_movement(
        Operation.from_json(said["operation"]), controlled, wait=arguments.wait, told=arguments.runs == END,
        besides=besides,
    )  # fmt: skip


def stopped_lines(journey: str, runs: str, own: Control, holds: Control, stated: str) -> Iterator[str]:
    """Yield what holds, and what it takes that whoever is in the journey comes to an end.

    Args:
        runs: what was asked for.
        own: what the journey was told; holds: what holds with what all were told.
    """
    said = f"{journey} is stopped: nobody enters any more"
    if holds.runs == END:
        yield f"{said}, and whoever is in it leaves it{'' if runs == END else ', as it was stopped so before'}"
    elif not holds.cannot_drain:
        yield f"{said}, and whoever is in it comes to its end"
    else:
        yield said
        paused = "its messages are paused" if own.cannot_drain else "all journeys are paused"
        yield f"Whoever is in it stays where they are for now, as {paused}. To let them come to their end:"
        which = f"{journey} --sends" if own.cannot_drain else "--all"
        yield f"  sojourn resume {which}{stated}"


COMMAND = Command(
    name="stop",
    summary="let nobody enter a journey any more",
    description=(
        "Stop a journey for good, with a reason: nobody enters any more. Whoever is in it comes to its end, or with\n"
        "--runs end leaves it now: their run ends as `stopped`, with the reason. `sojourn resume` opens it again.\n"
        "What is paused stays so; whoever is in it comes to their end once its messages are resumed, which is said."
    ),
    examples=(
        'sojourn stop welcome --reason "The campaign is over"',
        'sojourn stop welcome --runs end --reason "The offer was a mistake" --yes --json',
    ),
    arguments=_arguments,
    run=_run,
    deployed=True,
)
