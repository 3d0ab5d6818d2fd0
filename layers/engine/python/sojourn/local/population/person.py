"""One simulated customer: where its chance comes from, and what is remembered of its passages through journeys.

Every choice about a customer is drawn from a generator of its own, seeded by the simulation's seed and the
customer's number and by nothing else: so neither the number of processes nor the size of a shard changes anything.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from hashlib import blake2b
from math import log
from random import Random
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

_SPREAD = 1.0
"""Of delays, as the standard deviation of their logarithm: two in three lie between a third and three times the
typical one."""


@dataclass(slots=True)
class Stay:
    """What is remembered of one run: what it began with, whether it converted, which events were decided on."""

    journey: str
    entry: Mapping[str, Any]
    converts: bool = False
    decided: set[str] = field(default_factory=set)


class Person:
    """A simulated customer.

    Attributes:
        id: the customer's id, the same in every simulation.
        chance: the source of every choice about this customer.
        made: how many things were given a number of their own, so that the next gets another.
        stays: by run id.
    """

    __slots__ = ("chance", "id", "made", "stays")

    def __init__(self, seed: int, index: int) -> None:
        self.id = f"c{index + 1:07}"
        self.chance = Random(
            int.from_bytes(blake2b(f"{seed}/{index}".encode(), digest_size=8).digest(), "big")
        )
        self.made = 0
        self.stays: dict[str, Stay] = {}

    def __repr__(self) -> str:
        return f"<Person {self.id}>"

    def next_number(self) -> int:
        """Return a number that this customer has not had yet."""
        self.made += 1
        return self.made

    def happens(self, share: float) -> bool:
        """Decide something that happens in this share of cases, from 0 to 1."""
        return share > 0.0 and self.chance.random() < share

    def delay(self, typical: float) -> float:
        """Draw a delay in seconds; half are shorter than *typical*, few are much longer."""
        return self.chance.lognormvariate(log(typical), _SPREAD) if typical > 0.0 else 0.0
