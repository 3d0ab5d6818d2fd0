"""Puts events of customers on the bus; what the bus does not take goes on the queue that is behind it.

So nothing is lost that somebody was told is in, and no operator has to act. `route` reads both alike: what is put on
the queue is the envelope that the bus would have put there. It knows neither who tells of the events nor what they say.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sojourn.aws_runtime.observability import count, logger
from sojourn.domain.time.instants import iso

AT_ONCE = 10
"""So many entries EventBridge takes in one call, and so many messages SQS."""
BYTES_AT_ONCE = 240_000
"""And so many bytes at least: EventBridge says a megabyte, SQS said a quarter of one for years."""
_AROUND = 600
"""Bytes that an envelope has around its detail."""


@dataclass(frozen=True, slots=True)
class Inbound:
    """An event on its way in, as `sojourn.aws_runtime.incoming.inbound` reads it.

    Args:
        id: the same where the event is the same.
        detail: what it says besides, as JSON has it.
    """

    id: str
    name: str
    at: datetime
    detail: dict[str, Any]


class NotTaken(Exception):
    """Neither the bus nor the queue behind it took all events; some may be in."""


class EventIntake:
    """The way in for events.

    Args:
        events: an EventBridge client; bus: the bus's name.
        sqs: an SQS client; queue_url: of the queue that the bus fills.
        source: who tells of the events.
        queued: the metric that counts those that took the queue.
    """

    def __init__(self, events: Any, bus: str, sqs: Any, queue_url: str, *, source: str, queued: str) -> None:
        self._events = events
        self._bus = bus
        self._sqs = sqs
        self._queue_url = queue_url
        self._source = source
        self._queued = queued

    def put(self, told: Sequence[Inbound]) -> None:
        """Put events in, as many at once as the services take.

        Raises:
            NotTaken: neither way took all of them.
        """
        left: list[Inbound] = []
        shut = False
        for some in _portions((one, _json(self._detail(one))) for one in told):
            # Whoever waits should not wait for a bus that is shut once more with every ten.
            refused, shut = ([one for one, _ in some], True) if shut else self._refused(some)
            left += refused
        if left:
            count(self._queued, len(left))
            self._queue(left)

    def _refused(self, some: list[tuple[Inbound, str]]) -> tuple[list[Inbound], bool]:
        """Ask the bus to take events; return those it did not, and whether it took none at all."""
        entries = [
            {"EventBusName": self._bus, "Source": self._source, "DetailType": one.name, "Time": one.at, "Detail": text}
            for one, text in some
        ]  # fmt: skip
        try:
            answer = self._events.put_events(Entries=entries)
        except Exception as error:  # noqa: BLE001 - whatever is wrong with the bus, there is the queue
            _log(_what(error))
            return [one for one, _ in some], True
        if not answer["FailedEntryCount"]:
            return [], False
        codes = [said.get("ErrorCode", "") for said in answer["Entries"]]
        _log(next(filter(None, codes), "unknown"))
        # An entry that has no event id was not taken, whatever else is said of it.
        taken = [bool(said.get("EventId")) for said in answer["Entries"]]
        left = [one for (one, _), in_ in zip(some, taken, strict=True) if not in_]
        return left, len(left) == len(some)

    def _queue(self, left: Iterable[Inbound]) -> None:
        for some in _portions((one, _json(self._envelope(one))) for one in left):
            entries = [{"Id": str(number), "MessageBody": text} for number, (_, text) in enumerate(some)]
            try:
                answer = self._sqs.send_message_batch(QueueUrl=self._queue_url, Entries=entries)
            except Exception as error:
                raise NotTaken(f"neither the bus nor its queue takes events: {_what(error)}") from error
            if answer.get("Failed"):
                raise NotTaken(
                    f"the queue of the bus does not take events: {answer['Failed'][0].get('Code')}"
                )

    def _detail(self, told: Inbound) -> dict[str, Any]:
        return {"id": told.id, "time": iso(told.at), **told.detail}

    def _envelope(self, told: Inbound) -> dict[str, Any]:
        """Return what the rule would have put on the queue."""
        return {
            "version": "0", "id": told.id, "source": self._source, "detail-type": told.name, "time": iso(told.at),
            "resources": [], "detail": self._detail(told),
        }  # fmt: skip


def _portions(texts: Iterable[tuple[Inbound, str]]) -> Iterator[list[tuple[Inbound, str]]]:
    """Divide events, in their order, into what a call takes at once."""
    portion: list[tuple[Inbound, str]] = []
    size = 0
    for one, text in texts:
        more = len(text) + _AROUND
        if portion and (len(portion) == AT_ONCE or size + more > BYTES_AT_ONCE):
            yield portion
            portion, size = [], 0
        portion.append((one, text))
        size += more
    if portion:
        yield portion


def _log(why: str) -> None:
    logger.error("the bus did not take events: they go on the queue behind it", why=why)


def _what(error: Exception) -> str:
    code = getattr(error, "response", {}).get("Error", {}).get("Code", "")
    return f"{type(error).__name__} {code}".strip()


def _json(value: Any) -> str:
    # In ASCII: SQS does not take every character, and JSON can write every one without it.
    return json.dumps(value, separators=(",", ":"))
