"""What the OpenAPI document says of an admin's calls; see `openapi`. No function imports it."""

from __future__ import annotations

from sojourn.adapters.dynamodb.quarantine import AT_MOST
from sojourn.application.sources import NAME, RIGHTS
from sojourn.aws_runtime.api import published
from sojourn.aws_runtime.api.published import Schema
from sojourn.aws_runtime.publishing import calls, erasures, key_calls

SUMMARIES = {
    "erase": "Take everything about a customer away; until `done`, make the same call again.",
    "add_source": "Add a source of events; its write key is answered this one time.",
    "revoke_source": "Take a source's write key away.",
    "replay": "Put events in quarantine on the bus again.",
    "drop": "Delete events in quarantine.",
    "renew_key": "Make another key the one that links, tasks and webhooks are made with.",
}  # fmt: skip
_REASON: Schema = {
    "type": ["string", "null"],
    "maxLength": calls.LONGEST_TEXT,
    "description": "Stays in the history for good: it should name nobody.",
}
_ID: Schema = {"type": "string", "minLength": 1, "maxLength": erasures.LONGEST_ID}
_EVENT: Schema = {
    "type": "object", "required": ["customer", "id"], "additionalProperties": False,
    "properties": {"customer": _ID, "id": _ID},
}  # fmt: skip
_EVENTS: Schema = {
    "events": {
        "type": "array", "items": _EVENT, "minItems": 1, "maxItems": AT_MOST,
        "description": "Under whose id each is kept, and its own.",
    },
    "reason": _REASON,
}  # fmt: skip
BODIES: dict[str, Schema] = {
    "erase": {"customer": _ID, "reason": _REASON},
    "add_source": {
        "name": {"type": "string", "pattern": f"^{NAME.pattern}$"},
        "rights": {
            "type": ["array", "null"],
            "items": {"enum": list(RIGHTS)},
            "maxItems": len(RIGHTS),
            "description": "What it may besides telling of events.",
        },
        "reason": _REASON,
    },
    "revoke_source": {"reason": _REASON},
    "replay": _EVENTS,
    "drop": _EVENTS,
    "renew_key": {
        "drop_older_than": {
            "type": ["integer", "null"],
            "minimum": 0,
            "maximum": key_calls.MOST_DAYS,
            "description": "Take keys away that were replaced so many days ago.",
        },
        "dropping": {
            "type": ["array", "null"],
            "items": {"type": "string", "maxLength": key_calls.LONGEST_NAME},
            "maxItems": key_calls.MOST_KEYS,
            "description": "The keys that are taken away thereby, as a call with `dry_run` names them.",
        },
        "dry_run": {"type": "boolean", "default": False, "description": "Only say what would be done."},
        "reason": _REASON,
    },
}
NEEDED = {
    "erase": ("customer",), "add_source": ("name",), "replay": ("events",), "drop": ("events",),
}  # fmt: skip
ANSWERS = {
    "erase": {"200": published.answer("What was removed, and where else something may be.", "erased")},
    "add_source": {"200": published.answer("It may tell of events from now on.", "source")},
    "revoke_source": {"200": published.answer("Its key is refused within half a minute.", "revoked")},
    "replay": {"200": published.answer("Which are on the bus, and which are not.", "events")},
    "drop": {"200": published.answer("Which are gone.", "events")},
    "renew_key": {"200": published.answer("Which key is current, and which still read.", "keys")},
}
_TEXTS: Schema = {"type": "array", "items": {"type": "string"}}


def schemas() -> dict[str, Schema]:
    """Return the schemas of the answers."""
    return {
        "erased": _open(
            {
                "customer": {"type": "string"}, "removed": {"type": "object"}, "stopped": _TEXTS, "others": _TEXTS,
                "outside": {"type": "object"}, "done": {"type": "boolean"},
            }
        ),
        "source": _open({"source": {"type": "object"}, "write_key": {"type": "string"}}),
        "revoked": _open({"name": {"type": "string"}, "revoked": {"const": True}}),
        "events": _open({name: {"type": "array", "items": {"type": "object"}} for name in ("done", "refused", "left")}),
        "keys": _open(
            {"current": {"type": "string"}, "kept": _TEXTS, "dropped": _TEXTS, "done": {"type": "boolean"}}
        ),
    }  # fmt: skip


def _open(properties: Schema) -> Schema:
    return {"type": "object", "required": sorted(properties), "properties": properties}
