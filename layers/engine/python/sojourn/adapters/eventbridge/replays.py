"""Puts an event that was kept aside on the bus again, under its own id and with its own time. It knows no table."""

from __future__ import annotations

import json
from typing import Any

from sojourn.adapters.transient_errors import trying_again
from sojourn.application.quarantine import Quarantined

SOURCE = "sojourn-quarantine"


class Replays:
    """An event bus, as events come to it again.

    Args:
        client: an EventBridge client; bus_name: the bus's name or ARN.
    """

    def __init__(self, client: Any, bus_name: str) -> None:
        self._client = client
        self._bus_name = bus_name

    def put(self, event: Quarantined) -> str:
        """Put an event on the bus; return why the bus does not take it, in AWS's word, "" where it did.

        Raises:
            TransientError: the bus does not answer.
        """
        entry = {
            "EventBusName": self._bus_name, "Source": SOURCE, "DetailType": event.name,
            "Detail": json.dumps(event.detail, ensure_ascii=False, separators=(",", ":")),
        }  # fmt: skip
        with trying_again("PutEvents"):
            answer = self._client.put_events(Entries=[entry])
        if not answer["FailedEntryCount"]:
            return ""
        return str(answer["Entries"][0].get("ErrorCode") or "InternalFailure")
