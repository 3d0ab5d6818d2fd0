"""Writes what comes in, as a page and as a JSON Schema: `write_inbound_events.py DOCS`.

Fields and what they mean are those of the schema, which is the code's; the page's own words stand in a template, and a
test compares the committed files with what this makes.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sojourn.aws_runtime.incoming.fields import DEEPEST, LONGEST_DETAIL
from sojourn.aws_runtime.settings import Settings
from sojourn.cli.event_schema import IDENTITIES, detail_schema, event_schema

TEMPLATE = Path(__file__).with_name("inbound-events.template.md")
SCHEMA = "inbound-event.json"
_OLD = frozenset(("at",))


def schema_text() -> str:
    """Return the schema as a file has it."""
    return json.dumps(event_schema(), indent=2, ensure_ascii=False) + "\n"


def page() -> str:
    """Return the page."""
    fields = {name: one for name, one in detail_schema()["properties"].items() if name not in _OLD}
    parts = {
        "@FIELDS@": _table("field of `detail`", fields), "@IDENTITIES@": _table("in `identities`", IDENTITIES),
        "@BYTES@": f"{LONGEST_DETAIL:,}", "@DEEPEST@": str(DEEPEST), "@DAYS@": str(Settings().quarantine_days),
    }  # fmt: skip
    text = TEMPLATE.read_text(encoding="utf-8")
    for mark, part in parts.items():
        text = text.replace(mark, part)
    return text


def _table(head: str, fields: Mapping[str, Mapping[str, Any]]) -> str:
    rows = [f"| `{name}` | {_kind(one)} | {one['description']} |" for name, one in fields.items()]
    return "\n".join([f"| {head} | is | means |", "| --- | --- | --- |", *rows])


def _kind(schema: Mapping[str, Any]) -> str:
    types = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    (kind,) = [one for one in types if one != "null"]
    if schema.get("format") == "date-time":
        return "an instant with a zone"
    words = {
        "boolean": "true or false",
        "string": "a text",
        "object": "an object",
        "integer": "a whole number",
    }
    longest = f" of up to {schema['maxLength']:,} characters" if "maxLength" in schema else ""
    return words[kind] + longest


if __name__ == "__main__":
    docs = Path(sys.argv[1])
    (docs / "inbound-events.md").write_text(page(), encoding="utf-8")
    (docs / "schemas").mkdir(exist_ok=True)
    (docs / "schemas" / SCHEMA).write_text(schema_text(), encoding="utf-8")
