"""Who enters: start conditions, schedules and limits on entering again."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from sojourn.pinpoint.conditions import Conditions, quoted
from sojourn.pinpoint.events import Filter, unclear
from sojourn.pinpoint.expression import All, Ask, Node, Some, cel
from sojourn.pinpoint.times import DAYS, TimeFault, duration, instant, spoken, stamp

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sojourn.pinpoint.outcome import Row, Rows
    from sojourn.pinpoint.segments import Segments
    from sojourn.pinpoint.vocabulary import Vocabulary

Json = dict[str, Any]
_A_DAY, _A_WEEK = timedelta(days=1), timedelta(days=7)


class Entry:
    """Makes the `enter` of one journey.

    Args:
        zone: the workspace's, in whose clock a schedule is written.
    """

    def __init__(
        self, part: str, value: Json, words: Vocabulary, rows: Rows, segments: Segments, zone: str
    ) -> None:
        self.part = part
        self.value = value
        self.words = words
        self.rows = rows
        self.segments = segments
        self.zone = zone
        self.schedule: Json = value.get("Schedule", {})

    def make(self) -> Json:
        """Return `enter`."""
        start = self.value.get("StartCondition", {})
        asked: list[Node] = []
        if "EventStartCondition" in start:
            enter = self._by_event(start["EventStartCondition"], asked)
        elif "SegmentStartCondition" in start:
            enter = self._by_segment(start["SegmentStartCondition"]["SegmentId"], asked)
        else:
            enter = {"on": "api"}
            self.rows.begin(self.part, "none", "StartCondition", "enter").lose(
                "it does not say who starts: customers enter when a program asks for it (`on: api`)"
            )
        if "EndTime" in self.schedule:
            end = instant(self.schedule["EndTime"])[0]
            row = self.rows.begin(
                self.part, f"EndTime {self.schedule['EndTime']}", "Schedule", "enter: where"
            )
            row.note("nobody enters after it; whoever is in the journey then goes on")
            asked.append(Ask(f"now < timestamp({quoted(stamp(end))})"))
        where = cel(All(tuple(asked)))
        if where != "true":
            enter["where"] = where
        enter["again"] = self._again()
        return enter

    def _by_event(self, given: Json, asked: list[Node]) -> Json:
        row = self.rows.begin(self.part, "event", "StartCondition", "enter: on")
        dimensions = given.get("EventFilter", {}).get("Dimensions", {})
        if "SegmentId" in given:
            asked.append(Ask(f"in_segment({quoted(self.segments.name(given['SegmentId']))})"))
        if "StartTime" in self.schedule:
            row.note("it begins when you publish it, whatever `StartTime` says")
        if why := unclear(dimensions):
            row.lose(f"{why}: customers enter when a program asks for it (`on: api`)")
            return {"on": "api"}
        found = list(Filter(Conditions(self.words, row)).events(dimensions))
        names = list(dict.fromkeys(name for name, _ in found))
        questions = {cel(question): question for _, question in found}
        if len(questions) > 1:
            row.lose(
                "its events differ in what is asked of them; here each enters that is as one of them has to be"
            )
        asked.append(Some(tuple(questions.values())))
        row.name = ", ".join(names)
        return {"on": names[0] if len(names) == 1 else names}

    def _by_segment(self, id_: str, asked: list[Node]) -> Json:
        name = self.segments.name(id_)
        row = self.rows.begin(self.part, f"segment {name}", "StartCondition", "enter")
        if self.value.get("RefreshOnSegmentUpdate"):
            row.note("whoever becomes a member enters, at once")
            return {"segment": name}
        start = self.schedule.get("StartTime")
        refresh = self.value.get("RefreshFrequency")
        if refresh is not None:
            return self._refreshed(name, duration(refresh), start, row)
        if start is None:
            row.note("it says no time at which its members start: whoever becomes a member enters")
            return {"segment": name}
        at = instant(start)[0]
        asked.append(Ask(f"now >= timestamp({quoted(stamp(at))})"))
        asked.append(Ask(f"now < timestamp({quoted(stamp(at + _A_DAY))})"))
        row.note(
            f"its members start once, at {stamp(at)}, as in Pinpoint: to let customers in at other times, "
            "change `schedule` and take `now` out of `where`"
        )
        return {"schedule": f"daily {self._local(at):%H:%M}", "segment": name}

    def _refreshed(self, name: str, every: timedelta, start: str | None, row: Row) -> Json:
        """Let members in as often as Pinpoint looked for new ones."""
        at = self._local(instant(start)[0]) if start is not None else None
        if start is not None:
            row.note("it begins when you publish it, whatever `StartTime` says")
        if every < _A_DAY:
            row.note(f"whoever becomes a member enters at once, and not within {spoken(every)}")
            return {"segment": name}
        clock = f"{at:%H:%M}" if at is not None else "09:00"
        if at is None:
            row.note("it says no time of day: 09:00 is taken")
        if every == _A_WEEK and at is not None:
            return {"schedule": f"weekly {DAYS[at.weekday()]} {clock}", "segment": name}
        if every != _A_DAY:
            row.note(f"new members enter every day, and not every {spoken(every)}")
        return {"schedule": f"daily {clock}", "segment": name}

    def _local(self, at: datetime) -> datetime:
        if self.value.get("LocalTime"):
            self.rows.begin(self.part, "true", "LocalTime").lose(
                "a schedule is in the workspace's zone: in the customers' own it cannot be said"
            )
        return at.astimezone(ZoneInfo(self.zone))

    def _again(self) -> str:
        limits = self.value.get("Limits", {})
        cap, interval = limits.get("EndpointReentryCap"), limits.get("EndpointReentryInterval")
        if cap is None and interval is None:
            return "never"
        said = "any number of entries" if not cap else "1 entry" if cap == 1 else f"{cap} entries"
        row = self.rows.begin(self.part, said, "Limits.EndpointReentryCap", "enter: again")
        if cap == 1:
            return "never"
        again = "always"
        if interval is not None and duration(interval):
            again = f"after {spoken(duration(interval))}"
        if cap:
            row.lose(
                f"how often in all (`EndpointReentryCap: {cap}`) cannot be said: customers enter again, {again}"
            )
        return again


def faults(value: Json) -> Iterator[tuple[str, str]]:
    """Yield which times of a journey's start cannot be read, each with how it is written."""
    for key, text, read in (
        *(
            (f"Schedule.{key}", value.get("Schedule", {}).get(key), instant)
            for key in ("StartTime", "EndTime")
        ),
        ("RefreshFrequency", value.get("RefreshFrequency"), duration),
        ("Limits.EndpointReentryInterval", value.get("Limits", {}).get("EndpointReentryInterval"), duration),
    ):
        try:
            if text is not None:
                read(text)
        except TimeFault as fault:
            yield f"{key}: {fault}", fault.repair
