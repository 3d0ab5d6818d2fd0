from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from botocore.exceptions import ClientError

from sojourn.adapters.eventbridge.replays import Replays
from sojourn.application.quarantine import Quarantined
from sojourn.errors import TransientError

EVENT = Quarantined(
    "c-42", "o-1", "bought", datetime(2026, 3, 6, tzinfo=UTC), ("wrong",),
    {"customer": "c-42", "id": "o-1", "name": "bought", "properties": {"what": "Grüße"}},
)  # fmt: skip


class Events:
    """EventBridge, which answers so."""

    def __init__(self, answer: Any) -> None:
        self.answer = answer
        self.entries: list[Any] = []

    def put_events(self, Entries: list[Any]) -> Any:  # noqa: N803 - AWS's word
        """Note what is put."""
        self.entries += Entries
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


def test_an_event_is_put_as_it_came() -> None:
    """Its id is its own, so that it is stored once, however often it is put."""
    events = Events({"FailedEntryCount": 0, "Entries": [{"EventId": "1"}]})

    assert Replays(events, "bus").put(EVENT) == ""

    (entry,) = events.entries
    assert (entry["EventBusName"], entry["Source"], entry["DetailType"]) == (
        "bus", "sojourn-quarantine", "bought",
    )  # fmt: skip
    assert json.loads(entry["Detail"]) == EVENT.detail


@pytest.mark.parametrize(
    ("said", "why"), [({"ErrorCode": "ThrottlingException"}, "ThrottlingException"), ({}, "InternalFailure")]
)
def test_what_the_bus_does_not_take_is_told(said: dict[str, str], why: str) -> None:
    """In AWS's word, as far as it has one."""
    assert Replays(Events({"FailedEntryCount": 1, "Entries": [said]}), "bus").put(EVENT) == why


def test_a_bus_that_does_not_answer_is_asked_again_later() -> None:
    """Whoever put it does not take it out of quarantine."""
    error: Any = {"Error": {"Code": "InternalException"}, "ResponseMetadata": {"HTTPStatusCode": 500}}

    with pytest.raises(TransientError, match="PutEvents"):
        Replays(Events(ClientError(error, "PutEvents")), "bus").put(EVENT)
