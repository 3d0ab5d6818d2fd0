"""Puts on the bus what others are told: events of the source `sojourn.ledger`, which no rule of ours brings back in.

It knows no kinds of events; what they say is `sojourn.application.outbound`.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from sojourn.adapters.json_text import compact
from sojourn.adapters.transient_errors import PASSING, trying_again
from sojourn.errors import TransientError

if TYPE_CHECKING:
    from sojourn.application.outbound import Announcement
    from sojourn.application.ports import Clock

SOURCE = "sojourn.ledger"
ENTRIES = 10
"""Entries a call may have ("Amazon EventBridge quotas")."""
CALL = 900_000
"""Bytes a call may have; the limit is 1 MB."""
DETAIL = 240_000
"""Bytes of an event above which it is cut: a queue or a function that it is for may take no more than 256 KB."""
ATTEMPTS = 6
LONGEST_PAUSE = 2.0

Entry = dict[str, Any]


class EventBridgeAnnouncements:
    """Puts events on a bus.

    Args:
        client: `boto3.client("events")`.
        clock: waits between attempts.
    """

    def __init__(self, client: Any, bus: str, clock: Clock) -> None:
        self._client = client
        self._bus = bus
        self._clock = clock

    def put(self, announcements: Iterable[Announcement]) -> int:
        """Put events on the bus; return how many it refuses for good.

        Raises:
            TransientError: it did not take all others in the end.
        """
        return sum(self._put(entries) for entries in _calls(map(self._entry, announcements)))

    def _entry(self, announcement: Announcement) -> Entry:
        detail = compact(announcement.detail)
        if len(detail.encode()) > DETAIL:
            short = {
                name: text[:1_000] if isinstance(text, str) else text
                for name, text in announcement.detail.items()
                if isinstance(text, str | bool | int | float)
            }
            detail = compact({**short, "details": {"cut": len(detail.encode())}})
        return {
            "Time": announcement.at, "Source": SOURCE, "DetailType": announcement.name, "Detail": detail,
            "EventBusName": self._bus,
        }  # fmt: skip

    def _put(self, entries: list[Entry]) -> int:
        refused = 0
        left = entries
        codes: set[str] = set()
        for attempt in range(1, ATTEMPTS + 1):
            with trying_again("PutEvents"):
                answer = self._client.put_events(Entries=left)
            if not answer["FailedEntryCount"]:
                return refused
            failed = [(entry, one["ErrorCode"]) for entry, one in zip(left, answer["Entries"], strict=True)
                      if "ErrorCode" in one]  # fmt: skip
            left = [entry for entry, code in failed if code in PASSING]
            refused += len(failed) - len(left)
            if not left:
                return refused
            codes = {code for _, code in failed}
            if attempt < ATTEMPTS:
                self._clock.pause(random.uniform(0, min(LONGEST_PAUSE, 0.1 * 2**attempt)))
        raise TransientError(f"PutEvents: {len(left)} not taken: {', '.join(sorted(codes))}")


def _calls(entries: Iterable[Entry]) -> Iterator[list[Entry]]:
    """Yield as many entries as fit into one call."""
    call: list[Entry] = []
    size = 0
    for entry in entries:
        bytes_of = 14 + sum(len(entry[name].encode()) for name in ("Source", "DetailType", "Detail"))
        if call and (len(call) == ENTRIES or size + bytes_of > CALL):
            yield call
            call, size = [], 0
        call.append(entry)
        size += bytes_of
    if call:
        yield call
