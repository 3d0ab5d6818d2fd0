"""What is told of a person's tasks: that one was raised, once, and what somebody did with it. It knows no table."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from sojourn.application.desk import COMPLETED, FAILED, OUTCOMES, RESCHEDULED, TASK_RAISED
from sojourn.cli.render.spoken import Spoken, plain

Row = Mapping[str, Any]
AROUND = timedelta(minutes=5)
"""So long after a journey raised a task its event may come back, and still be that one."""
_ENDED: Mapping[str, str] = {
    COMPLETED: "was completed", FAILED: "could not be done", RESCHEDULED: "was put off",
}  # fmt: skip
_TO_END_IT_BY = ("task_id", "url", "run", "step")
"""Of the event that raises a task, what only programs need: whoever has it may end the task."""


def raised(happened: Iterable[Row], events: Iterable[Row]) -> set[str]:
    """Return the ids of the events that raise a task of which the ledger tells already."""
    left = [one for one in happened if one["what"] == "tasked"]
    found: set[str] = set()
    for event in sorted(events, key=lambda one: str(one["at"])):
        if event["name"] != TASK_RAISED:
            continue
        twin = next((one for one in left if _is_of(event, one)), None)
        if twin is not None:
            left.remove(twin)
            found.add(str(event["id"]))
    return found


def _is_of(event: Row, one: Row) -> bool:
    said, details = event.get("properties", {}), one.get("details", {})
    apart = datetime.fromisoformat(event["at"]) - datetime.fromisoformat(one["at"])
    same = all(said.get(name, details.get(name)) == details.get(name) for name in ("task", "title"))
    return same and said.get("journey", one["journey"]) == one["journey"] and timedelta(0) <= apart <= AROUND


def raised_words(event: Row, spoken: Spoken) -> str:
    """Return that a task was raised, where only its event is left; what it is ended by only where ids are told."""
    said = dict(event.get("properties", {}))
    journey = f"→ {spoken.journey(str(said.pop('journey')))}: " if said.get("journey") else ""
    words = task_words(said, said)
    told = {name: value for name, value in said.items() if name not in ("task", "title", "with")}
    if not spoken.ids:
        told = {name: value for name, value in told.items() if name not in _TO_END_IT_BY}
    more = f" ({spoken.values(told)})" if told else ""
    return f"{journey}{words}{spoken.id(event.get('id'))}{more}"


def task_words(who: Row, what: Row) -> str:
    """Return whose task it is, and what is to be done."""
    return f"a task for {plain(str(who.get('task', 'somebody')))}: {what.get('title', '')}"


def is_ended(one: Row) -> bool:
    """Say whether a happening is that somebody ended a task: a wait that no event released."""
    details = one.get("details", {})
    return one["what"] == "resumed" and details.get("path") in OUTCOMES and "event" not in details


def ended_words(one: Row, happened: Iterable[Row], spoken: Spoken) -> str:
    """Return what somebody did with a task, and in which journey; see `ended_task`."""
    where = f"{spoken.journey(one['journey'])}{spoken.id(one.get('step'))}"
    return f"→ {where}: {ended_task(one, happened, spoken)}"


def ended_task(one: Row, happened: Iterable[Row], spoken: Spoken) -> str:
    """Return what somebody did with a task: completed it, could not, or put it off; by whose program, and their notes.

    Args:
        happened: all that the ledger tells, for the task's title.
    """
    details = one.get("details", {})
    place = (one.get("run"), one.get("step"))
    before = [
        other for other in happened
        if other["what"] == "tasked" and (other.get("run"), other.get("step")) == place and other["at"] <= one["at"]
    ]  # fmt: skip
    last = max(before, key=lambda other: str(other["at"]), default=None)
    title = str(last.get("details", {}).get("title", "")) if last else ""
    by = f", as “{details['by']}” told" if details.get("by") else ""
    notes = f": {spoken.value(details['notes'])}" if details.get("notes") else ""
    task = f"the task “{title}”" if title else "the task"
    return f"{task} {_ENDED[details['path']]}{by}{notes}"
