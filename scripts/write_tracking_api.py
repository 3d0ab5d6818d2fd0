"""Writes the tracking API's OpenAPI document: `write_tracking_api.py docs/tracking.openapi.json`.

The function publishes the same at /v1/openapi.json. A test compares the committed file with what this makes.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from sojourn.aws_runtime.tracking.openapi import document


def written() -> str:
    """Return the document as a file has it."""
    return json.dumps(document(), indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(written(), encoding="utf-8")
