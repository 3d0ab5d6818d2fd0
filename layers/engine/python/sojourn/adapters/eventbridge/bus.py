"""Puts the events that journeys emit, and the tasks they raise, on the event bus. It knows nothing of who listens.

The bus's rule brings them back in to the router, as events like any other.
"""

from __future__ import annotations

import json
from typing import Any

from sojourn.adapters.transient_errors import trying_again
from sojourn.application.ports import Outbound
from sojourn.domain.time.instants import iso
from sojourn.errors import TransientError

SOURCE = "sojourn"


class EventBridgeBus:
    """An event bus.

    Args:
        client: an EventBridge client; bus_name: the bus's name or ARN.
    """

    def __init__(self, client: Any, bus_name: str) -> None:
        self._client = client
        self._bus_name = bus_name

    def put(self, event: Outbound) -> None:
        """Put an event on the bus; put again after a crash, it has the same id.

        Raises:
            TransientError: the bus did not take it.
        """
        entry = {
            "EventBusName": self._bus_name,
            "Source": SOURCE,
            "DetailType": event.name,
            "Time": event.at,
            "Detail": json.dumps(detail(event), separators=(",", ":"), allow_nan=False),
        }
        with trying_again("PutEvents"):
            answer = self._client.put_events(Entries=[entry])
        if answer["FailedEntryCount"]:
            codes = ", ".join(one.get("ErrorCode", "?") for one in answer["Entries"])
            raise TransientError(f"PutEvents: {codes}")


def detail(event: Outbound) -> dict[str, Any]:
    """Return what an event says on the bus."""
    return {
        "id": event.id, "customer": event.customer, "at": iso(event.at), "properties": dict(event.properties),
        "run": event.run, "step": event.step, "hops": event.hops,
    }  # fmt: skip
