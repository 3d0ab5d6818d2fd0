"""The words in which a customer is told of to people: names without underscores, instants in the customer's own zone.

It knows no row of a customer: what is said of those is `customer_who`, `customer_messages` and `customer_story`.
"""

from __future__ import annotations

import json
import re
import textwrap
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from sojourn.cli.terminal import visible

NAMED = 18
"""So wide is the column of names."""
_INSTANT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})")
SOURCES: Mapping[str, str] = {
    "customer": "the customer's own",
    "phone": "of the country of their phone",
    "workspace": "the workspace's, as nobody knows theirs",
}
"""Whose a zone is, by how it was chosen."""
CHANNELS: Mapping[str, str] = {
    "sms": "SMS", "whatsapp": "WhatsApp", "push": "push", "in_app": "in the app", "email": "email",
}  # fmt: skip


@dataclass(frozen=True)
class Topic:
    """What consents are about: its title, its channels, and whether who says nothing wants it."""

    title: str
    channels: tuple[str, ...] = ()
    opted_in: bool = False


@dataclass(frozen=True)
class Spoken:
    """How things are called, and in which zone.

    Args:
        zone: IANA name; source: how it is known, see `sojourn.domain.time.zones`.
        titles: journey -> its title.
        steps: (journey, version, step) -> what the step does, in words.
        topics: by name.
        ids: whether ids are told, of journeys' steps, runs, messages and customers.
        width: of the terminal, in columns: very long values are told as far as a few lines go.
    """

    zone: str = "UTC"
    source: str = "workspace"
    titles: Mapping[str, str] = field(default_factory=dict)
    steps: Mapping[tuple[str, str, str], str] = field(default_factory=dict)
    topics: Mapping[str, Topic] = field(default_factory=dict)
    ids: bool = False
    width: int = 80

    @cached_property
    def _zone(self) -> ZoneInfo:
        return ZoneInfo(self.zone)

    @property
    def zone_said(self) -> str:
        """The zone, and whose it is."""
        return f"Times are of {self.zone}, {SOURCES.get(self.source, self.source)}."

    def at(self, text: str) -> str:
        """Return an instant as people say it: `Fri 6 Mar 2026, 09:00`."""
        local = datetime.fromisoformat(text).astimezone(self._zone)
        return f"{local:%a} {local.day} {local:%b %Y, %H:%M}"

    def day(self, text: str) -> str:
        """Return the day of an instant: `6 Mar 2026`."""
        local = datetime.fromisoformat(text).astimezone(self._zone)
        return f"{local.day} {local:%b %Y}"

    def date(self, text: str) -> str:
        """Return the day of an instant in full: `Friday 6 March 2026`."""
        local = datetime.fromisoformat(text).astimezone(self._zone)
        return f"{local:%A} {local.day} {local:%B %Y}"

    def clock(self, text: str) -> str:
        """Return the time of day of an instant: `09:00`."""
        return f"{datetime.fromisoformat(text).astimezone(self._zone):%H:%M}"

    def after(self, text: str, before: str) -> str:
        """Return an instant beside another one: the time alone if it is the same day."""
        one, other = (datetime.fromisoformat(each).astimezone(self._zone) for each in (text, before))
        return f"{one:%H:%M}" if one.date() == other.date() else self.at(text)

    def journey(self, name: str) -> str:
        """Return what a journey is called."""
        title = self.titles.get(name) or plain(name)
        return f"{title} [{name}]" if self.ids and title != name else title

    def step(self, journey: str, version: str, step: str) -> str:
        """Return what a step does, as far as that is known; else its id without underscores."""
        words = self.steps.get((journey, version, step)) or plain(step)
        return f"{words} [{step}]" if self.ids and words != step else words

    def topic(self, name: str) -> str:
        """Return what a topic is called."""
        return self.topics[name].title if name in self.topics else plain(name)

    def id(self, text: object) -> str:
        """Return an id in brackets where ids are told, else nothing."""
        return f" [{text}]" if self.ids and text else ""

    def value(self, value: Any) -> str:
        """Return a value in words; one that is very long ends with how long it is."""
        if isinstance(value, str) and _INSTANT.fullmatch(value):
            try:
                return self.at(value)
            except ValueError:
                pass
        if isinstance(value, bool):
            return "yes" if value else "no"
        text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        longest = 3 * self.width
        if len(text) <= longest:
            return text
        return f"{text[:longest]}… ({len(text):,} characters, all of them with --json)"

    def values(self, said: Mapping[str, Any]) -> str:
        """Return names and values on one line."""
        return ", ".join(f"{plain(name)} {self.value(value)}" for name, value in said.items())


def plain(name: str) -> str:
    """Return a name without what only programs need."""
    return name.replace("_", " ").replace("-", " ")


def channel(name: str) -> str:
    """Return what a channel is called."""
    return CHANNELS.get(name, plain(name))


def named(name: str, text: str) -> str:
    """Return a line of two columns."""
    return f"  {name:<{NAMED}}{text}" if len(name) < NAMED else f"  {name}  {text}"


def wrapped(line: str, width: int) -> list[str]:
    """Break a line; what follows stands under where its text began.

    What somebody wrote into it can neither steer a terminal nor begin a line of its own.
    """
    line = visible(line.replace("\n", "\\n").replace("\t", " "))
    body = line.lstrip()
    indent = len(line) - len(body)
    first, gap, _ = body.partition("  ")
    if gap:
        indent += len(first) + len(body[len(first) :]) - len(body[len(first) :].lstrip())
    indent += 0 if gap or indent > NAMED else 2
    return textwrap.wrap(
        line, width, subsequent_indent=" " * min(indent, width // 2), break_long_words=True, break_on_hyphens=False,
        drop_whitespace=True, replace_whitespace=False,
    )  # fmt: skip
