"""What people do with links, as events; how they come in is `sojourn.aws_runtime.incoming.intake`'s. It knows no link.

Where the bus does not take an event, the queue behind it does: a consent that was taken back is heard of, without an
operator having to act.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sojourn.aws_runtime.incoming.intake import EventIntake, Inbound

SOURCE = "sojourn.links"
QUEUED = "LinkEventsQueued"


@dataclass(frozen=True, slots=True)
class LinkEvent:
    """An event of a customer, as `aws_runtime.incoming.inbound` reads it; `id` is the same where it is the same."""

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
        self._intake = EventIntake(events, bus, sqs, queue_url, source=SOURCE, queued=QUEUED)

    def put(self, told: LinkEvent) -> None:
        """Put an event in; whatever is raised, neither way took it."""
        detail = {"customer": told.customer, "properties": told.properties}
        self._intake.put([Inbound(told.id, told.name, told.at, detail)])
