"""Writes lines through Firehose: JSON, one object a line, several lines to a record.

Firehose is paid by the record, each counted up to the next 5 KB, so lines travel together. A record ends with a line
break and never cuts a line, so the files are lines whatever Firehose puts side by side. It knows no columns.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sojourn.adapters.json_text import compact
from sojourn.adapters.transient_errors import trying_again
from sojourn.errors import TransientError

if TYPE_CHECKING:
    from sojourn.application.ports import Clock

RECORD = 1_000 * 1_024
"""Bytes a record may have ("Amazon Data Firehose quotas": 1,000 KiB)."""
FULL = 256 * 1_024
"""Bytes from which on a record takes no further line."""
RECORDS = 500
"""Records a call may have."""
CALL = 3_500_000
"""Bytes a call may have; the limit is 4 MiB."""
ATTEMPTS = 6
LONGEST_PAUSE = 2.0


class FirehoseLines:
    """Writes lines to a delivery stream.

    Args:
        client: `boto3.client("firehose")`.
        clock: waits between attempts.
    """

    def __init__(self, client: Any, stream: str, clock: Clock) -> None:
        self._client = client
        self._stream = stream
        self._clock = clock

    def put(self, lines: Iterable[Mapping[str, str]]) -> None:
        """Write lines; what Firehose does not take is offered again.

        Raises:
            TransientError: it did not take all of them in the end.
        """
        for records in _calls(_records(lines)):
            self._put(records)

    def _put(self, records: Sequence[bytes]) -> None:
        left = list(records)
        why = ""
        for attempt in range(1, ATTEMPTS + 1):
            with trying_again("PutRecordBatch"):
                answer = self._client.put_record_batch(
                    DeliveryStreamName=self._stream, Records=[{"Data": data} for data in left]
                )
            if not answer["FailedPutCount"]:
                return
            answers = list(zip(left, answer["RequestResponses"], strict=True))
            left = [data for data, one in answers if "ErrorCode" in one]
            why = next(str(one["ErrorCode"]) for _, one in answers if "ErrorCode" in one)
            if attempt < ATTEMPTS:
                self._clock.pause(random.uniform(0, min(LONGEST_PAUSE, 0.1 * 2**attempt)))
        raise TransientError(f"PutRecordBatch: {len(left)} records not taken: {why}")


def _records(lines: Iterable[Mapping[str, str]]) -> Iterator[bytes]:
    """Yield lines in records."""
    record = bytearray()
    for line in lines:
        data = _line(line)
        if record and len(record) + len(data) > FULL:
            yield bytes(record)
            record.clear()
        record += data
    if record:
        yield bytes(record)


def _line(line: Mapping[str, str]) -> bytes:
    data = compact(line).encode() + b"\n"
    if len(data) <= RECORD:
        return data
    # What is long is what was told beside: it is left out, and the line says so.
    note = compact({"cut": len(data)})
    short = {name: text if len(text) <= 1_000 else text[:1_000] for name, text in line.items()}
    return compact({**short, "details": note}).encode() + b"\n"


def _calls(records: Iterable[bytes]) -> Iterator[list[bytes]]:
    """Yield as many records as fit into one call."""
    call: list[bytes] = []
    size = 0
    for record in records:
        if call and (len(call) == RECORDS or size + len(record) > CALL):
            yield call
            call, size = [], 0
        call.append(record)
        size += len(record)
    if call:
        yield call
