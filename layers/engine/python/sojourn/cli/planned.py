"""Reads NAME=VALUE as the workspace at hand plans it: an order's number is a text where the plan says so.

A shell knows nothing but texts. What the plan says of a name decides; of others, JSON is what it says and the rest is
text. NAME:=VALUE is JSON whatever is planned. It knows no event bus.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sojourn.cli.usage import UsageError, did_you_mean
from sojourn.cli.workspace import locate
from sojourn.domain.customer.profile import EVERY_TOPIC
from sojourn.domain.decide.consent_words import understood as consent
from sojourn.domain.decide.feedback import SUBSCRIBED, UNSUBSCRIBED
from sojourn.domain.decide.plan import amiss, wrong_property
from sojourn.domain.journey.builtin_events import BUILTIN
from sojourn.domain.journey.own_files import WORKSPACE

if TYPE_CHECKING:
    from sojourn.domain.customer.rows import Event

_TEXTS = frozenset(("string", "date", "time"))
_ANY = "any"
_WORDS: Mapping[type, str] = {
    bool: "true or false", int: "a number", float: "a number", str: "a text", list: "a list", dict: "an object",
    type(None): "nothing",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Planned:
    """What a workspace says of events and attributes.

    Args:
        where: its file, as somebody would type it; empty where there is none at hand.
        events: event -> property -> type.
        attributes: attribute -> type.
        topics: what consents may be about.
    """

    where: str = ""
    events: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    attributes: Mapping[str, str] = field(default_factory=dict)
    topics: tuple[str, ...] = ()

    def wrong(self, event: Event, attributes: Mapping[str, Any]) -> list[str]:
        """Return what of an event a deployment of this workspace would put into quarantine, in words."""
        return [str(one) for one in amiss(self.events, self.attributes, event, attributes, self.topics)]

    def unknown(self, event: Event) -> list[str]:
        """Return what of an event this workspace does not know, and what may have been meant: nothing refuses it."""
        if not self.where:
            return []
        found = []
        if event.name not in self.events and event.name not in BUILTIN:
            near = did_you_mean(event.name, [*self.events, *BUILTIN], ": did you mean {}?")
            found.append(f'"{event.name}" is not in the plan of {self.where}{near}')
        return found + self._unknown_topics(event)

    def _unknown_topics(self, event: Event) -> list[str]:
        """Return of which topics a word about consent is that there are not."""
        if event.name not in (SUBSCRIBED, UNSUBSCRIBED):
            return []
        found = []
        for value in (event.properties.get(place) for place in ("topic", "topics")):
            for one in value if isinstance(value, list) else [value]:
                if not isinstance(one, str) or one.strip() in ("", EVERY_TOPIC):
                    continue
                if not set(consent({"topic": one}, self.topics, yes=False).topics) <= set(self.topics):
                    near = did_you_mean(one.lower(), self.topics, ": did you mean {}?")
                    found.append(f'{self.where} has no topic "{one}"{near}')
        return found


@dataclass(frozen=True, slots=True)
class Understood:
    """One NAME=VALUE, what it was taken for, and what the plan says of it; empty where it says nothing."""

    name: str
    value: Any
    why: str = ""

    def __str__(self) -> str:
        why = f", {self.why}" if self.why else ""
        return f"{self.name}: {json.dumps(self.value, ensure_ascii=False)} ({_WORDS[type(self.value)]}{why})"


def planned_here(asked: str | None = None) -> Planned:
    """Return what a workspace says: the one asked for, else the folder `journeys` here, or the one around.

    Without one at hand nothing is planned.

    Raises:
        UsageError: there is none where somebody says that there is one.
    """
    # Imported here: the models of the language take longer to read in than all else this command does.
    from sojourn.domain.journey.project import read_project

    try:
        place = locate(asked, Path.cwd())
        text = (place.folder / WORKSPACE).read_bytes()
    except UsageError:
        if asked is not None:
            raise
        return Planned()
    except OSError as error:
        if asked is not None:
            raise UsageError(f"{asked} has no {WORKSPACE} that can be read") from error
        return Planned()
    workspace = read_project({WORKSPACE: text}).workspace
    where = WORKSPACE if place.shown == "." else f"{place.shown}/{WORKSPACE}"
    events = {
        name: {one: str(typed.type) for one, typed in planned.items()}
        for name, planned in workspace.events.items()
    }
    attributes = {name: str(typed.type) for name, typed in workspace.attributes.items()}
    return Planned(where, events, attributes, tuple(workspace.topics))


def understood(text: str, types: Mapping[str, str]) -> Understood:
    """Read `NAME=VALUE`, or `NAME:=JSON`.

    Args:
        types: of what is planned.

    Raises:
        UsageError: it is neither, or not what is planned.
    """
    read: Any
    name, equals, value = text.partition("=")
    wanted = types.get(name.removesuffix(":"), _ANY)
    if name.endswith(":") and equals:
        name = name.removesuffix(":")
        if not name:
            raise _no_pair(text)
        try:
            read = json.loads(value)
        except ValueError as error:
            raise UsageError(f'"{text}": what stands behind := is no JSON: {error}') from error
        misfit = _misfit(wanted, read)
        return Understood(name, read, misfit)
    if not equals or not name:
        raise _no_pair(text)
    try:
        read = json.loads(value)
    except ValueError:
        read = value
    if wanted in _TEXTS:
        # In quotes it is the text within; so 1001 and "1001" are the same order.
        read = read if isinstance(read, str) else value
    return Understood(name, read, "" if wanted == _ANY else _misfit(wanted, read) or "as planned")


def _misfit(wanted: str, value: Any) -> str:
    """Return what is planned instead of such a value; empty where it fits."""
    misfit = wrong_property(wanted, value)
    return f"and {misfit.wanted.rstrip(',')} is planned" if misfit else ""


def _no_pair(text: str) -> UsageError:
    return UsageError(
        f'"{text}" is no NAME=VALUE',
        "for example: --property total=99.5, or with JSON: --property tags:='[1]'",
    )
