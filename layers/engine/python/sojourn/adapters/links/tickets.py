"""Makes the ids of people's tasks, and reads them again: which run's visit of which step it is, sealed in the id.

So an id says nothing to whoever sees it, none can be made up, and no table is asked which task it is. It knows neither
HTTP nor what a task is about.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from sojourn.adapters.links.keys import Keys
from sojourn.adapters.links.sealed import seal, unseal
from sojourn.application.ports import TaskRef
from sojourn.domain.time.instants import iso

_PURPOSE = b"sojourn/tasks/1"


class Tickets:
    """What the event that raises a task tells of how to end it.

    Args:
        base_url: of the API, without a slash at its end; where empty, the id alone is told.
        keys: asked for every task, so that a key may be changed while functions live.
    """

    def __init__(self, base_url: str, keys: Callable[[], Keys]) -> None:
        self._base = base_url.rstrip("/")
        self._keys = keys

    def __call__(self, task: TaskRef) -> Mapping[str, str]:
        """Return the task's id, and the address below which it is completed, rescheduled or failed."""
        id_ = task_id(task, self._keys())
        return {"task_id": id_} | ({"url": f"{self._base}/v1/tasks/{id_}"} if self._base else {})


def task_id(task: TaskRef, keys: Keys) -> str:
    """Return the id of a task."""
    return seal([task.customer, task.run, task.step, iso(task.since)], keys, _PURPOSE)


def task_of(id_: str, keys: Keys) -> TaskRef | None:
    """Return which task an id stands for; None for any that none of our keys has made."""
    told = unseal(id_, keys, _PURPOSE)
    if told is None:
        return None
    customer, run, step, since = told[:4]
    return TaskRef(customer, run, step, datetime.fromisoformat(since))
