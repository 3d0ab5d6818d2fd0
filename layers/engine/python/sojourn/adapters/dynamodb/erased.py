"""Whom an erasing is about, what it took away, and where else something about them may be. It knows no table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

OUTSIDE: Mapping[str, str] = {
    "table backups": "point-in-time recovery goes back up to 35 days, and copies made by hand stay: erase again after"
    " restoring one",
    "table stream": "holds the deleted rows for 24 hours",
    "step functions": "the history of executions, with the customer's id and their steps' outcomes, goes 90 days after"
    " each ended",
    "queues": "events on their way, and those in dead-letter queues, up to 14 days",
    "exported lines": "what happened was written to the delivery bucket: delete the customer's lines there",
    "audience files": "files of customers, and the rows they were cut into, lie in the bucket of uploads for 30 days; a"
    " file that is entered after this makes the customer known anew",
    "operations": "how far a migration, resumption or stop is may be told by the id of whom it came to last, for 30"
    " days",
    "logs": "ids in log lines go with the log groups' retention",
    "providers": "messages sent are with SES, SMS, push and WhatsApp providers, under their rules; addresses may stand"
    " on their suppression lists",
    "subscribers": "whoever listens to the bus or a webhook has what they were told",
}
"""Where else something about a customer may be, and what becomes of it."""


@dataclass(frozen=True, slots=True)
class Doomed:
    """Who is to be erased.

    Args:
        customer: who was asked for; of somebody who became another, the other.
        before: who was asked for, and who they became on the way to *customer*, in this order.
        others: the first few of those who became the customer, and are none of *before*.
        deed: in which the erasing of them began and did not end; "" where none did.
    """

    customer: str
    before: tuple[str, ...]
    others: tuple[str, ...]
    deed: str = ""


@dataclass(frozen=True, slots=True)
class Erased:
    """What erasing a customer took away.

    Args:
        customer: who was erased: of somebody who became another, the other.
        removed: rows by kind: `profile`, `runs`, `waiters`, `events`, `sends`, `ledger`, `inbox`, `quarantined`,
            `merged` (who became them), `links` (from their addresses to them), `other`. A repetition after a crash
            counts what was left.
        stopped: the executions that were stopped.
        outside: see `OUTSIDE`.
        others: the ids of those who became this customer, as far as they were erased with them now.
        finished: whether nothing is left; else there was no time for more, and it goes on when it is done again.
    """

    customer: str
    removed: Mapping[str, int]
    stopped: tuple[str, ...] = ()
    outside: Mapping[str, str] = field(default_factory=lambda: OUTSIDE)
    others: tuple[str, ...] = ()
    finished: bool = True
