"""The tracking API as OpenAPI 3.1: what the function publishes of itself, and docs/tracking.openapi.json holds.

Limits are the code's own. Schemas say what JSON Schema can say; what a call is refused for beyond that is in the
descriptions. Nothing else imports it: who asks for the document waits for it.
"""

from __future__ import annotations

from sojourn.application.sources import CONSENTS, MERGE
from sojourn.aws_runtime.api.http import DEEPEST
from sojourn.aws_runtime.api.published import (
    LICENSE,
    WRITE_KEY,
    Schema,
    answer,
    json_body,
    record,
    ref,
    refusals,
    said,
)
from sojourn.aws_runtime.tracking.api import BATCHES, LONGEST_BATCH, MOST_MESSAGES
from sojourn.aws_runtime.tracking.calls import CONTACT, KINDS, LONGEST_MESSAGE, OF_CALLS
from sojourn.aws_runtime.tracking.fields import LONGEST_ADDRESS, LONGEST_ID
from sojourn.domain.customer.identity import PLACEHOLDERS, SERVICES

VERSION = "1.0.0"
_TEXT: Schema = {"type": ["string", "null"], "maxLength": LONGEST_ID}
_ID: Schema = {
    "type": ["string", "integer", "null"], "maxLength": LONGEST_ID, "pattern": "^[^\\x00-\\x1f\\x7f-\\x9f]*$",
    "minimum": -(2**63), "maximum": 2**63 - 1,
}  # fmt: skip
_USER: Schema = {
    **_ID,
    "maxLength": 255,
    "description": "The user's id in your own system: the customer's id.",
}
_INSTANT: Schema = {
    "anyOf": [
        {"type": "string", "format": "date-time"},
        {"type": ["string", "null"], "maxLength": 0},
    ]
}
_OBJECT: Schema = {"type": ["object", "null"], "additionalProperties": True}
_ADDRESS: Schema = {"type": ["string", "null"], "maxLength": LONGEST_ADDRESS}
_DOES = {
    "identify": "Say who somebody is: their traits become the customer's attributes.",
    "track": "Say what somebody did.",
    "page": "Say which page somebody looked at.",
    "screen": "Say which screen of an app somebody looked at.",
    "group": "Say which group somebody belongs to: a company, a team.",
    "alias": "Say that two ids are the same person.",
    "batch": "Say several things at once.",
    "import": "The same as batch, for what happened long ago.",
}


def document() -> Schema:
    """Return the document."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Sojourn tracking API",
            "version": VERSION,
            "summary": "What customers do comes in: compatible with Segment's HTTP tracking API.",
            "description": (
                f"A call may have {LONGEST_MESSAGE:,} bytes, as may each message of a batch; a batch"
                f" {LONGEST_BATCH:,} bytes, unpacked, and {MOST_MESSAGES:,} messages. Bodies are nested"
                f" {DEEPEST} levels deep at most. Fields that are not listed are passed over. A call that is sent"
                " again with the same messageId is the same event."
            ),
            "license": LICENSE,
        },
        "servers": [{"url": "/"}],
        "security": [{"writeKey": []}],
        "tags": [{"name": "calls", "description": "What clients send."}],
        "paths": {
            **{f"/v1/{kind}": {"post": _operation(kind, ref(kind))} for kind in KINDS},
            **{f"/v1/{kind}": {"post": _operation(kind, ref("batch"))} for kind in BATCHES},
            "/v1/openapi.json": {"get": _published()},
        },
        "components": {
            "securitySchemes": WRITE_KEY,
            "schemas": {
                **{kind: _message(kind) for kind in KINDS},
                "context": _context(),
                "traits": {**_OBJECT, "properties": dict.fromkeys(CONTACT, _ADDRESS)},
                "batch": _batch(),
                "accepted": _accepted(),
                "accepted_batch": _accepted_batch(),
                "error": _error(),
            },
        },
    }


def _operation(kind: str, schema: Schema) -> Schema:
    batch = kind in BATCHES
    return {
        "operationId": kind,
        "tags": ["calls"],
        "summary": _DOES[kind],
        **({"description": _NOTES[kind]} if kind in _NOTES else {}),
        "requestBody": json_body(schema),
        "responses": {
            "200": answer(
                "It is in; of a batch, what is not `refused` is." if batch else "It is in.",
                "accepted_batch" if batch else "accepted",
            ),
            **refusals(
                {} if kind != "track" else {"403": answer("The write key lacks a right.", "error")},
                "It could not be taken in: send it again.",
            ),
        },
    }


_NOTES = {
    "track": (
        "The event's name becomes an identifier: `Order Completed` is `order_completed`. Events about messages and"
        f" segments are the engine's own; `subscribed` and `unsubscribed` need the right `{CONSENTS}`."
    ),
    "alias": f"Two customers who both have a user id are merged only for a key that has the right `{MERGE}`.",
    "batch": (
        "What can be used is taken in, what cannot is listed under `refused` by its index. Where nothing of it can be"
        " used, the answer is 400."
    ),
    **{kind: f"The event is called `{OF_CALLS[kind]}`." for kind in ("identify", "page", "screen", "group")},
}


def _published() -> Schema:
    return {
        "operationId": "openapi",
        "tags": ["calls"],
        "summary": "This document.",
        "security": [],
        "responses": {
            "200": {
                "description": "OpenAPI 3.1.",
                "content": {"application/json": {"schema": {"type": "object"}}},
            }
        },
    }


def _message(kind: str) -> Schema:
    """Return the schema of a call, which is also that of a message in a batch."""
    own, required = _OWN[kind]
    return {
        "type": "object",
        "additionalProperties": True,
        "properties": {
            "userId": _USER,
            "anonymousId": {**_ID, "description": "Who it is while nobody knows a user id. `undefined` is nobody."},
            "messageId": {**_ID, "description": "The same where the call is sent again."},
            "timestamp": {**_INSTANT, "description": "When it happened, by the device's clock."},
            "originalTimestamp": _INSTANT,
            "sentAt": {**_INSTANT, "description": "When it was sent, by the same clock, which is corrected by it."},
            "context": ref("context"),
            "integrations": {"description": "Passed over."},
            "writeKey": {"description": "Instead of basic authentication, for a browser's beacon."},
            **own,
        },
        **({"required": required} if required else {}),
        **({} if "userId" in required else {"anyOf": _SOMEBODY}),
    }  # fmt: skip


_SOME_ID: Schema = {"type": ["string", "integer"], "minLength": 1}


def _any_case(word: str) -> str:
    return "".join(
        f"[{one}{one.upper()}]" if one.isalpha() else f"\\{one}" if one in "()[]{}/" else one for one in word
    )


_NOBODY = "|".join(map(_any_case, sorted(PLACEHOLDERS)))
_SOMEBODYS_ID: Schema = {
    **_SOME_ID,
    "not": {
        "anyOf": [
            {"enum": [0, -1]},
            {
                "pattern": rf"^\s*({'|'.join(map(_any_case, SERVICES))}|\s)*({_NOBODY}|[0-]*)\s*$",
                "type": "string",
            },
        ]
    },
}
"""The id of a user, or one that a browser made up, and not what stands for none."""
_SOMEBODY = [{"required": [name], "properties": {name: _SOMEBODYS_ID}} for name in ("userId", "anonymousId")]
_NAMED: Schema = {
    "name": {**_ADDRESS, "description": "What it is called."},
    "category": _ADDRESS,
    "properties": _OBJECT,
}
_OWN: dict[str, tuple[Schema, list[str]]] = {
    "identify": ({"traits": {"$ref": "#/components/schemas/traits"}}, []),
    "track": (
        {"event": {"type": "string", "minLength": 1, "maxLength": LONGEST_ID}, "properties": _OBJECT},
        ["event"],
    ),
    "page": (_NAMED, []),
    "screen": (_NAMED, []),
    "group": ({"groupId": {**_ID, **_SOME_ID}, "traits": _OBJECT}, ["groupId"]),
    "alias": (
        {"userId": {**_USER, **_SOMEBODYS_ID}, "previousId": {**_ID, **_SOMEBODYS_ID}},
        ["userId", "previousId"],
    ),
}


def _context() -> Schema:
    return {
        **_OBJECT,
        "description": "Where it happened. Address and user agent are not kept, of the device only its token.",
        "properties": {
            "traits": ref("traits"),
            "locale": {"description": "The language and country, such as de-AT."},
            "timezone": {"description": "An IANA zone, such as Europe/Berlin."},
            "device": {"description": "An object whose `token` is where push messages go."},
        },
    }


def _batch() -> Schema:
    messages = [
        {
            "allOf": [
                ref(kind),
                {"type": "object", "required": ["type"], "properties": {"type": {"const": kind}}},
            ]
        }
        for kind in KINDS
    ]
    return {
        "type": "object",
        "additionalProperties": True,
        "required": ["batch"],
        "properties": {
            "batch": {"type": "array", "maxItems": MOST_MESSAGES, "items": {"anyOf": messages}},
            "context": {**ref("context"), "description": "Of every message; a message's own counts more."},
            "sentAt": _INSTANT,
            "writeKey": {"description": "Instead of basic authentication, for a browser's beacon."},
        },
    }


def _accepted() -> Schema:
    return record({"success": {"const": True}})


def _accepted_batch() -> Schema:
    return record(
        {
            "success": {"type": "boolean", "description": "Whether nothing was refused."},
            "accepted": {"type": "integer", "minimum": 0},
            "refused": _refused(),
        }
    )


def _refused() -> Schema:
    return {"type": "array", "items": record({"index": {"type": "integer", "minimum": 0}, **said()})}


def _error() -> Schema:
    return record({**said(), "accepted": {"const": 0}, "refused": _refused()}, needed=said())
