"""Looks at runs that go on, for whoever asks what is held: messages put off until later, and runs that a pause stopped.

No counter knows until when something is held, as that is over by itself. So runs are read, as far as somebody wants to
wait for it; of a large journey that is a sample, and says so.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import Any

from sojourn.adapters.dynamodb.runs import AT_ONCE, ActiveRuns
from sojourn.application.running import HELD
from sojourn.application.starting import PAUSED
from sojourn.domain.customer.rows import Run


@dataclass(slots=True)
class HeldAt:
    """What is held at one step of one version.

    Args:
        count: how many messages are put off there, and end by themselves.
        first, last: when the first and the last of them is tried again.
        paused: how many runs a pause stopped there; they go on when the journey is resumed.
    """

    count: int = 0
    first: datetime | None = None
    last: datetime | None = None
    paused: int = 0

    def add(self, until: datetime) -> None:
        """Count one that is put off until then."""
        self.count += 1
        self.first = min(self.first or until, until)
        self.last = max(self.last or until, until)


@dataclass(slots=True)
class Held:
    """What is held in a journey.

    Args:
        looked: at so many runs.
        whole: whether these were all that go on.
        at: (version, step) -> what is held there.
    """

    looked: int = 0
    whole: bool = True
    at: dict[tuple[str, str], HeldAt] = field(default_factory=dict)


def held(client: Any, table: str, journey: str, now: datetime, most: int) -> Held:
    """Return what is held in a journey.

    Args:
        client: `boto3.client("dynamodb")`.
        now: what is put off until before then is about to go on.
        most: at so many runs it looks.

    Raises:
        TransientError: the table does not answer.
    """
    found = Held()
    runs = ActiveRuns(client, table, page=AT_ONCE)
    listed = runs.in_turn(journey)
    while some := list(islice(listed, min(AT_ONCE, most + 1 - found.looked))):
        if found.looked + len(some) > most:
            found.whole = False
            some = some[: most - found.looked]
        for run in runs.rows(journey, some):
            _note(found, run, now)
        found.looked += len(some)
        if not found.whole:
            break
    return found


def _note(found: Held, run: Run, now: datetime) -> None:
    if not run.active:
        return
    if PAUSED in run.last:
        place = (run.version, run.at.get("", ""))
        found.at.setdefault(place, HeldAt()).paused += 1
    for lane, (step, _, answer) in run.last.items():
        if lane.startswith("@") or HELD not in (answer or {}) or run.at.get(lane, step) != step:
            continue
        until = datetime.fromisoformat(str(answer[HELD]))
        if until > now:
            found.at.setdefault((run.version, step), HeldAt()).add(until)
