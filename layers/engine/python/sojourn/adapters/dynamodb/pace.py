"""A limit of messages a second per channel that holds over all functions, also where their clocks are minutes off.

A channel's rate is shared out to lanes, each one row of the table, which says at what instant its next token is due.
A function leases one token or more by one write that moves that instant on, uses each within 0.2 s of its instant,
and lets it lapse otherwise. Tokens of a lane are never closer together than its rate allows, so that no second has
more messages than `1.2 * rate + lanes`; over a longer time it is the rate.

Instants are the table's own time (`server_time`). Before a function writes anything it has heard what time it is
there: one whose clock is off by more than a second writes no instant of its own into the row and uses no token at the
wrong time. A clock that is off by less may go unnoticed for some answers; until then a second has up to that fraction
more. It knows no messages.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from math import ceil
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from sojourn.adapters.dynamodb import engine_keys
from sojourn.adapters.dynamodb.failures import code, reading
from sojourn.adapters.dynamodb.server_time import ServerTime

if TYPE_CHECKING:
    from sojourn.application.ports import Catalogue

Rates = Callable[[str], float | None]
"""The messages a second of a channel; None where it may send as fast as it likes."""

LANE_RATE = 200.0
"""Messages a second of one lane at most: DynamoDB takes 1,000 writes of one row."""
USABLE = 0.2
"""For how many seconds a token can be used."""
AHEAD = 1.0
"""How many seconds ahead tokens are leased: so long a function waits for its own at most."""
HORIZON = 0.5
"""Over how many seconds the tokens of one lease may reach."""
SURE = USABLE / 2
"""How many seconds a function may be in doubt about the time and still use tokens."""
LOST = 10.0
"""How many seconds later than any lease can put it a next token may be due before that counts as wrong."""
ATTEMPTS = 6
_TICK = 0.0005
"""Seconds that a pause is longer than it must be, so that what it was for has surely come."""
_MICRO = 1_000_000
"""Rows have whole microseconds since 1970."""
_PAST = int(USABLE / 2 * _MICRO)
"""How long ago a token may have been due that is still leased."""


@dataclass(slots=True)
class _Lease:
    """Tokens of ours, the first due at `instant`, seconds since 1970."""

    lane: int
    instant: float
    gap: float
    left: int

    def next(self) -> None:
        """Go on to the next token."""
        self.instant += self.gap
        self.left -= 1


@dataclass(slots=True)
class _Channel:
    """What a function knows of a channel.

    Args:
        due: when the next token was due, by lane, as last heard.
        busy: the lanes that others, or we, have taken tokens of just before.
        taken: when it last took a token; `interval` is about how long it takes between two.
    """

    due: dict[int, int] = field(default_factory=dict)
    busy: set[int] = field(default_factory=set)
    leases: list[_Lease] = field(default_factory=list)
    taken: float | None = None
    interval: float = 1.0

    def wait(self, least: float, most: float) -> float | None:
        """Use a token if one can be used now and return 0; else how long to wait for one of ours, None without any."""
        soonest: float | None = None
        for lease in list(self.leases):
            while lease.left and most >= lease.instant + USABLE:
                lease.next()
            if not lease.left:
                self.leases.remove(lease)
            elif least >= lease.instant:
                lease.next()
                self._took(least)
                return 0.0
            else:
                wait = lease.instant - least
                soonest = wait if soonest is None else min(soonest, wait)
        return soonest

    def wanted(self, gap: float) -> int:
        """Return how many tokens to ask for: as many as would be used, going on like this, before they lapse."""
        slower = self.interval - gap
        most = max(1, int(HORIZON / gap))
        return most if slower <= 0 else min(most, 1 + int(0.8 * USABLE / slower))

    def _took(self, now: float) -> None:
        if self.taken is not None:
            # It counts at once that we became slower, since tokens that lapse are lost to everybody.
            interval = now - self.taken
            self.interval = max(interval, (self.interval + interval) / 2)
        self.taken = now


class DynamoPace:
    """Paces what one function sends; not for several threads.

    A function that sends without a pause leases many tokens at once, one that sends now and then leases one.

    Args:
        client: `boto3.client("dynamodb")`.
        rates: `rates_of(catalogue)`; a new rate holds as soon as a function hears of it.
        wall, steady: as `ServerTime` wants them.
        chance: of 0 to 1; spreads those who are told to come again.
        pause: waits so many seconds.
    """

    def __init__(
        self,
        client: Any,
        table: str,
        rates: Rates,
        *,
        wall: Callable[[], float] = time.time,
        steady: Callable[[], float] = time.monotonic,
        chance: Callable[[], float] = random.random,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        self._client = client
        self._table = table
        self._rates = rates
        self._time = ServerTime(wall, steady)
        self._chance = chance
        self._pause = pause
        self._channels: dict[str, _Channel] = {}

    def take(self, channel: str) -> float:
        """Take room for one message: 0.0 where there is some, else in how many seconds to ask again.

        Where room was kept for us within about a second, this pauses until then: whoever was sent away would ask
        some other function next time, and the room would be lost.

        Raises:
            TransientError: the table does not answer.
        """
        rate = self._rates(channel)
        if rate is None:
            return 0.0
        known = self._channels.setdefault(channel, _Channel())
        wait = 0.0
        for _ in range(ATTEMPTS):
            wait, kept = self._try(channel, known, rate)
            if not wait or not kept:
                break
            self._pause(wait + _TICK)
        return wait

    def _try(self, channel: str, known: _Channel, rate: float) -> tuple[float, bool]:
        """Return how long to wait, 0.0 where a token was taken, and whether it is worth while to wait here."""
        bounds = self._bounds(channel, known)
        if bounds[1] - bounds[0] > SURE:
            return self._time.until_it_tells(bounds), True
        wait = known.wait(*bounds)
        lanes = ceil(rate / LANE_RATE)
        gap = lanes / rate
        free = sorted(set(range(lanes)) - {lease.lane for lease in known.leases})
        if wait is not None and (wait <= gap / 2 or not free):
            return wait, True
        lane = free[int(self._chance() * len(free)) % len(free)]
        refused = self._lease(channel, known, lane, gap)
        wait = known.wait(*(self._time.bounds() or bounds))
        # Tokens may have lapsed while the table was slow to answer: then we ask for others.
        return (wait, True) if wait is not None else (refused, False) if refused else (gap, True)

    def _bounds(self, channel: str, known: _Channel) -> tuple[float, float]:
        """Return between what the time is at the table; asks, by a read, where we are not sure."""
        bounds = self._time.bounds()
        if bounds is not None and bounds[1] - bounds[0] <= SURE:
            return bounds
        asked = self._time.wall()
        with reading():
            answer = self._client.get_item(TableName=self._table, Key=_key(channel, 0), ConsistentRead=True)
        self._time.heard(answer, asked)
        known.due[0] = _due(answer.get("Item"))
        return self._time.bounds() or (asked, asked + 1)

    def _lease(self, channel: str, known: _Channel, lane: int, gap: float) -> float | None:
        """Lease tokens of a lane; return how long to wait where it has none to give soon."""
        count = known.wanted(gap)
        span = ceil(count * gap * _MICRO)
        for attempt in range(ATTEMPTS):
            bounds = self._time.bounds()
            if bounds is None:
                break
            now, due = int(bounds[1] * _MICRO), known.due.get(lane, 0)
            ahead = (due - now) / _MICRO
            if ahead > AHEAD and not _wrong(ahead, gap):
                return ahead - AHEAD * self._chance()
            # How it was the last time is the best guess; a wrong one costs a write, and tells how it is.
            busy = due > now - _PAST if attempt else lane in known.busy or due > now
            known.due[lane], moved = self._move(channel, lane, _next(due, now, span, gap, busy=busy))
            if moved:
                (known.busy.add if busy else known.busy.discard)(lane)
                known.leases.append(_Lease(lane, (known.due[lane] - span) / _MICRO, gap, count))
                return None
        return gap * self._chance()

    def _move(self, channel: str, lane: int, how: Mapping[str, Any]) -> tuple[int, bool]:
        """Move the instant of a lane's next token on; return where it stands, and whether that is our doing."""
        asked = self._time.wall()
        with reading():
            try:
                answer = self._client.update_item(
                    TableName=self._table, Key=_key(channel, lane), ReturnValues="UPDATED_NEW",
                    ReturnValuesOnConditionCheckFailure="ALL_OLD", **how,
                )  # fmt: skip
            except ClientError as error:
                if code(error) != "ConditionalCheckFailedException":
                    raise
                self._time.heard(error.response, asked)
                return _due(error.response.get("Item")), False
        self._time.heard(answer, asked)
        return _due(answer["Attributes"]), True


def rates_of(catalogue: Catalogue) -> Rates:
    """Return the rates that the workspace's senders have, as the catalogue knows them at the moment."""
    return lambda channel: catalogue.policy.senders.get(channel, {}).get("rate")


def _next(due: int, now: int, span: int, gap: float, *, busy: bool) -> dict[str, Any]:
    """Return the update that leases *span* microseconds of a lane.

    Args:
        due: when its next token was due, as last heard.
        busy: whether that is about now or later; a lane that lay idle begins anew, now.
    """
    values = {":span": span}
    if _wrong((due - now) / _MICRO, gap):
        # Somebody's clock was wrong, or the rate very slow before: else nothing would be sent for long.
        set_, condition = ":now + :span", "due = :due"
        values |= {":due": due, ":now": now}
    elif busy:
        set_, condition = "due + :span", "due BETWEEN :past AND :ahead"
        values |= {":past": now - _PAST, ":ahead": now + int(AHEAD * _MICRO)}
    else:
        set_, condition = ":now + :span", "attribute_not_exists(pk) OR due < :past"
        values |= {":past": now - _PAST, ":now": now}
    return {
        "UpdateExpression": f"SET due = {set_}",
        "ConditionExpression": condition,
        "ExpressionAttributeValues": {name: {"N": str(value)} for name, value in values.items()},
    }


def _wrong(ahead: float, gap: float) -> bool:
    """Say whether a lane's next token is due later than any lease can have put it."""
    return ahead > AHEAD + HORIZON + gap + LOST


def _key(channel: str, lane: int) -> dict[str, Any]:
    return {"pk": {"S": engine_keys.pace(channel)}, "sk": {"S": engine_keys.bucket(lane)}}


def _due(item: Mapping[str, Any] | None) -> int:
    """Return when a lane's next token is due, in microseconds; long ago for one that has no row yet."""
    return int(item["due"]["N"]) if item else 0
