"""SJ701: times in scenarios can be read."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from sojourn.domain.journey.rules.durations import LAST_YEAR
from sojourn.domain.journey.rules.rule import Rule
from sojourn.domain.time.durations import LONGEST, parse_offset
from sojourn.domain.time.errors import TimeError
from sojourn.domain.time.instants import parse_date_time

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sojourn.domain.findings import Finding
    from sojourn.domain.journey.model.scenario import Also, Expectation, Scenario, ScenarioEvent
    from sojourn.domain.journey.rules.context import Context
    from sojourn.domain.places import Span


class ScenarioTime(Rule):
    """A time in a scenario is an instant, or counted from its start.

    What:
        `start` is no instant; or an `at` or `until` is neither an instant nor `+` and a duration, or is more than ten
        years later.
    Why:
        It cannot be told when something happens, or should have happened.
    Instead of:
        # file: scenarios/buys.yaml
        events:
          - {at: 2 hours, customer: ana, event: cart_updated, properties: {cart_id: c1, items: [x], total: 20}}
    Write:
        # file: scenarios/buys.yaml
        events:
          - {at: +2 hours, customer: ana, event: cart_updated, properties: {cart_id: c1, items: [x], total: 20}}
    """

    code = "SJ701"
    name = "scenario-time"

    def check(self, context: Context) -> Iterator[Finding]:
        """Read every time of every scenario."""
        for view in context.journeys.values():
            for story in view.folder.scenarios:
                scenario = story.scenario
                start = _instant(scenario.start)
                if start is None or start.year not in _YEARS:
                    yield self.finding(
                        f'"{scenario.start[:40]}" is no instant between {_YEARS[0]} and {_YEARS[-1]}'
                        if start
                        else f'"{scenario.start[:40]}" is no instant',
                        story.file,
                        scenario.place("start"),
                        "write date, time and offset, such as 2026-03-06T09:00:00-05:00",
                    )
                    start = None
                for text, span in _times(scenario):
                    if (wrong := _wrong(text, start)) is not None:
                        yield self.finding(wrong.message, story.file, span, wrong.help)


def _times(scenario: Scenario) -> Iterator[tuple[str, Span]]:
    """Yield every time but the start, with its place."""
    timed: list[ScenarioEvent | Also | Expectation]
    timed = [*scenario.events, *scenario.also, *scenario.expect, *scenario.never]
    yield from ((one.at, one.place("at")) for one in timed if one.at is not None)
    yield from ((one.until, one.place("until")) for one in scenario.also if one.until is not None)
    if scenario.until is not None:
        yield scenario.until, scenario.place("until")


def _instant(text: str) -> datetime | None:
    try:
        at = parse_date_time(text)
    except TimeError:
        return None
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def _wrong(text: str, start: datetime | None) -> TimeError | None:
    if (at := _instant(text)) is not None:
        if start is None or at - start <= LONGEST:
            return None
        return TimeError(f'"{text[:40]}" is more than ten years after the start', "nothing is played so long")
    try:
        parse_offset(text)
    except TimeError as error:
        return error
    return None


_YEARS: Final = range(1970, LAST_YEAR + 1)
