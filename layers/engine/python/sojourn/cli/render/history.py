"""The account of who did what, in sentences, each with its reason. It knows no table and no streams."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from sojourn.application.publishing import Entry
from sojourn.cli.render.control_words import who
from sojourn.cli.render.refusal import SETTINGS
from sojourn.cli.render.versions import change_said
from sojourn.domain.time.instants import iso

if TYPE_CHECKING:
    from sojourn.cli.render.spoken import Spoken

WHEN = 24
"""So wide is the column of times."""
ALL = "all journeys"
DUE: Mapping[str, str] = {
    "send": "what fell due meanwhile is sent at once", "spread": "what fell due meanwhile is spread over time",
    "drop": "what fell due meanwhile is dropped",
}  # fmt: skip
RUNS: Mapping[str, str] = {"drain": "whoever is in it comes to its end", "end": "whoever is in it leaves it"}
BROKEN: Mapping[str, str] = {
    "missing": "is missing", "changed": "is not as it was written", "misplaced": "is in another's place",
}  # fmt: skip


def entry_lines(entry: Entry, spoken: Spoken) -> Iterator[str]:
    """Yield an entry: when, who did what; then the reason, and what changed."""
    when = spoken.at(iso(entry.at))
    yield f"{when:<{WHEN}}  {who(entry.by)} {deed(entry)}"
    indent = " " * (WHEN + 2)
    if entry.message:
        yield f"{indent}“{entry.message}”"
    for line in _changes(entry.details):
        yield f"{indent}{line}"


def deed(entry: Entry) -> str:
    """Return what somebody did: `paused welcome: nobody enters, nothing is sent`."""
    said = _DEEDS.get(entry.did)
    return said(entry) if said is not None else f"{entry.did.replace('_', ' ')} {_about(entry)}"


def _about(entry: Entry) -> str:
    if entry.journey:
        return entry.journey
    names = list(entry.details.get("journeys", ()))
    if entry.details.get("settings") and not names:
        return SETTINGS
    return _several(names) or ALL


def _several(names: Sequence[str]) -> str:
    return ", ".join([*names[:5], f"{len(names) - 5} more"] if len(names) > 6 else names)


def _paused(entry: Entry) -> str:
    told = entry.details
    what = ["nobody enters"] if told.get("entries") else []
    what += ["nothing is sent"] if told.get("sends") else []
    what += ["clocks stand still"] if told.get("clocks") == "still" else []
    return ": ".join(filter(None, (f"paused {_about(entry)}", ", ".join(what))))


def _resumed(entry: Entry) -> str:
    due = DUE.get(str(entry.details.get("due")), "")
    if entry.details.get("over"):
        due = f"what fell due meanwhile is spread over {entry.details['over']}"
    told = entry.details
    if told.get("sends") is False:
        return f"let customers enter {_about(entry)} again"
    only = "messages of " if told.get("entries") is False else ""
    return f"resumed {only}{_about(entry)}{f': {due}' if due else ''}"


def _stopped(entry: Entry) -> str:
    runs = RUNS.get(str(entry.details.get("runs")), "")
    return f"stopped {_about(entry)}{f': {runs}' if runs else ''}"


def _rolled_back(entry: Entry) -> str:
    version = entry.details.get("version")
    return f"took {_about(entry)} back{f' to {version}' if version else ''}"


def _withdrew(entry: Entry) -> str:
    draft = entry.details.get("draft")
    return f"withdrew the draft {draft} of {_about(entry)}" if draft else f"withdrew {_about(entry)}"


def _migrated(entry: Entry) -> str:
    before, after = entry.details.get("from"), entry.details.get("to")
    where = f"from {before} to {after}" if before and after else "to another version"
    return f"moved customers of {_about(entry)} {where}"


def _of_operation(entry: Entry) -> str:
    told = entry.details
    asked_by = f", asked for by {who(str(told['asked_by']))}" if told.get("asked_by") else ""
    about = f" of {entry.journey}" if entry.journey else ""
    kind = {"publish": "publication", "rollback": "roll back"}.get(
        str(told.get("kind")), str(told.get("kind", ""))
    )
    return f"{entry.did} the {kind or 'operation'}{about} ({told.get('operation', '')}){asked_by}"


def _audience(entry: Entry) -> str:
    told = entry.details
    whom = told.get("name") or (f"segment {told['segment']}" if told.get("segment") else "an audience")
    again = "went on entering" if told.get("resumed") else "began to enter"
    return f"{again} {whom} into {_about(entry)}"


def _renewed_key(entry: Entry) -> str:
    dropped = list(entry.details.get("dropped", ()))
    keys = "key" if len(dropped) == 1 else "keys"
    taken = f", and took away the {keys} {', '.join(dropped)}" if dropped else ""
    return f"made key {entry.details.get('current')} the one that links are made with{taken}"


def _added_source(entry: Entry) -> str:
    more = sorted({*entry.details.get("rights", ())} - {"events"})
    rights = f" with {', '.join(more)}" if more else ""
    return f"added the source {entry.details.get('name')}{rights}"


def _of_quarantine(entry: Entry) -> str:
    names = entry.details.get("names", {})
    which = ", ".join(
        f"{many:,} {'of other names' if name == 'other' else name}" for name, many in names.items()
    )
    many = int(entry.details.get("events", 0))
    events = f"{many:,} event{'' if many == 1 else 's'}"
    what = f"dropped {events} out of quarantine"
    if entry.did == "replayed":
        what = f"put {events} of quarantine on the bus again"
    return f"{what} ({which})" if which else what


def _deployed(entry: Entry) -> str:
    told = entry.details.get("journeys")
    versions = told if isinstance(told, Mapping) else {}
    gone = [name for name, one in versions.items() if one.get("version") == ""]
    there = {name: one for name, one in versions.items() if name not in gone}
    parts = []
    if there or not gone:
        details = {**entry.details, "journeys": there}
        parts.append(
            f"deployed {_about(replace(entry, journey='' if gone else entry.journey, details=details))}"
        )
    if gone:
        parts.append(f"took {_several(gone)} out")
    return f"{' and '.join(parts)} with the stack"


def _left_out(entry: Entry) -> str:
    told = entry.details
    many, operation = int(told.get("times", 1)), told.get("operation", "")
    times = f"{many:,} times since {told.get('first')}" if many > 1 else f"the time of {told.get('first')}"
    return f"left out {times} of {_about(entry)}: nobody looked until a day later ({operation})"


_DEEDS: Mapping[str, Callable[[Entry], str]] = {
    "published": lambda entry: f"published {_about(entry)}",
    "drafted": lambda entry: f"published a draft of {_about(entry)}, for the segment test",
    "deployed": _deployed,
    "rolled_back": _rolled_back,
    "withdrew": _withdrew,
    "paused": _paused,
    "resumed": _resumed,
    "stopped": _stopped,
    "approved": _of_operation,
    "refused": _of_operation,
    "cancelled": _of_operation,
    "migrated": _migrated,
    "started_audience": _audience,
    "left_out": _left_out,
    "erased": lambda _: "erased a customer",
    "added_source": _added_source,
    "revoked_source": lambda entry: f"revoked the source {entry.details.get('name')}",
    "replayed": _of_quarantine,
    "dropped": _of_quarantine,
    "renewed_key": _renewed_key,
}


def _changes(details: Mapping[str, Any]) -> Iterator[str]:
    """Yield which versions changed, who approved it, and that settings changed."""
    # What the stack deployed is told by journey as well, under another name.
    versions = details.get("versions") or details.get("journeys")
    if isinstance(versions, Mapping):
        for name, one in sorted(versions.items()):
            yield f"{name or SETTINGS}: {change_said(one)}"
    elif details.get("before") and details.get("version"):
        yield change_said(details)
    for name, one in sorted((details.get("instead_of") or {}).items()):
        yield f"{name}: in place of the draft {one['version']} by {who(str(one['by']))}"
    if details.get("settings"):
        yield f"{SETTINGS}: changed"
    if details.get("approved_by"):
        yield f"approved by {who(str(details['approved_by']))}"
