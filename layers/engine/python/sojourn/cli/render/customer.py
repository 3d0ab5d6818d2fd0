"""A customer as somebody in support reads them: who they are, what runs for them, what was sent, what happened.

It is made of what `export_customer` says, so nothing is shown that an export does not have. It knows no table.
"""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

Row = Mapping[str, Any]

_NAMED = 14
_LONGEST = 60
_MORE = {
    "key",
    "message",
    "channel",
    "path",
    "until",
    "by",
    "to",
    "event",
    "task",
    "title",
    "status",
    "detail",
    "cause",
    "notes",
    "attributes",
    "from",
    "is",
    "runs",
}
"""The details of a happening that are shown."""


def timeline(whole: Row) -> list[Row]:
    """Return what a customer did and what was decided, oldest first: events, and the ledger's happenings.

    An event has `event`, a happening `what`; both have `at`.
    """
    entries: list[tuple[str, int, Row]] = [
        (one["at"], 0, {"at": one["at"], "event": one["name"], **_without(one, "at", "name", "expires")})
        for one in whole["events"]
    ]
    for commit in whole["ledger"]:
        entries += [(one["at"], 1, one) for one in commit["happened"]]
    return [one for _, _, one in sorted(entries, key=lambda entry: entry[:2])]


def customer_text(whole: Row, entries: Sequence[Row], left_out: int, width: int) -> str:
    """Return the page; what begins a line without an indent is a title.

    Args:
        whole: see `export_customer`.
        entries: of the timeline, those that are shown; left_out: how many there are before them.
    """
    lines: list[str] = []
    for title, section in (
        ("", _who(whole)),
        ("Runs", _runs(whole)),
        ("Sends", _sends(whole["sends"])),
        ("In quarantine", _quarantined(whole.get("quarantined", ()))),
        (f"Timeline, in UTC{f' (the last {len(entries)} of {left_out + len(entries)})' if left_out else ''}",
         _timeline(entries)),
    ):  # fmt: skip
        wrapped = [row for line in section for row in _wrapped(line, width)]
        if not wrapped:
            continue
        lines += ["", title, *wrapped] if title else wrapped
    return "\n".join(lines) + "\n"


def _who(whole: Row) -> Iterator[str]:
    profile = whole["profile"] or {}
    since = f", known since {_at(profile['since'])}" if profile.get("since") else ""
    yield f"{whole['customer']}{since}"
    as_of = profile.get("as_of", {})
    for name in ("email", "phone", "device", "timezone", "locale"):
        if profile.get(name):
            yield _named(name, _dated(_shown(profile[name]), as_of.get(name)))
    for other, state in profile.get("others", {}).items():
        yield _named("also", f"{other} ({state})")
    for name, value in sorted(profile.get("attributes", {}).items()):
        yield _named("attribute", _dated(f"{name} = {_shown(value)}", as_of.get(name)))
    for name, value in sorted(whole.get("traits", {}).items()):
        yield _named("trait", f"{name} = {_shown(value)}")
    if profile.get("segments"):
        yield _named("segments", ", ".join(profile["segments"]))
    for topic, channel, yes in sorted(profile.get("consents", ()), key=lambda one: one[:2]):
        about = "every topic" if topic == "*" else topic
        said = f"{about} by {channel}: {'yes' if yes else 'no'}"
        yield _named("consent", _dated(said, as_of.get(f"consent:{topic}:{channel}")))
    for channel, why in sorted(profile.get("suppressed", {}).items()):
        yield _named("suppressed", f"{channel}: {why}")
    for channel, did in sorted(profile.get("engagement", {}).items()):
        last = sorted(did.items(), key=lambda one: one[1])
        yield _named("engagement", f"{channel}: " + ", ".join(f"{what} {_at(at)}" for what, at in last))


def _runs(whole: Row) -> Iterator[str]:
    active = [run for run in whole["runs"] if run.get("status") != "ended"]
    ended = [run for run in whole["runs"] if run.get("status") == "ended"]
    for run in sorted(active, key=lambda one: str(one["entered"])):
        yield f"  {_journey(run)}, since {_at(run['entered'])}{_holdout(run)}"
        waits = [one for one in whole["waiters"] if one["run"] == run["id"]]
        for wait in waits:
            until = f", at most until {_at(wait['deadline'])}" if wait.get("deadline") else ""
            yield f"    at {wait['step']}: waits since {_at(wait['since'])}{until}"
        for step in sorted(set(run.get("at", {}).values()) - {one["step"] for one in waits}):
            yield f"    at {step}"
    for run in sorted(ended, key=lambda one: str(one["ended"])):
        yield f"  {_journey(run)}, {_at(run['entered'])} to {_at(run['ended'])}: {run['exit_reason']}{_holdout(run)}"


def _sends(sends: Iterable[Row]) -> Iterator[str]:
    for one in sends:
        did = "".join(f", {what}" for what in sorted(one.get("did", ())))
        yield (
            f"  {_at(one['at'])}  {one['channel']}: {one['message']} ({one['journey']}, {one['step']}):"
            f" {one.get('status', 'claimed')}{did}"
        )


def _quarantined(events: Iterable[Row]) -> Iterator[str]:
    for one in events:
        yield f"  {_at(one['received'])}  {one['name']} ({one['id']}): {'; '.join(one['reasons'])}"


def _timeline(entries: Iterable[Row]) -> Iterator[str]:
    before = ""
    for one in entries:
        at = _at(one["at"], seconds=True)
        begins = " " * len(at) if at == before else at
        before = at
        yield f"  {begins}  {_event(one) if 'event' in one else happening_text(one)}"


def _event(one: Row) -> str:
    said = ", ".join(f"{name}={_shown(value)}" for name, value in one.get("properties", {}).items())
    return f"* {one['event']}{f' ({said})' if said else ''}"


def happening_text(one: Row) -> str:
    """Return what happened on one line."""
    details = [
        f"{name} {_at(value) if name == 'until' and value else _shown(value)}"
        for name, value in one.get("details", {}).items()
        if name in _MORE and value not in ("", None)
    ]
    where = f"{one['journey']}/{one['step']}" if one.get("step") else one["journey"]
    more = f"({', '.join(details)})" if details else ""
    said = " ".join(filter(None, (one["what"].replace("_", " "), where, more)))
    return f"{said}: {one['reason']}" if one.get("reason") else said


def _journey(run: Row) -> str:
    key = f" [{run['key']}]" if run.get("key") else ""
    return f"{run['journey']}{key} {run['version']}"


def _holdout(run: Row) -> str:
    return ", in the holdout" if run.get("holdout") else ""


def _named(name: str, text: str) -> str:
    return f"  {name:<{_NAMED}}{text}"


def _dated(text: str, at: str | None) -> str:
    return f"{text} ({_at(at)})" if at else text


def _shown(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"


def _at(text: str, *, seconds: bool = False) -> str:
    at = datetime.fromisoformat(text)
    return f"{at:%Y-%m-%d %H:%M:%S}" if seconds else f"{at:%Y-%m-%d %H:%M}"


def _wrapped(line: str, width: int) -> list[str]:
    """Break a line; what follows stands under where its text began."""
    body = line.lstrip()
    indent = len(line) - len(body)
    first, gap, _ = body.partition("  ")
    if gap:
        indent += len(first) + len(body[len(first) :]) - len(body[len(first) :].lstrip())
    return textwrap.wrap(
        line, width, subsequent_indent=" " * min(indent + 2, width // 2), break_long_words=True,
        break_on_hyphens=False, drop_whitespace=True, replace_whitespace=False,
    )  # fmt: skip


def _without(row: Row, *names: str) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name not in names}
