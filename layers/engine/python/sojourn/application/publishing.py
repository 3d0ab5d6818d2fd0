"""What publishing leaves behind, as records: who published what, what runs at length, and an account of every action.

They are plain data, each with its JSON. The table keeps them (`sojourn.adapters.dynamodb.{registry,live,history,
operations}`), the control API answers with them, and commands show them. Nothing here reads a clock or makes an id.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from sojourn.application.plain_json import made, plain
from sojourn.domain.control import USUAL, Control
from sojourn.domain.time.instants import iso, parse_date_time
from sojourn.errors import Conflict, CustomerStateError

PUBLISHER = "publish"
"""Who owns what is published at run time; the rest is the stack's (`cdk`)."""
PUBLISH, ROLLBACK, DRAFT, WITHDRAW, DEPLOY = "publish", "rollback", "draft", "withdraw", "deploy"
"""How a journey came to another version."""
SETTINGS = ""
"""The journey that a publication of the workspace's settings is about: policy, segments, traits."""

WAITING, QUEUED, RUNNING = "waiting", "queued", "running"
DONE, FAILED, CANCELLED = "done", "failed", "cancelled"
"""The states of an operation: `waiting` is for somebody else's approval; the last three are the end of it."""
OVER = frozenset({DONE, FAILED, CANCELLED})
WAITS = "waits"
MOST_FAILURES = 100
"""So many failures an operation's record names; all of them are counted."""


@dataclass(frozen=True, slots=True)
class Signed:
    """Who does something, when and why.

    Args:
        by: who: the ARN under which they called.
        id: of this deed; a second attempt at it has the same.
    """

    by: str
    at: datetime
    message: str = ""
    id: str = ""


@dataclass(frozen=True, slots=True)
class Publication:
    """One journey came to another version. Never changed once written.

    Args:
        journey: its name; `SETTINGS` for what all journeys share.
        version: which customers enter from then on; "" where nobody enters any more.
        before: which they entered until then; "" for none.
        kind: `publish`, `rollback`, `draft` (entered by the segment `test` alone), `withdraw` or `deploy`.
    """

    id: str
    journey: str
    version: str
    before: str
    by: str
    at: datetime
    message: str
    kind: str

    def to_json(self) -> dict[str, Any]:
        """Return it as plain JSON values."""
        return plain(self)

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Publication:
        """Return the publication that `to_json` wrote."""
        return made(cls, value, at=parse_date_time(value["at"]))


class ChangedMeanwhile(Conflict):
    """Another version is live than the one the caller planned against.

    Args:
        changes: what was published since, the newest first, as far as it is known.
    """

    def __init__(self, changes: tuple[Publication, ...]) -> None:
        self.changes = changes
        told = "; ".join(
            f"{f'journey {one.journey}' if one.journey else 'the settings'} by {one.by} at {iso(one.at)}"
            + (f' ("{one.message}")' if one.message else "")
            for one in changes
        )
        super().__init__(f"changed meanwhile: {told or 'nobody knows by whom'}: look at the plan again")


class NotSo(CustomerStateError):
    """An operation is in another state than it would have to be in; the message says in which."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A version that only the segment `test` enters, instead of the live one.

    Args:
        machine: ARN of the state machine's version.
        triggers: what enters it, (kind, name) each.
    """

    version: str
    machine: str
    by: str
    at: datetime | None = None
    triggers: tuple[tuple[str, str], ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Return it as plain JSON values."""
        return {**plain(self), "triggers": [list(trigger) for trigger in self.triggers]}

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Draft:
        """Return the draft that `to_json` wrote."""
        at = parse_date_time(value["at"]) if value.get("at") else None
        return made(cls, value, at=at, triggers=tuple((kind, name) for kind, name in value["triggers"]))


@dataclass(frozen=True, slots=True)
class LiveJourney:
    """A journey as it is published now.

    Args:
        owner: who publishes it: `cdk` (the stack) or `publish`.
        version: which customers enter; "" where there is only a draft.
        machine: ARN of the state machine's version it runs on; "" likewise.
        control: what holds for it: what it was told, and what all journeys were.
        publication: how it came to this version; None where nobody noted that yet.
        triggers: what enters it, (kind, name) each.
    """

    name: str
    owner: str
    version: str
    machine: str
    draft: Draft | None = None
    control: Control = USUAL
    publication: Publication | None = None
    triggers: tuple[tuple[str, str], ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Return it as plain JSON values."""
        return {
            "name": self.name, "owner": self.owner, "version": self.version, "machine": self.machine,
            "draft": self.draft and self.draft.to_json(), "control": self.control.to_json(),
            "publication": self.publication and self.publication.to_json(),
            "triggers": [list(trigger) for trigger in self.triggers],
        }  # fmt: skip

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> LiveJourney:
        """Return the journey that `to_json` wrote."""
        draft, publication = value.get("draft"), value.get("publication")
        return made(
            cls, value,
            draft=Draft.from_json(draft) if draft else None,
            control=Control.from_json(value.get("control", {})),
            publication=Publication.from_json(publication) if publication else None,
            triggers=tuple((kind, name) for kind, name in value.get("triggers", ())),
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Operation:
    """A job that takes longer than a call.

    Args:
        id: see `operation_id`.
        kind: `publish`, `resume`, `stop`, `migrate` or `audience`.
        journey: which it is about; "" for several, or all.
        by, at, message: who asked for it, when and why.
        state: `waiting`, `queued`, `running`, `done`, `failed` or `cancelled`.
        asked: what was asked for, as its kind understands it.
        done, total: how much is done of how much; None where nobody knows how much there is.
        failures: the first of what did not work, {"what", "why"} each.
        failed: how many there were in all.
        result: what came of it, as its kind tells; while it waits, why (`WAITS`).
        approved_by: who let it begin, where the workspace asks for that.
        finished: when it came to its end.
        cancelled_by: who let nobody go on with it.
    """

    id: str
    kind: str
    by: str
    at: datetime
    journey: str = ""
    message: str = ""
    state: str = QUEUED
    asked: Mapping[str, Any] = field(default_factory=dict)
    done: int = 0
    total: int | None = None
    failures: tuple[Mapping[str, str], ...] = ()
    failed: int = 0
    result: Mapping[str, Any] = field(default_factory=dict)
    approved_by: str = ""
    finished: datetime | None = None
    cancelled_by: str = ""

    @property
    def is_over(self) -> bool:
        """Whether it came to its end, a good one or not."""
        return self.state in OVER

    @property
    def is_refused(self) -> bool:
        """Whether it waited to be approved, and somebody else than who asked for it would not have it."""
        waited = self.kind == PUBLISH and "planned" in self.result and not self.approved_by
        return self.state == CANCELLED and waited and self.cancelled_by not in ("", self.by)

    @property
    def waits_for(self) -> Mapping[str, str]:
        """Since when entries are paused, `by` whom and for which `reason`, where it waits for that; else empty."""
        return dict(self.result.get(WAITS, ())) if self.state == RUNNING else {}

    def to_json(self) -> dict[str, Any]:
        """Return it as plain JSON values."""
        return {**plain(self), "failures": [dict(one) for one in self.failures]}

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Operation:
        """Return the operation that `to_json` wrote."""
        finished = parse_date_time(value["finished"]) if value.get("finished") else None
        return made(
            cls, value, at=parse_date_time(value["at"]), finished=finished, failures=tuple(value.get("failures", ()))
        )  # fmt: skip


def operation_id(at: datetime, word: str) -> str:
    """Return an operation's id, by which operations sort in the order of time.

    Args:
        word: six hexadecimal digits that no other operation of that millisecond has.
    """
    told = at.astimezone(UTC)
    return f"{told:%Y%m%dT%H%M%S}{told.microsecond // 1000:03d}Z-{word}"


@dataclass(frozen=True, slots=True)
class Entry:
    """What somebody did, in an account of which every entry seals the one before.

    Args:
        sequence: 1 for the first entry, one more for each after it.
        did: `published`, `drafted`, `rolled_back`, `withdrew`, `deployed`, `paused`, `resumed`, `stopped`,
            `approved`, `refused`, `migrated`, `started_audience`, `left_out`, `cancelled`; what is about no journey:
            `erased`, `added_source`, `revoked_source`, `replayed`, `dropped` or `renewed_key`.
        journey: which it was about; "" for several, named in `details["journeys"]`, or for all.
        before: the hash of the entry before; "" of the first.
        hash: of this one, see `sealed`.
    """

    sequence: int
    at: datetime
    by: str
    did: str
    journey: str = ""
    message: str = ""
    details: Mapping[str, Any] = field(default_factory=dict)
    before: str = ""
    hash: str = ""

    def sealed(self) -> Entry:
        """Return the entry with the hash that its content has: SHA-256 over everything else in it as JSON."""
        told = self.to_json()
        del told["hash"]
        text = json.dumps(told, sort_keys=True, separators=(",", ":"))
        return replace(self, hash=hashlib.sha256(text.encode()).hexdigest())

    def is_about(self, journey: str) -> bool:
        """Say whether it tells of a journey, alone or among others."""
        return self.journey == journey or journey in self.details.get("journeys", ())

    def to_json(self) -> dict[str, Any]:
        """Return it as plain JSON values."""
        return plain(self)

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Entry:
        """Return the entry that `to_json` wrote."""
        return made(cls, value, at=parse_date_time(value["at"]))
