"""Writes the OpenAPI documents of our HTTP APIs: `write_openapi.py DOCS`.

The tracking API publishes its own at /v1/openapi.json. A test compares the committed files with what this makes.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from sojourn.aws_runtime.api import openapi as programs
from sojourn.aws_runtime.publishing import openapi as control
from sojourn.aws_runtime.tracking import openapi as tracking

DOCUMENTS: Mapping[str, Callable[[], dict[str, Any]]] = {
    "tracking.openapi.json": tracking.document,
    "api.openapi.json": programs.document,
    "control.openapi.json": control.document,
}
"""File -> what it holds."""


def written(name: str) -> str:
    """Return a document as its file has it."""
    return json.dumps(DOCUMENTS[name](), indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    for one in DOCUMENTS:
        (Path(sys.argv[1]) / one).write_text(written(one), encoding="utf-8")
