"""What compiling a journey yields: the state machine, and what the engine must know to enter customers into it.

Everything here is plain JSON data inside frozen records, so that a version can be stored, compared and read
back without the files it came from.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field, fields, replace
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Mapping

Record = TypeVar("Record")


@dataclass(frozen=True, slots=True)
class Sendable:
    """What compiling needs to know of a message.

    Args:
        digest: of its compiled content.
        channels: in the order the message lists them: that of sending, where a step says no `via`.
    """

    digest: str
    channels: tuple[str, ...]


API = "api"
"""What a trigger is that programs are: its name is the journey's, as each call is for one."""
SCHEDULE = "schedule"
"""What the trigger is that time is: journeys with a schedule are found by it. No customer's event has it."""


@dataclass(frozen=True, slots=True)
class Trigger:
    """What makes something happen. `kind` is `event`, a segment `entered` or `left`, `API` or `SCHEDULE`."""

    kind: str
    name: str


@dataclass(frozen=True, slots=True)
class Entering:
    """Who enters, and how often.

    Args:
        again: `never`, `always`, `unless goal` or `after`; with `after`, `again_seconds` since the last entry.
        zone: whose clock the schedule is read on; "" for the workspace's.
        holdout: per cent of those who enter that are never messaged.
        seeds: steps whose outcome must be present in the run's state from the start.
    """

    triggers: tuple[Trigger, ...] = ()
    schedule: str = ""
    segment: str = ""
    audience: str = ""
    where: str = ""
    key: str = ""
    again: str = "never"
    again_seconds: float = 0.0
    holdout: float = 0.0
    seeds: tuple[str, ...] = ()
    then: Mapping[str, Any] = field(default_factory=dict)
    zone: str = ""


@dataclass(frozen=True, slots=True)
class CompiledGoal:
    """The event that ends a run as a success; `within` seconds of the entry, 0 for any time."""

    event: str
    where: str = ""
    within: float = 0.0


@dataclass(frozen=True, slots=True)
class CompiledReaction:
    """What ends, restarts or redirects a run when its trigger comes."""

    trigger: Trigger
    do: str
    where: str = ""
    reason: str = ""
    to: str = ""


@dataclass(frozen=True, slots=True)
class CompiledJourney:
    """One version of one journey.

    Args:
        version: twelve hex digits of the content's SHA-256; the same content always has the same version.
        definition: the state machine, Amazon States Language, ARNs as `${Placeholders}`.
        messages: the digest of every message it sends, by name.
    """

    name: str
    title: str
    kind: str
    topic: str
    enter: Entering
    goal: CompiledGoal | None
    reactions: tuple[CompiledReaction, ...]
    definition: Mapping[str, Any]
    messages: Mapping[str, str]
    version: str = ""

    def versioned(self) -> CompiledJourney:
        """Return the journey with the version its content has."""
        digest = hashlib.sha256(canonical(self.to_json()).encode()).hexdigest()
        return replace(self, version=digest[:12])

    def to_json(self) -> dict[str, Any]:
        """Return everything but the version as JSON data."""
        return {
            "journey": self.name, "title": self.title, "kind": self.kind, "topic": self.topic,
            "enter": _entering(self.enter), "goal": _plain(self.goal) if self.goal else None,
            "reactions": [_plain(reaction) for reaction in self.reactions],
            "messages": dict(self.messages), "definition": self.definition,
        }  # fmt: skip

    @classmethod
    def from_json(cls, value: Mapping[str, Any], version: str) -> CompiledJourney:
        """Return the journey that `to_json` wrote; without a definition where none was kept.

        What this release does not know is passed over, and what an earlier one did not write has its default: rows
        outlive releases.
        """
        goal = value["goal"]
        return cls(
            name=value["journey"], title=value["title"], kind=value["kind"], topic=value["topic"],
            enter=_made(
                Entering, value["enter"],
                triggers=tuple(_made(Trigger, trigger) for trigger in value["enter"]["triggers"]),
                seeds=tuple(value["enter"]["seeds"]),
            ),
            goal=_made(CompiledGoal, goal) if goal else None,
            reactions=tuple(
                _made(CompiledReaction, reaction, trigger=_made(Trigger, reaction["trigger"]))
                for reaction in value["reactions"]
            ),
            messages=value["messages"], definition=value.get("definition", {}), version=version,
        )  # fmt: skip


def _entering(enter: Entering) -> dict[str, Any]:
    """Return who enters as plain values; a zone only where one is said: no other journey has another version for it."""
    told: dict[str, Any] = _plain(enter)
    if not enter.zone:
        del told["zone"]
    return told


def canonical(data: Any) -> str:
    """Return JSON text that is the same for the same data: sorted keys, no spaces."""
    return json.dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def _plain(record: Any) -> Any:
    if hasattr(record, "__dataclass_fields__"):
        return {name: _plain(getattr(record, name)) for name in record.__dataclass_fields__}
    if isinstance(record, tuple):
        return [_plain(item) for item in record]
    return record


def _made(record: type[Record], value: Mapping[str, Any], **read: Any) -> Record:
    """Make a record of what it knows in *value*; *read* is what JSON has no word for."""
    known = {one.name for one in fields(record)}  # type: ignore[arg-type]
    return record(**{name: held for name, held in value.items() if name in known} | read)
