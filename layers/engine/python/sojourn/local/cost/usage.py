"""What a journey used of AWS, as counts: the quantities that a price list turns into money."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import Any


@dataclass(slots=True)
class Usage:
    """Counts over any number of runs.

    Args:
        entered: runs that began.
        transitions: states entered and retried, by Step Functions Standard.
        step, send, route: invocations of these functions. `route` are events that did something in the journey.
        written: DynamoDB write request units; read: read request units.
        put: events that the journey put on the bus.
        told: ledger rows, each of which is read from the table's stream and exported.
        messages: messages handed to a provider, by channel; sms_parts: the SMS they are on the air, segment by
            segment, which is what is charged.
    """

    entered: int = 0
    transitions: int = 0
    step: int = 0
    send: int = 0
    route: int = 0
    written: float = 0.0
    read: float = 0.0
    put: int = 0
    told: int = 0
    sms_parts: float = 0
    messages: dict[str, float] = field(default_factory=dict)

    def add(self, other: Usage) -> None:
        """Add another's counts."""
        for one in fields(self):
            mine, more = getattr(self, one.name), getattr(other, one.name)
            if isinstance(mine, dict):
                for key, number in more.items():
                    mine[key] = mine.get(key, 0) + number
            else:
                setattr(self, one.name, mine + more)

    def times(self, factor: float) -> Usage:
        """Return the counts of so many times as much."""
        scaled: dict[str, Any] = {}
        for one in fields(self):
            mine = getattr(self, one.name)
            scaled[one.name] = (
                {key: number * factor for key, number in mine.items()}
                if isinstance(mine, dict)
                else mine * factor
            )
        return Usage(**scaled)

    @property
    def calls(self) -> float:
        """Invocations of Lambda functions."""
        return self.step + self.send + self.route
