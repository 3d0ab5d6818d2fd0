"""What a journey says about when and how much may be sent: quiet time, open hours, closed days, limits.

In Pinpoint each journey says it for itself, a workspace says it once for all. Where journeys differ, the workspace
is as quiet as all of them together: nothing is sent when one of them would not have sent it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Final

from sojourn.pinpoint.outcome import Problem
from sojourn.pinpoint.times import TimeFault, clock, instant

if TYPE_CHECKING:
    from sojourn.pinpoint.outcome import Row, Rows
    from sojourn.pinpoint.reading import Document

CHANNELS: Final = {"EMAIL": "email", "SMS": "sms", "PUSH": "push"}
_WEEK: Final = ("MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY")
_DAY: Final = 24 * 60
_MOST_CLOSED: Final = 366
Minutes = frozenset[int]


@dataclass(frozen=True, slots=True)
class Window:
    """When a channel is open: from and to on the clock, on some weekdays, `MONDAY` and so on."""

    opens: str
    closes: str
    days: tuple[str, ...]


class Quiet:
    """The quiet hours and closed days of all journeys of an export."""

    def __init__(self, rows: Rows) -> None:
        self.rows = rows
        self.minutes: dict[str, Minutes] = {}
        self.closed: dict[str, set[str]] = {}
        self._of: list[tuple[Row, str, Minutes]] = []

    def add(self, part: str, value: dict[str, Any]) -> dict[str, Window]:
        """Take in what one journey says; return the channels that are open on some weekdays only."""
        windows: dict[str, Window] = {}
        quiet = value.get("QuietTime", {})
        if {"Start", "End"} <= quiet.keys():
            row = self.rows.begin(
                part, f"{quiet['Start']} to {quiet['End']}", "QuietTime", "workspace.yaml: quiet_hours"
            )
            row.note(
                "Pinpoint sent to whoever had no time zone at any time; here the workspace's is taken for them"
            )
            for channel in CHANNELS.values():
                self._quiet(row, channel, _between(clock(quiet["Start"]), clock(quiet["End"])))
        scheduled = value.get("SendingSchedule", False)
        for key in ("OpenHours", "ClosedDays"):
            for channel, given in value.get(key, {}).items():
                row = self.rows.begin(part, channel, key, "workspace.yaml: quiet_hours")
                if channel not in CHANNELS:
                    row.lose(f"there are no quiet hours for {channel}: `call` and `emit` go out at any time")
                elif not scheduled:
                    row.note("`SendingSchedule` was off, so Pinpoint did not use it: it is left out")
                    row.became = ""
                elif key == "OpenHours":
                    minutes, days = _open_hours(given, row)
                    self._quiet(row, CHANNELS[channel], minutes)
                    if days:
                        row.note("whole weekdays are closed by a step before each send")
                        start, end = _around(minutes) if minutes else (0, 0)
                        windows[CHANNELS[channel]] = Window(_written(end), _written(start), days)
                else:
                    self.closed.setdefault(CHANNELS[channel], set()).update(_closed_days(given, row))

        return windows

    def _quiet(self, row: Row, channel: str, minutes: Minutes) -> None:
        self._of.append((row, channel, minutes))
        self.minutes[channel] = self.minutes.get(channel, frozenset()) | minutes

    def settle(self, used: set[str]) -> dict[str, dict[str, Any]]:
        """Return `quiet_hours` for the channels that are used, and say in the rows what is quieter than it was."""
        made: dict[str, dict[str, Any]] = {}
        for channel in CHANNELS.values():
            said: dict[str, Any] = {}
            if channel in used and self.minutes.get(channel):
                start, end = _around(self.minutes[channel])
                said = {"from": _written(start), "to": _written(end)}
                whole = _between(said["from"], said["to"])
                for row, of, minutes in self._of:
                    if of == channel and minutes and minutes != whole:
                        row.note(
                            f"with what else is said, {channel} is quiet from {said['from']} to {said['to']}, "
                            "in all journeys"
                        )
            if channel in used and self.closed.get(channel):
                said["closed"] = sorted(self.closed[channel])
            if said:
                made[channel] = said
        return made

    def problems(self, documents: list[Document]) -> list[Problem]:
        """Return why there is no hour left to send, where there is none."""
        always = [channel for channel, minutes in self.minutes.items() if len(minutes) >= _DAY]
        files = ", ".join(dict.fromkeys(document.file for document in documents))
        return [
            Problem(files, "", f"the quiet hours of all journeys together leave no time to send {channel}",
                    "import the journeys one by one, each into a folder of its own")
            for channel in always
        ]  # fmt: skip


def faults(value: dict[str, Any]) -> list[tuple[str, str]]:
    """Return which times of a journey's settings cannot be read, each with how it is written."""
    texts: list[tuple[str, str, Any]] = [
        (f"QuietTime.{key}", text, clock) for key, text in value.get("QuietTime", {}).items()
    ]
    for channel, days in value.get("OpenHours", {}).items():
        for day, rules in days.items():
            texts += [(f"OpenHours.{channel}.{day}", rule[key], clock) for rule in rules for key in rule]
    for channel, rules in value.get("ClosedDays", {}).items():
        texts += [
            (f"ClosedDays.{channel}", rule[key], instant) for rule in rules for key in rule if key != "Name"
        ]
    found = []
    for where, text, read in texts:
        try:
            read(text)
        except TimeFault as fault:
            found.append((f"{where}: {fault}", fault.repair))
    for key in ("OpenHours", "ClosedDays"):
        for channel, given in value.get(key, {}).items():
            for rule in (
                given if isinstance(given, list) else [one for rules in given.values() for one in rules]
            ):
                missing = {"StartTime", "EndTime"} if key == "OpenHours" else {"StartDateTime", "EndDateTime"}
                if lacking := sorted(missing - rule.keys()):
                    found.append((f"{key}.{channel}: `{lacking[0]}` is missing", f"add `{lacking[0]}`"))
    return found


def _between(start: str, end: str) -> Minutes:
    first, last = _minute(start), _minute(end)
    if first == last:
        return frozenset()
    return frozenset(one % _DAY for one in range(first, last if last > first else last + _DAY))


def _open_hours(days: dict[str, list[dict[str, str]]], row: Row) -> tuple[Minutes, tuple[str, ...]]:
    """Return when of the day a channel is closed, and on which weekdays it is open at all; of all days none."""
    closed: dict[str, Minutes] = {}
    for day in _WEEK:
        opened: set[int] = set()
        for rule in days.get(day, []):
            opened |= _between(clock(rule["StartTime"]), clock(rule["EndTime"])) or frozenset(range(_DAY))
        if opened:
            closed[day] = frozenset(range(_DAY)) - opened
    if not closed:
        row.note("it opened at no time: it is left out")
        return frozenset(), ()
    together = frozenset[int]().union(*closed.values())
    if len(together) >= _DAY:
        row.lose("its days share no open hour, and quiet hours are the same every day: it is left out")
        return frozenset(), ()
    if len(set(closed.values())) > 1:
        row.lose("quiet hours are the same on every day here: open is what is open on each of its days")
    return together, tuple(closed) if len(closed) < len(_WEEK) else ()


def _closed_days(rules: list[dict[str, str]], row: Row) -> set[str]:
    found: set[str] = set()
    for rule in rules:
        start, end = instant(rule["StartDateTime"])[0], instant(rule["EndDateTime"])[0]
        last = end - timedelta(microseconds=1) if end > start else end
        days = (last.date() - start.date()).days + 1
        if (start.hour, start.minute, start.second) != (0, 0, 0) or (
            last + timedelta(minutes=1, seconds=1)
        ).date() == last.date():
            row.note("days are closed from midnight to midnight, also where a part of one was")
        if days > _MOST_CLOSED:
            row.lose(f"{days} days in a row are too many to list: the first {_MOST_CLOSED} are closed")
        found |= {str(_plus(start.date(), number)) for number in range(min(max(days, 1), _MOST_CLOSED))}
    return found


def _plus(day: date, days: int) -> date:
    return day + timedelta(days=days)


def _around(minutes: Minutes) -> tuple[int, int]:
    """Return the shortest stretch of the day that holds all of *minutes*: it begins after the longest gap."""
    held = sorted(minutes)
    gaps = [
        ((later - earlier) % _DAY, earlier, later)
        for earlier, later in zip(held, held[1:] + held[:1], strict=True)
    ]
    _, last, first = max(gaps, key=lambda gap: gap[0] or _DAY)
    return first, (last + 1) % _DAY


def _minute(text: str) -> int:
    hours, minutes = text.split(":")
    return int(hours) * 60 + int(minutes)


def _written(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"
