"""What a stream of the table tells, row by row: a commit's ledger, and runs, sends and profiles as they were and are.

The words that counting and telling outside share. Where the changes come from, and in which shape, is an adapter's.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from sojourn.domain.customer.rows import Profile, Run, Send
from sojourn.domain.ledger import Happening

Move: TypeAlias = tuple[str, str, str, str]
"""Journey, version, the step a run left and the step it came to; "" is nowhere: before its entry, after its end."""


@dataclass(frozen=True, slots=True)
class Committed:
    """One commit's ledger row; it never changes.

    Args:
        id: the same however often and by whatever way the row is read.
    """

    id: str
    at: datetime
    customer: str
    happened: Sequence[Happening] = ()
    moves: Sequence[Move] = ()


@dataclass(frozen=True, slots=True)
class RunChanged:
    """A run's row was written, or erased with its customer; a row that expired is no change.

    Args:
        before: the row of that key as it was; perhaps that of an earlier run.
        after: None where it was erased.
    """

    id: str
    at: datetime
    before: Run | None
    after: Run | None


@dataclass(frozen=True, slots=True)
class SendChanged:
    """A send was claimed, or somebody learnt what became of it."""

    id: str
    at: datetime
    before: Send | None
    after: Send


@dataclass(frozen=True, slots=True)
class ProfileChanged:
    """A customer became known, changed, or was erased (`after` is None)."""

    id: str
    at: datetime
    before: Profile | None
    after: Profile | None


Changed: TypeAlias = Committed | RunChanged | SendChanged | ProfileChanged
