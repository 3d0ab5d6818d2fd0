"""Turns what a journey used into money, line by line. What is assumed rather than counted stands in `ASSUMED`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sojourn.local.cost.prices import Prices
from sojourn.local.cost.usage import Usage


@dataclass(frozen=True, slots=True)
class Assumed:
    """What a simulation cannot count.

    Args:
        gigabytes: a function's memory. seconds: of one invocation, by function; None for `SECONDS`.
        log_bytes: written by one invocation.
        records: ledger rows that one invocation of the export function takes.
        stream_write_units: what counting a ledger row writes: its marker, and its share of the counters and of the
            figures by day; as `python -m bench counting` measures it with so many records at once.
        queue_requests: SQS requests for one event: sent, received and deleted, in batches.
    """

    gigabytes: float = 0.5
    seconds: Mapping[str, float] | None = None
    log_bytes: int = 500
    records: int = 20
    stream_write_units: float = 3.8
    queue_requests: float = 1.3

    def duration(self, function: str) -> float:
        """Return the seconds of one invocation."""
        return (self.seconds or SECONDS)[function]


SECONDS = {"step": 0.06, "send": 0.12, "route": 0.06, "export": 0.4}
"""Guessed until a deployment has measured them: DynamoDB answers in some milliseconds, a provider in some dozens."""
ASSUMED = Assumed()


@dataclass(frozen=True, slots=True)
class Line:
    """One line of an estimate: how many of what, and the dollars. `dollars` is None where no price is known."""

    service: str
    what: str
    quantity: float
    dollars: float | None


@dataclass(frozen=True, slots=True)
class Estimate:
    """What so many customers cost in a journey.

    Args:
        customers: how many enter it.
        per_customer: what one of them uses on average, as counted.
    """

    journey: str
    customers: int
    lines: tuple[Line, ...]
    per_customer: Usage

    @property
    def dollars(self) -> float | None:
        """The sum of all lines that have a price; None where none has."""
        priced = [line.dollars for line in self.lines if line.dollars is not None]
        return sum(priced) if priced or not self.lines else None

    @property
    def per_thousand(self) -> float | None:
        """The same for a thousand customers."""
        whole = self.dollars
        return None if whole is None else whole / self.customers * 1000 if self.customers else 0.0

    @property
    def unpriced(self) -> tuple[Line, ...]:
        """The lines without a price."""
        return tuple(line for line in self.lines if line.dollars is None)

    def to_json(self) -> dict[str, Any]:
        """Return the estimate as JSON data."""
        return {
            "journey": self.journey, "customers": self.customers, "dollars": _rounded(self.dollars),
            "per_thousand": _rounded(self.per_thousand),
            "lines": [
                {
                    "service": line.service, "what": line.what, "quantity": round(line.quantity, 3),
                    "dollars": _rounded(line.dollars),
                }
                for line in self.lines
            ],
        }  # fmt: skip


def estimate(
    journey: str,
    used: Usage,
    customers: int,
    prices: Prices,
    *,
    sms: float | None = None,
    assumed: Assumed = ASSUMED,
) -> Estimate:
    """Work out what *customers* customers cost.

    Args:
        used: what any number of runs used; `used.entered` says how many.
        sms: dollars for one part of an SMS, by whoever knows the country; None leaves SMS without a price.
    """
    each = used.times(1 / used.entered) if used.entered else Usage()
    whole = each.times(customers)
    exports = whole.told / assumed.records
    seconds = sum(
        calls * assumed.duration(name)
        for name, calls in (
            ("step", whole.step),
            ("send", whole.send),
            ("route", whole.route),
            ("export", exports),
        )
    )
    calls = whole.calls + exports
    priced = (
        ("state transitions", whole.transitions, "transition"),
        ("invocations", calls, "invocation"),
        ("GB-seconds", seconds * assumed.gigabytes, "gigabyte_second"),
        ("write request units", whole.written + whole.told * assumed.stream_write_units, "write_unit"),
        ("read request units", whole.read, "read_unit"),
        ("events in and out", whole.route + whole.put + whole.told, "event"),
        ("requests", whole.route * assumed.queue_requests, "queue_request"),
        ("GB of logs", calls * assumed.log_bytes / 1e9, "log_gigabyte"),
        ("emails", whole.messages.get("email", 0), "email"),
    )  # fmt: skip
    lines = [
        Line(prices.prices[name].service, what, quantity, prices.prices[name].of(quantity))
        for what, quantity, name in priced
        if quantity
    ]
    if whole.sms_parts:
        lines.append(
            Line("End User Messaging", "SMS parts", whole.sms_parts, whole.sms_parts * sms if sms else None)
        )
    lines += [
        Line(*OTHERS[channel], number, None)
        for channel, number in whole.messages.items()
        if channel in OTHERS
    ]
    return Estimate(journey, customers, tuple(lines), each)


def _rounded(dollars: float | None) -> float | None:
    return None if dollars is None else round(dollars, 6)


OTHERS = {"whatsapp": ("WhatsApp", "messages"), "push": ("SNS", "push messages")}
"""Channels whose price is not in our list."""
