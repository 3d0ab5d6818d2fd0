"""What the OpenAPI documents of all our HTTP APIs say alike. Only they import it: who asks for one waits for it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

Schema = dict[str, Any]

LICENSE: Schema = {"name": "MIT", "identifier": "MIT"}
WRITE_KEY: Schema = {
    "writeKey": {
        "type": "http",
        "scheme": "basic",
        "description": "The write key of a source as the user name; no password.",
    }
}
_RETRY: Schema = {"Retry-After": {"schema": {"type": "integer"}, "description": "In seconds."}}


def ref(name: str) -> Schema:
    """Return a reference to one of the document's schemas."""
    return {"$ref": f"#/components/schemas/{name}"}


def answer(description: str, schema: str) -> Schema:
    """Return a response that is JSON of one of the document's schemas."""
    return {"description": description, "content": {"application/json": {"schema": ref(schema)}}}


def json_body(schema: Schema) -> Schema:
    """Return the request body of a call, which must have one."""
    return {"required": True, "content": {"application/json": {"schema": schema}}}


def refusals(also: Mapping[str, Schema], again: str) -> dict[str, Schema]:
    """Return the responses of every call that is refused: for what may come to any, and for what *also* may to this.

    Args:
        again: what 503 means.
    """
    return {
        "400": answer("It cannot be used, and says why.", "error"),
        "401": answer("The write key is nobody's.", "error"),
        **also,
        "413": answer("It is too large.", "error"),
        "415": answer("It is no JSON, or packed otherwise than by gzip.", "error"),
        "429": {"description": "Too many calls: send it again later."},
        "503": {**answer(again, "error"), "headers": _RETRY},
    }


def said() -> Schema:
    """Return the properties that every error has."""
    return {
        "code": {"type": "string", "description": "One word for programs."},
        "message": {"type": "string", "description": "What is wrong, by its place; it quotes nothing."},
    }


def record(properties: Schema, needed: Collection[str] | None = None) -> Schema:
    """Return an object that has these properties and no others: those *needed*, or all, in any case."""
    required = list(properties if needed is None else needed)
    return {"type": "object", "required": required, "additionalProperties": False, "properties": properties}
