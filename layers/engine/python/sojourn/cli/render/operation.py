"""Operations in words: who asked for what, how far it is, what came of it. It knows no table and no streams."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from sojourn.application.publishing import (
    CANCELLED,
    DONE,
    FAILED,
    QUEUED,
    RUNNING,
    WAITING,
    Operation,
)
from sojourn.cli.render.control_words import waits_said, who
from sojourn.cli.render.movement import BUSY, MOVEMENTS, ONCE_MORE, far, pace
from sojourn.cli.render.refusal import SETTINGS, refusal_lines
from sojourn.cli.render.spoken import Spoken, named
from sojourn.cli.render.versions import change_said
from sojourn.domain.time.instants import iso

AUDIENCE = "audience"
KINDS: Mapping[str, str] = {
    "publish": "publish", "rollback": "roll back", "resume": "resume", "stop": "stop", "migrate": "move customers of",
    AUDIENCE: "enter an audience into",
}  # fmt: skip
"""What an operation does to journeys, by its kind."""
STATES: Mapping[str, str] = {
    WAITING: "waits for somebody else to approve it", QUEUED: "waits for its turn", RUNNING: "under way",
    DONE: "done", FAILED: "failed", CANCELLED: "cancelled",
}  # fmt: skip
PAUSED = "stopped in a pause, and can be moved once the journey is resumed"
RUNS: Mapping[str, tuple[str, str]] = {
    "goes_on": ("goes on", "go on"),
    "waits": ("has time left to wait", "have time left to wait"),
    "drops": ("goes on without what fell due", "go on without what fell due"),
    "ended": ("left the journey", "left the journey"),
    "moved": ("goes on in the other version", "go on in the other version"),
    "drains": ("finishes their wait, then leaves", "finish their wait, then leave"),
    "exited": ("left the journey", "left the journey"),
    "stays": ("finishes on the version they began with", "finish on the version they began with"),
    "paused": (PAUSED, PAUSED),
    "elsewhere": ("was in another version", "were in another version"),
    "not_live": ("stays: the other version is not live any more", "stay: the other version is not live any more"),
}  # fmt: skip
"""What became of customers, by the word for it: of one, of several."""
_WHOLE = frozenset(("publish", "rollback"))
"""What is all or nothing: how much of it was done says nothing once it is."""
_TOLD = frozenset(
    ("planned", "published", "settings", "unchanged", "errors", "warnings", "findings", "runs", "publication",
     "error", "message", "changes", ONCE_MORE, BUSY)
)  # fmt: skip


def title(operation: Operation) -> str:
    """Return what an operation does: `publish welcome, again`."""
    does = KINDS.get(operation.kind, operation.kind)
    if operation.asked.get("draft"):
        does = "publish a draft of"
    return f"{does} {about(operation)}"


def about(operation: Operation) -> str:
    """Return which journeys an operation is about."""
    names = sorted(_versions(operation.result)) or operation.asked.get("journeys") or _lost(operation)
    if operation.journey or not names:
        of_all = "the workspace" if operation.kind == "publish" else "all journeys"
        return operation.journey or (SETTINGS if operation.result.get("settings") else of_all)
    few = [*names[:5], f"{len(names) - 5} more"] if len(names) > 6 else [*names]
    return ", ".join(few)


def _lost(operation: Operation) -> list[str]:
    """Return the journeys that others published first, which a publication failed for."""
    return sorted({one.get("journey") or SETTINGS for one in operation.result.get("changes", ())})


def listed(operation: Operation, spoken: Spoken) -> Iterator[str]:
    """Yield an operation as a list has it: two lines."""
    done = _far(operation)
    yield f"{title(operation)}: {_state(operation, spoken)}{f', {done}' if done else ''}"
    message = f": “{operation.message}”" if operation.message else ""
    yield f"  {operation.id}  by {who(operation.by)}, {spoken.at(iso(operation.at))}{message}"


def page(operation: Operation, spoken: Spoken, stated: str | None = None) -> Iterator[str]:
    """Yield all there is to say of an operation.

    Args:
        stated: how a command names the deployment, with a space before it; None where nobody needs to be told how it is
            approved.
    """
    yield f"{title(operation)}: {_state(operation, spoken)}"
    yield named("id", operation.id)
    yield named("asked for by", f"{who(operation.by)}, {spoken.at(iso(operation.at))}")
    if operation.message:
        yield named("message", f"“{operation.message}”")
    if how_fast := pace(operation):
        yield named("pace", how_fast)
    if operation.approved_by:
        yield named("approved by", who(operation.approved_by))
    if done := _far(operation):
        yield named("so far" if not operation.is_over else "in all", done)
    if operation.finished is not None:
        yield named("ended", spoken.at(iso(operation.finished)))
    yield from (f"  {line}" for line in came_of(operation, spoken))
    for told, many in Counter(f"  {one['what']}: {one['why']}" for one in operation.failures).items():
        yield f"{told} ({many} times)" if many > 1 else told
    if (more := operation.failed - len(operation.failures)) > 0:
        yield f"  and {more:,} more that failed"
    if operation.waits_for:
        yield "  It goes on by itself, within a minute or so after the journey is resumed."
    if operation.state == WAITING and stated is not None:
        yield "  To approve it:"
        yield f"  sojourn approve {operation.id}{stated}"


def cancelled_lines(operation: Operation, stated: str) -> Iterator[str]:
    """Yield that an operation is cancelled, and what that means for what it does.

    Args:
        stated: how a command names the deployment, with a space before it.
    """
    yield f"cancelled: {title(operation)}"
    if operation.kind == AUDIENCE:
        yield "Nobody more enters, but for the rows that are just being taken. Who entered stays in the journey."
        yield f"To go on with the rest: sojourn audience resume {operation.id}{stated}"
        return
    if operation.done:
        yield f"What was done stays done: {operation.done:,}."
    if operation.kind == "resume":
        which = operation.journey or "--all"
        yield "Whoever stopped in the pause and does not go on yet stays there, though it is over. To let them go on:"
        yield f"  sojourn resume {which} --sends{stated}"


def came_of(operation: Operation, spoken: Spoken) -> Iterator[str]:
    """Yield what came of an operation, or is to come of it while it waits."""
    result = operation.result
    if operation.state == FAILED:
        message = str(result.get("message") or result.get("error") or "nobody knows why")
        yield from refusal_lines(str(result.get("error", "")), message, result, spoken)
        return
    planned = result.get("planned")
    settings = planned.get("settings") if isinstance(planned, Mapping) else result.get("settings")
    for name, change in sorted(_versions(result).items()):
        yield f"{name}: {_from_to(change)}"
    if settings:
        yield f"{SETTINGS}: changed"
    publication = result.get("publication")
    if isinstance(publication, Mapping):
        yield f"{publication['journey']}: {_from_to(publication)}"
    runs = result.get("runs")
    if isinstance(runs, Mapping):
        yield from runs_said(runs)
    leading = planned.get("migrations") if isinstance(planned, Mapping) else None
    for name, version in sorted(leading.items() if isinstance(leading, Mapping) else ()):
        yield f"{name}: who is in {version} goes where migration.yaml says"
    migrations = result.get("migrations")
    for name, migration in sorted(migrations.items() if isinstance(migrations, Mapping) else ()):
        yield f"{name}: who is in the version before goes where migration.yaml says, by operation {migration}"
    for name, value in sorted(result.items()):
        if name not in _TOLD and isinstance(value, str | int | float):
            yield f"{name.replace('_', ' ')}: {value}"


def runs_said(runs: Mapping[str, Any]) -> Iterator[str]:
    """Yield how many customers became what; one line where nobody was concerned."""
    known = [(word, int(many)) for word, many in runs.items() if word in RUNS and many]
    for word, many in sorted(known, key=lambda pair: list(RUNS).index(pair[0])):
        yield f"{many:,} customer{'s' if many != 1 else ''} {RUNS[word][many != 1]}"
    if not known:
        yield "no customer was concerned"


def _versions(result: Mapping[str, Any]) -> Mapping[str, Mapping[str, str]]:
    planned = result.get("planned")
    found = planned.get("journeys") if isinstance(planned, Mapping) else result.get("published")
    return found if isinstance(found, Mapping) else {}


def _from_to(change: Mapping[str, Any]) -> str:
    return change_said(change)


def _state(operation: Operation, spoken: Spoken) -> str:
    if operation.is_refused:
        return f"refused by {who(operation.cancelled_by)}"
    return waits_said(operation, spoken) or STATES.get(operation.state, operation.state)


def _far(operation: Operation) -> str:
    """Return how much is done of how much, "" where there is nothing to count."""
    if operation.kind in MOVEMENTS:
        return far(operation)
    if operation.state == DONE and operation.kind in _WHOLE:
        return ""
    failed = f", {operation.failed:,} failed" if operation.failed else ""
    if operation.total:
        return f"{operation.done:,} of {operation.total:,} done{failed}"
    return f"{operation.done:,} done{failed}" if operation.done or failed else ""
