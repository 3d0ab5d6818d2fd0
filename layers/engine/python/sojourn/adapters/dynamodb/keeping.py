"""How long rows are kept, as settings say, and until when that is for one row. It knows no items."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil

from sojourn.domain.customer.rows import Event, Run, Send


@dataclass(frozen=True, slots=True)
class Keep:
    """For how many days rows are kept.

    Args:
        events_days: events, counted from when they reached us.
        ledger_days: sends, and what happened, counted from then.
        ended_runs_days: runs that ended with a key of their own, where nothing says how long they are needed: a
            key is an order or an appointment, and there is always another.
    """

    events_days: int = 400
    ledger_days: int = 400
    ended_runs_days: int = 400

    def event(self, event: Event) -> int:
        """Return when an event expires, in epoch seconds."""
        return _after(event.received or event.at, self.events_days)

    def send(self, send: Send) -> int:
        """Return when a send expires."""
        return _after(send.at, self.ledger_days)

    def ledger(self, at: datetime) -> int:
        """Return when the record of what happened at *at* expires."""
        return _after(at, self.ledger_days)

    def run(self, run: Run) -> int | None:
        """Return when a run expires; None while it goes on, and where it is asked about for ever."""
        if run.active:
            return None
        if run.needed_until is not None:
            return _after(run.needed_until, 0)
        if run.key and run.ended is not None:
            return _after(run.ended, self.ended_runs_days)
        return None


def _after(at: datetime, days: int) -> int:
    return ceil((at + timedelta(days=days)).timestamp())
