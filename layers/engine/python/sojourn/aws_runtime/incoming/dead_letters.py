"""Puts messages that nobody can read on the dead-letter queue, as they came, with their reason beside them."""

from __future__ import annotations

import re
from typing import Any

LONGEST_REASON = 500
# SQS takes the characters that XML 1.0 knows, and answers an error to any other. A text and not compiled: poison is
# rare, and this takes longer to compile than the rest of the module to import.
_NO_CHARACTER = r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]"


class SqsDeadLetters:
    """The dead-letter queue; `client` is an SQS client."""

    def __init__(self, client: Any, queue_url: str) -> None:
        self._client = client
        self._queue_url = queue_url

    def put(self, message_id: str, body: str, reason: str) -> None:
        """Put a message there; attribute `reason` says why, `message` which it was."""
        said = {
            "reason": re.sub(_NO_CHARACTER, "�", reason)[:LONGEST_REASON] or "unknown",
            "message": message_id,
        }
        self._client.send_message(
            QueueUrl=self._queue_url,
            MessageBody=body,
            MessageAttributes={
                name: {"DataType": "String", "StringValue": text} for name, text in said.items()
            },
        )
