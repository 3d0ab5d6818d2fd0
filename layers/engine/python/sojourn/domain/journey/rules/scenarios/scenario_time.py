"""SJ701: times in scenarios can be read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sojourn.domain.journey.rules.rule import Rule
from sojourn.domain.time.durations import parse_offset
from sojourn.domain.time.errors import TimeError
from sojourn.domain.time.instants import parse_date_time

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sojourn.domain.findings import Finding
    from sojourn.domain.journey.model.scenario import Also, Expectation, ScenarioEvent
    from sojourn.domain.journey.rules.context import Context


class ScenarioTime(Rule):
    """A time in a scenario is an instant, or counted from its start.

    What:
        `start` is no instant; or an `at` or `until` is neither an instant nor `+` and a duration.
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
                if not _is_instant(scenario.start):
                    yield self.finding(
                        f'"{scenario.start[:40]}" is no instant',
                        story.file,
                        scenario.place("start"),
                        "write date, time and offset, such as 2026-03-06T09:00:00-05:00",
                    )
                timed: list[ScenarioEvent | Also | Expectation]
                timed = [*scenario.events, *scenario.also, *scenario.expect, *scenario.never]
                times = [(one.at, one.place("at")) for one in timed if one.at is not None]
                times += [(one.until, one.place("until")) for one in scenario.also if one.until is not None]
                times += [(scenario.until, scenario.place("until"))] if scenario.until is not None else []
                for text, span in times:
                    if (wrong := _wrong(text)) is not None:
                        yield self.finding(wrong.message, story.file, span, wrong.help)


def _is_instant(text: str) -> bool:
    try:
        return bool(parse_date_time(text))
    except TimeError:
        return False


def _wrong(text: str) -> TimeError | None:
    try:
        if not _is_instant(text):
            parse_offset(text)
    except TimeError as error:
        return error
    return None
