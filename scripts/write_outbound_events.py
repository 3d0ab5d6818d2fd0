"""Writes what others are told, as a page and as JSON Schemas: `write_outbound_events.py DOCS`.

Kinds, columns and counters are the code's own; what each means stands in `outbound_words`. A test compares the
committed files with what this makes, and the schemas with events that were really told.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from scripts.outbound_words import EVENTS, HEAD, NUMBER, OF_CUSTOMERS, RUN
from sojourn.adapters.eventbridge.announcements import SOURCE
from sojourn.application.counting import OF_RUNS, OF_STEPS
from sojourn.application.outbound import COLUMNS, KINDS, PREFIX, USUAL

TEMPLATE = Path(__file__).with_name("outbound-events.template.md")
"""The page's own words, with marks where tables come."""


def meaning(kind: str) -> str:
    """Return what a kind of event means."""
    return EVENTS[kind][0] if kind in EVENTS else OF_CUSTOMERS[kind][0]


def schema(kind: str) -> dict[str, Any]:
    """Return the JSON Schema of an event's detail."""
    if kind in EVENTS:
        _, details, always = EVENTS[kind]
        whole = {
            "type": "object",
            "description": "What else there is. Of an event that was too large only `cut`: the bytes it had.",
            "properties": {**details, "cut": NUMBER},
            "additionalProperties": False,
            "anyOf": [{"required": list(always)}, {"required": ["cut"]}],
        }
        fields = {**HEAD, **RUN, "details": whole}
    else:
        fields = {**HEAD, **OF_CUSTOMERS[kind][1]}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": PREFIX + kind,
        "description": meaning(kind),
        "type": "object",
        "properties": fields,
        "required": list(fields),
        "additionalProperties": False,
    }


def text_of(kind: str) -> str:
    """Return the schema as a file has it."""
    return json.dumps(schema(kind), indent=2, ensure_ascii=False) + "\n"


def _table(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines) + "\n"


def _events() -> str:
    rows = []
    for kind in KINDS:
        fields = EVENTS[kind][1] if kind in EVENTS else OF_CUSTOMERS[kind][1]
        named = ", ".join(f"`{name}`" for name in fields) or "–"
        usual = "yes" if kind in USUAL else ""
        rows.append((f"[`{PREFIX}{kind}`](schemas/{PREFIX}{kind}.json)", meaning(kind), named, usual))
    return _table(("DetailType", "what it means", "details", "usual"), rows)


def page() -> str:
    """Return the page."""
    counters = [(f"`{name}`", text) for name, text in OF_STEPS.items()]
    of_runs = [(f"`{name}`", text) for name, text in OF_RUNS.items()]
    columns = [(f"`{name}`", text) for name, text in COLUMNS]
    parts = {
        "@SOURCE@": SOURCE,
        "@EVENTS@": _events(),
        "@STEPS@": _table(("counter of a step", "what it counts"), counters),
        "@RUNS@": _table(("counter of a journey's version", "what it counts"), of_runs),
        "@COLUMNS@": _table(("column", "what it holds"), columns),
    }
    text = TEMPLATE.read_text(encoding="utf-8")
    for mark, part in parts.items():
        text = text.replace(mark, part.rstrip("\n"))
    return text


if __name__ == "__main__":
    docs = Path(sys.argv[1])
    (docs / "outbound-events.md").write_text(page(), encoding="utf-8")
    (docs / "schemas").mkdir(exist_ok=True)
    for kind in KINDS:
        (docs / "schemas" / f"{PREFIX}{kind}.json").write_text(text_of(kind), encoding="utf-8")
