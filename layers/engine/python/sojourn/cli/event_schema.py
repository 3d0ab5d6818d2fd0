"""The contract of events that come in, as JSON Schema: of any deployment, and of one workspace with its own events.

What the schema takes, `aws_runtime.incoming.inbound` takes. It is the stricter of the two where it cannot say more: ids
in other alphabets are shorter here, telephone numbers have no spaces, times have a `T`. It cannot say how large and
how deep an event may be, nor that two fields must agree, nor which numbers can be dialled, nor which words stand for
no id and no token. It knows no queue.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from sojourn.aws_runtime.incoming import inbound
from sojourn.domain.customer import identity
from sojourn.domain.decide.learning import CONTACT

if TYPE_CHECKING:
    from sojourn.domain.journey.model.workspace import Property, Workspace

DIALECT = "https://json-schema.org/draft/2020-12/schema"
_IDS_BYTES = 188
Schema = dict[str, Any]


def _said(schema: Schema, text: str) -> Schema:
    return {**schema, "description": text}


def _maybe(schema: Schema) -> Schema:
    """Return a schema that takes null as well: a field that is null is absent."""
    return {**schema, "type": [schema["type"], "null"]}


def _text(longest: int, **more: Any) -> Schema:
    return {"type": "string", "minLength": 1, "maxLength": longest, **more}


ID: Schema = {
    "type": "string",
    "minLength": 1,
    "anyOf": [
        {"pattern": "^[A-Za-z0-9_-]{1,255}$", "not": {"pattern": "^b64_"}},
        {"maxLength": _IDS_BYTES // 4},
    ],
}
"""A customer's id: 188 bytes of anything, or 255 of ASCII letters, digits, `_` and `-`."""
EVENT_ID: Schema = {
    **_text(inbound.LONGEST_ID),
    "anyOf": [{"maxLength": inbound.LONGEST_ID_BYTES // 4}, {"pattern": "^[\\u0000-\\u07ff]*$"}],
}
"""An event's id. Of letters of one or two bytes as many as there may be, of all others as if each had four."""
NAME = _text(inbound.LONGEST_NAME, pattern=f"^{inbound.NAME}$")
INSTANT: Schema = {
    "type": "string",
    "format": "date-time",
    "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}T([01][0-9]|2[0-3]):[0-9]{2}:[0-9]{2}([.][0-9]{1,9})?"
    "(Z|[+-]([01][0-9]|2[0-3]):[0-5][0-9])$",
}
_OBJECT: Schema = {"type": "object"}
_NOT_OURS = "^(" + "|".join(identity.KINDS) + ")-[0-9a-f]{32}$"

IDENTITIES: Mapping[str, Schema] = {
    "user_id": _said(
        {**_maybe(ID), "not": {"type": "string", "pattern": _NOT_OURS}},
        "The same as the detail's `customer`.",
    ),
    "anonymous_id": _said(
        _maybe(_text(inbound.LONGEST_ID, pattern="\\S")),
        "What a browser or an app made up. What stands for none, such as `undefined`, is left out.",
    ),
    "email": _said(_maybe(_text(inbound.LONGEST_ID, pattern=f"^{inbound.ADDRESS}$")), "In any case."),
    "phone": _said(
        _maybe({"type": "string", "pattern": "^\\+[1-9][0-9]{6,14}$"}),
        "E.164, of a length that its country has. Spaces, hyphens, parentheses and `00` for `+` are understood too;"
        " without a country it is the workspace's.",
    ),
    "device": _said(
        _maybe(_text(inbound.LONGEST_ADDRESS, pattern="\\S")),
        "The token for push messages. What stands for none is left out.",
    ),
}


def _someone() -> list[Schema]:
    """Return the ways to say whose an event is, one of which is needed."""
    known = [{"required": ["customer"], "properties": {"customer": {"type": "string"}}}]
    for name in IDENTITIES:
        inner = {"required": [name], "properties": {name: {"type": "string"}}}
        known.append({"required": ["identities"], "properties": {"identities": {"type": "object", **inner}}})
    return known


def detail_schema() -> Schema:
    """Return the schema of an event's detail."""
    contact = {name: _maybe({"type": "string", "maxLength": inbound.LONGEST_ADDRESS}) for name in CONTACT}
    someone = _someone()
    return {
        "type": "object",
        "properties": {
            "customer": _said(
                _maybe(ID),
                "The customer's id in your systems: up to 255 ASCII letters, digits, `_` and `-`, or 188 bytes of"
                " anything else. What stands for none, such as `undefined` or `0`, is left out.",
            ),
            "identities": _said(
                {"type": ["object", "null"], "properties": dict(IDENTITIES)},
                "What else they are known by; all that is given is said to be the same person's.",
            ),
            "id": _said(
                _maybe(EVENT_ID),
                "Makes a second delivery known; EventBridge's own where it is missing."
                f" {inbound.LONGEST_ID_BYTES} bytes of UTF-8 at most.",
            ),
            "name": _said(_maybe(NAME), "The event's name; the entry's `detail-type` where it is missing."),
            "time": _said(
                _maybe(INSTANT), "When it happened; when it was put on the bus where it is missing."
            ),
            "at": _said(_maybe(INSTANT), "An older word for `time`."),
            "properties": _said(_maybe(_OBJECT), "What the tracking plan says of the event, and more."),
            "attributes": _said(
                {**_maybe(_OBJECT), "properties": contact}, "What becomes known of the customer with it."
            ),
            "context": _said(
                _maybe(_OBJECT),
                "Where it happened. `timezone` and `locale` are learned, `ip` and `userAgent` are not kept.",
            ),
            "merge": _said(_maybe(ID), "Another customer, by id, who is the same person."),
            "hearsay": _said(
                {"type": ["boolean", "null"]},
                "Anybody may have said it: an address or a zone replaces none that was told, and joins nobody."
                " Applications leave it out.",
            ),
            "hops": _said(
                {"type": ["integer", "null"], "minimum": 0, "maximum": inbound.MOST_HOPS},
                "How many journeys in quick succession led to it. Applications leave it out.",
            ),
        },
        "anyOf": someone,
        "if": {"required": ["merge"], "properties": {"merge": {"type": "string"}}},
        "then": {"anyOf": someone[:2]},
    }


def event_schema() -> Schema:
    """Return the schema of an event as EventBridge delivers it; its detail is `#/$defs/detail`."""
    named = {"required": ["name"], "properties": {"name": {"type": "string"}}}
    return {
        "$schema": DIALECT,
        "title": "An event that comes in",
        "type": "object",
        "properties": {
            "id": _said(EVENT_ID, "EventBridge's."),
            "time": _said(INSTANT, "When it was put on the bus."),
            "source": {"type": "string", "not": {"const": "sojourn.ledger"}},
            "detail-type": _said({"type": "string"}, "The event's name, unless the detail has one."),
            "detail": {"$ref": "#/$defs/detail"},
        },
        "required": ["id", "time", "detail-type", "detail"],
        "if": {"properties": {"detail": named}},
        "else": {"properties": {"detail-type": NAME}},
        "$defs": {"detail": detail_schema()},
    }


def workspace_schema(workspace: Workspace) -> Schema:
    """Return the schema of the details of a workspace's own events, each with its properties, and of its attributes."""
    events = {
        name: {"type": "object", "properties": {one: _planned(typed) for one, typed in planned.items()}}
        for name, planned in workspace.events.items()
    }
    detail = detail_schema()
    declared = {name: _planned(typed) for name, typed in workspace.attributes.items() if name not in CONTACT}
    detail["properties"]["attributes"]["properties"] |= declared
    return {
        "$schema": DIALECT,
        "title": f"Events of {workspace.workspace}",
        **detail,
        "required": ["name"],
        "allOf": [
            {
                "if": {"properties": {"name": {"const": name}}},
                "then": {"properties": {"properties": {"$ref": f"#/$defs/{name}"}}},
            }
            for name in events
        ],
        "$defs": events,
    }


def _planned(typed: Property) -> Schema:
    schema: Schema = {"type": [*_TYPES[typed.type], "null"]} if typed.type in _TYPES else {}
    if typed.type in ("date", "time"):
        schema["pattern"] = "^[0-9]{4}-[0-9]{2}-[0-9]{2}"
    if typed.one_of:
        schema["examples"] = list(typed.one_of)
    return _said(schema, typed.description) if typed.description else schema


_TYPES: Mapping[str, tuple[str, ...]] = {
    "string": ("string",), "number": ("number",), "boolean": ("boolean",), "date": ("string",), "time": ("string",),
    "list": ("array",), "object": ("object",),
}  # fmt: skip
