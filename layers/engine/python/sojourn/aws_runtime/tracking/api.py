"""Answers the calls of Segment's clients: reads who calls and what happened, puts it on the bus, and says so.

No customer is read or written, so that an answer takes as long as one call of EventBridge: `route` does the rest. What
was answered with 200 is on the bus or on the queue behind it. It knows neither, nor the table.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

from sojourn.application.ports import Clock
from sojourn.application.sources import Source
from sojourn.aws_runtime.api.answering import Door, nobody
from sojourn.aws_runtime.api.http import Answer, BadCall, HttpCall, answered, checked, parsed, too_large
from sojourn.aws_runtime.api.write_keys import WriteKeys, key_in
from sojourn.aws_runtime.incoming.intake import EventIntake, Inbound
from sojourn.aws_runtime.observability import count
from sojourn.aws_runtime.tracking.calls import KINDS, LONGEST_MESSAGE, Received, event_of
from sojourn.aws_runtime.tracking.fields import Said

LONGEST_BATCH = 500 * 1024
"""Bytes of a batch, unpacked; Segment's own limit, as is the next."""
MOST_MESSAGES = 2_500
SOURCE = "sojourn.track"
QUEUED = "TrackEventsQueued"
REFUSED = "TrackRefused"
FAILED = "TrackFailed"
BATCHES = ("batch", "import")
PATHS: Mapping[str, str] = {
    **{f"v1/{call}": call for call in (*KINDS, *BATCHES)},
    # As the library for browsers abbreviates them.
    **{f"v1/{call[0]}": call for call in (*KINDS, "batch")},
}
"""The end of a path -> the call."""
OPENAPI = "v1/openapi.json"
DOOR = Door(REFUSED, FAILED, 5, "the call could not be taken in: send it again, as it was")


class Intake(Protocol):
    """The way in for events."""

    def put(self, told: Sequence[Inbound]) -> None:
        """Put events in; whatever is raised, not all are in."""


def track() -> Track:
    """Make what answers: the keys, the bus, and the queue behind it."""
    from sojourn.adapters.dynamodb.sources import DynamoSources
    from sojourn.aws_runtime.clients import Clients
    from sojourn.aws_runtime.clock import SystemClock
    from sojourn.aws_runtime.settings import Settings

    settings, clients = Settings.read(os.environ, "table", "bus", "events_url"), Clients()
    sources = DynamoSources(clients.soon("dynamodb"), settings.table)
    intake = EventIntake(
        clients.soon("events"), settings.bus, clients.later("sqs"), settings.events_url, source=SOURCE, queued=QUEUED
    )  # fmt: skip
    return Track(WriteKeys(sources.find), intake, SystemClock())


class Track:
    """Answers calls.

    Args:
        source_of: returns whose a write key is, None where it is nobody's.
        intake: where what happened is told.
    """

    def __init__(self, source_of: Callable[[str], Source | None], intake: Intake, clock: Clock) -> None:
        self._source_of = source_of
        self._intake = intake
        self._clock = clock

    def __call__(self, event: Mapping[str, Any]) -> Answer:
        """Answer a call; never raises."""
        return DOOR.answer(event, self._answer)

    def _answer(self, call: HttpCall) -> Answer:
        path = "/".join(call.path.rsplit("/", 2)[-2:])
        if path == OPENAPI and call.method in ("GET", "HEAD"):
            from sojourn.aws_runtime.tracking.openapi import document

            return answered(200, document())
        kind = PATHS.get(path)
        if kind is None and path != OPENAPI:
            raise BadCall(
                404, "not_found", "there is no such call; GET /v1/openapi.json lists those there are"
            )
        allowed = "GET" if kind is None else "POST"
        if kind is None or call.method != allowed:
            raise BadCall(405, "method_not_allowed", f"this is asked for with {allowed}", {"allow": allowed})
        said = self._said(call, LONGEST_BATCH if kind in BATCHES else LONGEST_MESSAGE)
        source = self._source(call, said)
        return self._batch(said, source) if kind in BATCHES else self._one(kind, said, source)

    def _said(self, call: HttpCall, longest: int) -> dict[str, Any]:
        # Who has no key, or none that can be one, need not be read.
        if key_in(call.headers) == "":
            raise nobody(challenge=False)
        return parsed(call.content(longest))

    def _source(self, call: HttpCall, said: Mapping[str, Any]) -> Source:
        """Return who calls, by the header or, from a browser's beacon, by the body."""
        key = key_in(call.headers)
        if key is None:
            key = said.get("writeKey")
        source = self._source_of(key) if isinstance(key, str) else None
        if source is None:
            raise nobody(challenge=False)
        return source

    def _one(self, kind: str, said: dict[str, Any], source: Source) -> Answer:
        self._take([event_of(kind, said, Received(self._clock.now(), source))], source)
        return answered(200, {"success": True})

    def _batch(self, said: dict[str, Any], source: Source) -> Answer:
        messages = said.get("batch")
        if not isinstance(messages, list):
            raise BadCall(400, "bad_field", "batch: a list is wanted")
        if len(messages) > MOST_MESSAGES:
            raise BadCall(413, "too_many", f"batch: more than {MOST_MESSAGES:,} messages")
        whole = Said(said, "")
        context = whole.inner("context").value
        if context and checked(context, "context") * len(messages) > LONGEST_BATCH:
            raise too_large("batch, each message with the context of all,", LONGEST_BATCH)
        received = Received(self._clock.now(), source, whole.instant("sentAt"), context)
        events: list[Inbound] = []
        refused: list[dict[str, Any]] = []
        for index, message in enumerate(messages):
            try:
                events.append(_of_batch(index, message, received))
            except BadCall as wrong:
                refused.append({"index": index, "code": wrong.code, "message": wrong.message})
        self._take(events, source)
        for code in sorted({one["code"] for one in refused}):
            count(REFUSED, sum(one["code"] == code for one in refused), code=code)
        if refused and not events:
            said_of = {"code": "nothing_accepted", "message": "batch: no message of it can be used"}
            return answered(400, {**said_of, "accepted": 0, "refused": refused})
        return answered(200, {"success": not refused, "accepted": len(events), "refused": refused})

    def _take(self, events: Sequence[Inbound], source: Source) -> None:
        if events:
            self._intake.put(events)
            count("TrackAccepted", len(events), source=source.name)


def _of_batch(index: int, message: Any, received: Received) -> Inbound:
    where = f"batch[{index}]."
    kind = Said(message, where).value.get("type")
    if kind not in KINDS:
        raise BadCall(400, "bad_field", f"{where}type: one of {', '.join(KINDS)} is wanted")
    return event_of(kind, message, received, where)
