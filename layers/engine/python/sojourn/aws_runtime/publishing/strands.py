"""Where the parts of a movement are: what a strand of the work notes, so that whoever takes it up goes on from there.

It knows no table and no run's rows.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from typing import Any

from sojourn.adapters.json_text import compact

COUNT, GO, AGAIN, LATER, END = "count", "go", "again", "later", "end"
"""What a strand is at: it counts, goes through the runs, does so again, tries once more those that AWS was too busy
for, or is over."""
LOOKED = frozenset((AGAIN, LATER, END))
"""The phases of a strand that was through its runs once."""
ONCE_MORE = frozenset((AGAIN, LATER))
"""The phases in which a run is tried that was tried before."""
MOST_BUSY = 100
"""So many runs of a strand are kept to be tried once more: they stand in its row."""
Place = tuple[str, str, str]
"""A run: its journey, customer and key."""


@dataclass(frozen=True, slots=True)
class Strand:
    """Where a part of the runs is.

    Args:
        journey, after: the run after which it goes on.
        told: what became of runs, by the word for it.
        counts: what counting found.
        left: the runs that this round of `LATER` has still to try.
        busy: those that AWS was too busy for, for the next round.
        rounds: how often those were tried by themselves.
    """

    phase: str
    journey: str = ""
    after: str = ""
    told: Mapping[str, int] = field(default_factory=dict)
    counts: tuple[int, ...] = ()
    left: tuple[Place, ...] = ()
    busy: tuple[Place, ...] = ()
    rounds: int = 0

    def to_text(self) -> str:
        """Return it as JSON."""
        values = {one.name: getattr(self, one.name) for one in fields(self)}
        return compact({**values, "told": dict(self.told)})

    @classmethod
    def from_text(cls, text: str) -> Strand:
        """Return the strand that `to_text` wrote."""
        told: dict[str, Any] = json.loads(text)
        places = {
            name: tuple((one[0], one[1], one[2]) for one in told.get(name, ())) for name in ("left", "busy")
        }
        return cls(**{**told, **places, "counts": tuple(told["counts"])})

    def tell(self, word: str) -> Strand:
        """Count what became of a run."""
        told = Counter(self.told)
        told[word] += 1
        return replace(self, told=dict(told))

    def put_off(self, run: Place) -> Strand | None:
        """Keep a run for the next round; None where there is no room for more."""
        return replace(self, busy=(*self.busy, run)) if len(self.busy) < MOST_BUSY else None

    def through(self, phases: tuple[str, ...], most_rounds: int) -> Strand:
        """Return the strand at the beginning of what follows, once it is through its phase.

        Args:
            phases: what it does one after the other; the last is `END`.
            most_rounds: so often those are tried that AWS was too busy for.
        """
        follows = END if self.phase == LATER else phases[phases.index(self.phase) + 1]
        if follows == END and self.busy and self.rounds < most_rounds:
            return replace(
                self, phase=LATER, journey="", after="", left=self.busy, busy=(), rounds=self.rounds + 1
            )
        return replace(self, phase=follows, journey="", after="")


def so_far(strands: Sequence[Strand | None]) -> dict[str, Any] | None:
    """Return what an operation tells while it goes on, once all of its strands are through the first time.

    It is `runs`, what became of them so far, and what is still done: `once_more`, or how many are `busy`.
    """
    known = [one for one in strands if one is not None and one.phase in LOOKED]
    if len(known) < len(strands):
        return None
    if any(one.phase == AGAIN for one in known):
        return {"runs": told(known), "once_more": True}
    busy = sum(len(one.left) + len(one.busy) for one in known if one.phase == LATER)
    return {"runs": told(known), **({"busy": busy} if busy else {})}


def told(strands: Iterable[Strand]) -> dict[str, int]:
    """Return what became of all runs, by the word for it."""
    found: Counter[str] = Counter()
    for strand in strands:
        found.update(strand.told)
    found.pop("nothing", None)
    return dict(found)
