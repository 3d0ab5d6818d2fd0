"""`sojourn status`: how a deployment's journeys stand: who is where in them, what went out, what is held or failed."""

from __future__ import annotations

import json
import shutil
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import islice
from typing import TYPE_CHECKING, Any

from sojourn.cli.command import GOOD, Command
from sojourn.cli.deployment import Deployment, deployment_options, in_words
from sojourn.cli.terminal import visible
from sojourn.cli.usage import NotThere, near_or_all, whole_number

if TYPE_CHECKING:
    import argparse

    from sojourn.adapters.dynamodb.live import Live
    from sojourn.application.publishing import LiveJourney, Operation
    from sojourn.cli.render.spoken import Spoken
    from sojourn.cli.render.status import Failing
    from sojourn.cli.render.status_figures import Figures
    from sojourn.cli.terminal import Terminal
    from sojourn.cli.usage import Parser

WIDEST = 160
"""Columns: a table may be wider than a page to be read."""
RUNS = 500
"""At so many runs of a journey is looked for what is held: a second or two."""
QUARANTINE_DAYS = 7
MOST_QUARANTINED = 1_000
AT_ONCE = 10
"""So many journeys are asked for at a time: a client has as many connections, and a thousand take seconds."""


def _arguments(parser: Parser) -> None:
    parser.add_argument("journey", metavar="JOURNEY", nargs="?", help="only this one, with its steps")
    parser.add_argument(
        "--runs", metavar="N", type=whole_number(0, 100_000), default=RUNS,
        help=f"look at so many runs of JOURNEY for what is held until when (default: {RUNS})",
    )  # fmt: skip
    parser.add_argument("--json", action="store_true", help="the same as one JSON object")
    deployment_options(parser)


def _run(arguments: argparse.Namespace, terminal: Terminal) -> int:
    from sojourn.adapters.dynamodb.live import Live
    from sojourn.cli.render.status import overview, page

    deployment = Deployment.asked(arguments)
    with in_words():
        table = deployment.client("dynamodb"), deployment.output("TableName")
        live = Live(*table)
        journeys = live.journeys()
        asked = [one for one in journeys if arguments.journey in (None, one.name)]
        if arguments.journey is not None and not asked:
            raise NotThere(
                "no_journey", f'there is no journey "{arguments.journey}" in {deployment.stage}',
                near_or_all(arguments.journey, [one.name for one in journeys]),
            )  # fmt: skip
        spoken, now = _spoken(live), _now()
        whole = arguments.journey is not None
        with ThreadPoolExecutor(AT_ONCE) as pool:
            runs = arguments.runs if whole else 0
            figures = [
                *pool.map(lambda one: _figures(one, live, table, now, runs, spoken.zone, whole=whole), asked)
            ]
        failing = _failing(deployment, table, now)
        under_way = _under_way(table, arguments.journey)
    if arguments.json:
        terminal.say(json.dumps(_json(figures, failing, under_way), indent=2, ensure_ascii=False))
        return GOOD
    if not journeys:
        terminal.say(f"no journey is published in {visible(deployment.stage)}")
    lines = (
        page(figures[0], failing, under_way, spoken)
        if whole
        else overview(figures, failing, under_way, spoken)
    )
    for line in lines if journeys else lines[1:]:
        shown = visible(line)
        terminal.say(terminal.styled(shown, "bold") if line and not line.startswith(" ") and whole else shown)
    return GOOD


def _now() -> datetime:
    from sojourn.aws_runtime.clock import SystemClock

    return SystemClock().now()


def _spoken(live: Live) -> Spoken:
    """Return the words, with times by the workspace's clock."""
    from sojourn.cli.render.spoken import Spoken

    settings = live.settings()
    zone = json.loads(settings)["policy"]["timezone"] if settings else "UTC"
    return Spoken(zone, "workspace", width=min(shutil.get_terminal_size().columns, WIDEST))


def _figures(
    journey: LiveJourney, live: Live, table: tuple[Any, str], now: datetime, most: int, zone: str, *, whole: bool
) -> Figures:  # fmt: skip
    """Read how a journey stands.

    Args:
        most: at so many of its runs is looked.
        zone: the workspace's.
        whole: its steps too, in words.
    """
    from sojourn.cli.render.status_figures import Figures

    counts = live.counts(journey.name)
    if not whole:
        return Figures(journey, journey.name, counts)
    from sojourn.adapters.dynamodb.held import held
    from sojourn.cli.next_time import next_time
    from sojourn.domain.control import STOPPED
    from sojourn.domain.drawing.outlined import words_in

    versions = Figures(journey, "", counts).versions
    outlines = {one: found for one in versions if (found := live.outline(journey.name, one)) is not None}
    words = {
        (version, step): said.title
        for version, outline in outlines.items()
        for step, said in words_in(outline).items()
    }
    shown = outlines.get(journey.version) or next(iter(outlines.values()), None)
    title = shown.title if shown is not None else journey.name
    looked = held(*table, journey.name, now, most) if most else None
    figures = Figures(journey, title, counts, outlines, words, looked)
    begins = None if journey.control.entries == STOPPED else next_time(figures.enter, now, zone)
    return replace(figures, next_time=begins)


def _failing(deployment: Deployment, table: tuple[Any, str], now: datetime) -> Failing:
    """Read what failed, or waits for somebody."""
    from sojourn.adapters.dynamodb.quarantine import DynamoQuarantine
    from sojourn.aws_runtime.clock import SystemClock
    from sojourn.cli.render.status import Failing

    since = now - timedelta(days=QUARANTINE_DAYS)
    listed = DynamoQuarantine(*table, SystemClock()).listed(since, now)
    quarantined = sum(1 for _ in islice(listed, MOST_QUARANTINED + 1))
    return Failing(
        _dead_letters(deployment), min(quarantined, MOST_QUARANTINED), QUARANTINE_DAYS, quarantined > MOST_QUARANTINED
    )  # fmt: skip


def _dead_letters(deployment: Deployment) -> dict[str, int | None]:
    """Return how many messages are in each dead-letter queue; None where whoever asks may not know."""
    from botocore.exceptions import ClientError

    counted: dict[str, int | None] = {}
    name = "ApproximateNumberOfMessages"
    for queue, url in deployment.outputs("DeadUrl").items():
        try:
            answer = deployment.client("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=[name])
            counted[queue.lower()] = int(answer["Attributes"][name])
        except ClientError:
            # To look at journeys, nobody need be allowed to look at queues.
            counted[queue.lower()] = None
    return counted


def _under_way(table: tuple[Any, str], journey: str | None) -> tuple[Operation, ...]:
    from sojourn.adapters.dynamodb.open_operations import open_operations

    found = open_operations(*table)
    return tuple(one for one in found if journey in (None, one.journey or journey))


def _json(figures: list[Figures], failing: Failing, under_way: tuple[Operation, ...]) -> dict[str, Any]:
    return {
        "journeys": [one.to_json() for one in figures],
        **failing.to_json(),
        "operations": [one.to_json() for one in under_way],
    }


COMMAND = Command(
    name="status",
    summary="how the journeys stand: who is in them, what went out, what is held or failed",
    description=(
        "Show how a deployment's journeys stand; with JOURNEY, who is at which of its steps, what became of its\n"
        "messages by channel, what it brings beside those who are sent nothing, what is held and until when, and what\n"
        "failed. "
        "Figures are a few seconds old."
    ),
    examples=("sojourn status", "sojourn status welcome --json"),
    arguments=_arguments,
    run=_run,
    deployed=True,
)
