"""Puts on the bus what people do with links; where the bus does not take it, on the queue that is behind the bus.

So nothing is lost, and a consent that was taken back is heard of, without an operator having to act. `route` reads
both alike: what is put on the queue is the envelope that the bus would have put there. It knows no link.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sojourn.aws_runtime.observability import count, logger
from sojourn.domain.time.instants import iso

SOURCE = "sojourn.links"


@dataclass(frozen=True, slots=True)
class LinkEvent:
    """An event of a customer, as `sojourn.aws_runtime.inbound` reads it; `id` is the same where it is the same."""

    id: str
    name: str
    customer: str
    at: datetime
    properties: dict[str, Any]


class LinkEvents:
    """The way in for events.

    Args:
        events: an EventBridge client; bus: the bus's name.
        sqs: an SQS client; queue_url: of the queue that the bus fills.
    """

    def __init__(self, events: Any, bus: str, sqs: Any, queue_url: str) -> None:
        self._events = events
        self._bus = bus
        self._sqs = sqs
        self._queue_url = queue_url

    def put(self, told: LinkEvent) -> None:
        """Put an event in; whatever is raised, neither way took it."""
        detail = {
            "id": told.id, "customer": told.customer, "time": iso(told.at), "properties": told.properties,
        }  # fmt: skip
        why = self._refusal(told, detail)
        if not why:
            return
        logger.error("the bus did not take an event: it goes on the queue behind it", why=why)
        count("LinkEventsQueued")
        envelope = {
            "version": "0", "id": told.id, "source": SOURCE, "detail-type": told.name, "time": iso(told.at),
            "resources": [], "detail": detail,
        }  # fmt: skip
        self._sqs.send_message(QueueUrl=self._queue_url, MessageBody=_json(envelope))

    def _refusal(self, told: LinkEvent, detail: dict[str, Any]) -> str:
        """Ask the bus to take it; return why it does not, "" where it did."""
        entry = {
            "EventBusName": self._bus, "Source": SOURCE, "DetailType": told.name, "Time": told.at,
            "Detail": _json(detail),
        }  # fmt: skip
        try:
            answer = self._events.put_events(Entries=[entry])
        except Exception as error:  # noqa: BLE001 - whatever is wrong with the bus, there is the queue
            code = getattr(error, "response", {}).get("Error", {}).get("Code", "")
            return f"{type(error).__name__} {code}".strip()
        if answer["FailedEntryCount"]:
            return str(answer["Entries"][0].get("ErrorCode", "unknown"))
        return ""


def _json(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"))
