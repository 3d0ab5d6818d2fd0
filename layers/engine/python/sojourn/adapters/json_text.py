"""JSON as AWS is handed it: in as few bytes as it takes, since rows, events and lines are all paid by their size.

It knows no row, event or line.
"""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from sojourn.domain.time.instants import iso


def compact(value: Any) -> str:
    """Return JSON in as few bytes as it takes; instants among it as ISO 8601."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=_instant)
    try:
        text.encode()
    except UnicodeEncodeError:
        # Half a surrogate pair has no bytes of its own, only its number.
        return json.dumps(value, separators=(",", ":"), default=_instant)
    return text


def _instant(value: Any) -> str:
    if isinstance(value, datetime):
        return iso(value)
    raise TypeError(f"{value!r} is nothing that JSON can say")
