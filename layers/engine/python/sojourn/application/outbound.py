"""What others are told of a change: an event for the bus, and lines for the files that are asked with SQL.

No address leaves the table this way, and of attributes only their names; of what a provider answered only its codes,
as its words may quote one. Ids are the same when a change is told
again, so that who listens can drop what he has. What each field means is in `outbound_pages`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sojourn.application.changes import Committed, ProfileChanged, RunChanged, SendChanged
from sojourn.domain.customer.rows import Profile
from sojourn.domain.ledger import WHATS
from sojourn.domain.time.instants import iso

if TYPE_CHECKING:
    from sojourn.application.changes import Changed
    from sojourn.domain.customer.rows import Run, Send
    from sojourn.domain.ledger import Happening

PREFIX = "sojourn."
PROFILE_CHANGED, ERASED = "profile_changed", "erased"
KINDS: tuple[str, ...] = (*WHATS, PROFILE_CHANGED, ERASED)
"""Everything that can go on the bus."""
USUAL: frozenset[str] = frozenset(
    ("entered", "not_entered", "sent", "suppressed", "goal", "restarted", "redirected", "exited", "failed",
     "bounced", "complained", "merged", PROFILE_CHANGED, ERASED)
)  # fmt: skip
"""What goes on the bus unless the deployment says otherwise: all that is about messages, runs and customers, without
what is told at every step (`waiting`, `branched`, …): a bus is paid by the event. Lines tell everything."""

COLUMNS: tuple[tuple[str, str], ...] = (
    ("id", "the same when the line is written again: keep one line of each id"),
    ("kind", "what it is about: happening, run, send or profile"),
    ("what", "what happened; of a run or send its status; of a profile known, changed or erased"),
    ("at", "when, ISO 8601 in UTC: from_iso8601_timestamp(at)"),
    ("customer", "the customer's id"),
    ("journey", "the journey's name"),
    ("version", "the version of it"),
    ("run", "the run's id"),
    ("step", "the step's id; empty for what concerns the run as a whole"),
    ("reason", "why: a condition with its inputs, a policy's name, how a run ended"),
    ("channel", "email, sms, push, whatsapp, webhook or in_app"),
    ("message", "the message's name"),
    ("send", "the send's id"),
    ("path", "the way taken on from a decision or a wait"),
    ("details", "what else there is, by kind, as a JSON text: json_extract(details, '$.until')"),
)
"""The fields of a line, every one a text, with what each means: also the columns of the table over the files."""


@dataclass(frozen=True, slots=True)
class Announcement:
    """An event for others; `detail` has an `id` of its own."""

    name: str
    at: datetime
    detail: Mapping[str, Any] = field(default_factory=dict)


def chosen(names: str) -> frozenset[str]:
    """Read a deployment's choice of what goes on the bus: `usual`, `all`, `none`, or names with commas between.

    Raises:
        ValueError: a name that is none.
    """
    words = {"": USUAL, "usual": USUAL, "all": frozenset(KINDS), "none": frozenset[str]()}
    if (word := names.strip()) in words:
        return words[word]
    found = frozenset(name.strip().removeprefix(PREFIX) for name in names.split(",") if name.strip())
    if unknown := sorted(found - set(KINDS)):
        raise ValueError(f"no such events: {', '.join(unknown)}; there are {', '.join(KINDS)}")
    return found


def announcements(change: Changed, kinds: Collection[str]) -> Iterator[Announcement]:
    """Yield the events of *kinds* that tell of a change."""
    if isinstance(change, Committed):
        for number, one in enumerate(change.happened):
            if one.what in kinds:
                yield Announcement(PREFIX + one.what, one.at, _happened(change, number, one))
    elif isinstance(change, ProfileChanged):
        name = PROFILE_CHANGED if change.after is not None else ERASED
        if name in kinds and (told := _profile(change)) is not None:
            head = {"id": change.id, "at": iso(change.at)}
            yield Announcement(PREFIX + name, change.at, {**head, **told})


def lines(change: Changed) -> Iterator[dict[str, str]]:
    """Yield the lines that tell of a change, each with every column."""
    if isinstance(change, Committed):
        for number, one in enumerate(change.happened):
            told = _happened(change, number, one)
            details = dict(told.pop("details"))
            apart = {name: str(details.pop(name)) for name in _APART if name in details}
            yield _line("happening", what=one.what, details=details, **told, **apart)
    elif isinstance(change, RunChanged):
        yield from _run_lines(change)
    elif isinstance(change, SendChanged):
        yield from _send_lines(change)
    elif (profile := _profile(change)) is not None:
        what = "erased" if change.after is None else "known" if change.before is None else "changed"
        customer = profile.pop("customer")
        yield _line("profile", id=change.id, what=what, at=iso(change.at), customer=customer, details=profile)


_APART = ("channel", "message", "send", "path")
"""The details that have a column of their own."""


def _line(kind: str, *, details: Mapping[str, Any], **columns: str) -> dict[str, str]:
    given = {
        "kind": kind,
        **columns,
        "details": json.dumps(details, ensure_ascii=False, separators=(",", ":")),
    }
    return {name: given.get(name, "") for name, _ in COLUMNS}


def _happened(change: Committed, number: int, one: Happening) -> dict[str, Any]:
    details = {name: _plain(value) for name, value in one.details.items() if name not in _WITHHELD}
    for name in _QUOTING & details.keys():
        details[name] = _NUMBER.sub("…", without_addresses(str(details[name])))
    for name in ("names", "topics"):  # whoever tells attributes, and topics, makes their names up
        if name in details:
            details[name] = [without_addresses(one) for one in details[name]]
    if one.what == "updated":
        details["attributes"] = sorted(details.get("attributes", ()))
    return {
        "id": f"{change.id}-{number}", "at": iso(one.at), "customer": one.customer, "journey": one.journey,
        "version": one.version, "run": one.run, "step": one.step, "reason": without_addresses(one.reason),
        "details": details,
    }  # fmt: skip


_QUOTING = frozenset(("detail", "instead_of", "cause"))
"""The details that may quote what somebody else said."""
_WITHHELD = frozenset(("notes",))
"""The details that stay in the ledger: what a person wrote about a customer."""
_ADDRESS = re.compile(r"[^\s\"'<>(),;:]+@[^\s\"'<>(),;:]+|\+\d(?:[ .-]?\d){6,}|\b[\w-]{64,}")
"""An email address; a telephone number; what is as long as the token of a device."""


_NUMBER = re.compile(r"\b\d{9,15}\b")
"""A telephone number as providers write it without its plus."""


def without_addresses(text: str) -> str:
    """Return a text in which nothing stands that may be an address of somebody."""
    return _ADDRESS.sub("…", text)


def _plain(value: Any) -> Any:
    return iso(value) if isinstance(value, datetime) else value


_RUN = (
    "status", "key", "entered", "execution", "continued", "holdout", "ended", "exit_reason", "goal_reached",
)  # fmt: skip


def _run_lines(change: RunChanged) -> Iterator[dict[str, str]]:
    row = change.after or change.before
    assert row is not None, "a run that neither was nor is"
    same = change.after is not None and change.before is not None and change.before.id == row.id
    details = _of_run(row)
    if same and change.before is not None and _of_run(change.before) == details:
        # The row was written for what the engine keeps to itself, such as the last task's answer.
        return
    what = row.status if change.after is not None else "erased"
    yield _line(
        "run", id=change.id, what=what, at=iso(change.at), customer=row.customer, journey=row.journey,
        version=row.version, run=row.id, reason=row.exit_reason, details=details,
    )  # fmt: skip


def _of_run(run: Run) -> dict[str, Any]:
    told = {name: _plain(getattr(run, name)) for name in _RUN}
    told["steps"] = sorted(set(run.at.values()))
    told["engaged"] = {step: sorted(did) for step, did in sorted(run.engaged.items())}
    return told


def _send_lines(change: SendChanged) -> Iterator[dict[str, str]]:
    row = change.after
    if change.before is not None and _of_send(change.before) == _of_send(row):
        return
    yield _line(
        "send", id=change.id, what=row.status, at=iso(change.at), customer=row.customer, journey=row.journey,
        version=row.version, run=row.run, step=row.step, channel=row.channel, message=row.message, send=row.id,
        details=_of_send(row),
    )  # fmt: skip


def _of_send(send: Send) -> dict[str, Any]:
    return {
        "status": send.status, "claimed": iso(send.at), "topic": send.topic, "marketing": send.marketing,
        "provider_id": send.provider_id,
    }  # fmt: skip


_FIELDS = ("email", "phone", "device", "timezone", "locale", "holdout", "consents", "suppressed", "segments")


def _profile(change: ProfileChanged) -> dict[str, Any] | None:
    """Return what is told of a profile: the names of what changed, and values only of what is nobody's address."""
    if change.after is None:
        assert change.before is not None, "a profile that neither was nor is"
        return {"customer": change.before.id}
    after = change.after
    if after.merged_into:
        # Whatever is not theirs any more is the other's: who that is, the ledger of the other tells.
        return {
            "customer": after.id, "changed": ["merged_into"], "consents": {}, "suppressed": {},
            "segments": {"entered": [], "left": []},
        }  # fmt: skip
    before = change.before or Profile(after.id)
    names = [name for name in _FIELDS if getattr(before, name) != getattr(after, name)]
    names += [
        f"attributes.{name}"
        for name in sorted({*before.attributes, *after.attributes})
        if before.attributes.get(name, _NOTHING) != after.attributes.get(name, _NOTHING)
    ]
    if change.before is not None and not names:
        # Every commit writes this row, for its revision.
        return None
    return {
        "customer": after.id,
        "changed": names,
        "consents": {
            f"{topic}/{channel}": given for (topic, channel), given in sorted(after.consents.items())
            if before.consents.get((topic, channel)) != given
        },
        "suppressed": dict(sorted(after.suppressed.items())),
        "segments": {
            "entered": sorted(after.segments - before.segments),
            "left": sorted(before.segments - after.segments),
        },
    }  # fmt: skip


_NOTHING = object()
