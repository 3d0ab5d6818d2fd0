"""The control API as OpenAPI 3.1: `docs/control.openapi.json` is made of it.

Limits are the code's own. What an operation comes to is in `docs/roles.md`, as no schema says it. No function imports
it.
"""

from __future__ import annotations

from dataclasses import fields

from sojourn.application.pacing import FASTEST, SLOWEST
from sojourn.application.publishing import Operation, Publication
from sojourn.aws_runtime.api import published
from sojourn.aws_runtime.api.published import Schema
from sojourn.aws_runtime.publishing import audiences, calls, controls, migrations, openapi_admin, publications
from sojourn.aws_runtime.publishing.archive import LARGEST
from sojourn.aws_runtime.publishing.routes import ROUTES
from sojourn.domain.control import DUE_DROP, DUE_SEND, DUE_SPREAD, RUNNING, STILL

_SUMMARIES = {
    "publish": "Publish a workspace, or some of its journeys: all of it, or none.",
    "draft": "Publish a draft, which only customers in the segment `test` enter.",
    "approve": "Approve a publication that waits for somebody else.",
    "cancel": "Let nobody go on with an operation; what waits for approval is refused so.",
    "pause": "Let nobody enter a journey, or nothing be sent, for now.",
    "resume": "Let a journey go on that was paused, or stopped.",
    "stop": "Let nobody enter a journey any more.",
    "rollback": "Let customers enter an earlier version again.",
    "withdraw_draft": "Take a journey's draft away.",
    "migrate": "Let customers who are in an earlier version go on in the live one, or leave.",
    "pause_all": "Pause all journeys.",
    "resume_all": "Resume all journeys.",
    "audience": "Enter the customers of a file or a segment into a journey, or go on with one that was interrupted.",
    **openapi_admin.SUMMARIES,
}
_TEXT: Schema = {"type": ["string", "null"], "maxLength": calls.LONGEST_TEXT}
_NAME: Schema = {"type": "string", "pattern": f"^{publications.NAME.pattern}$"}


def document() -> Schema:
    """Return the document."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Sojourn control API",
            "version": "1.0.0",
            "summary": "What changes a deployment while it runs: publish, pause, take back; erase, let sources in.",
            "description": (
                "Calls are signed with AWS Signature Version 4 for the service execute-api; IAM says who may call which"
                " route. A field that is not listed is refused."
            ),
            "license": published.LICENSE,
        },
        "servers": [{"url": "/"}],
        "security": [{"sigv4": []}],
        "paths": _paths(),
        "components": {
            "securitySchemes": {
                "sigv4": {
                    "type": "apiKey",
                    "name": "authorization",
                    "in": "header",
                    "description": "AWS Signature Version 4.",
                }
            },
            "schemas": {
                **{name: published.record(_BODIES[name], _NEEDED.get(name, ())) for name in sorted(_BODIES)},
                "error": _open({"error": {"type": "string"}, "message": {"type": "string"}}),
                "operation": _open({"operation": _of(Operation)}),
                "publication": _open({"publication": _of(Publication)}),
                "control": _open({"control": {"type": "object"}}),
                "stopped": {
                    **_open(
                        {
                            "operation": _of(Operation),
                            "control": {"type": "object", "description": "What the journey was told."},
                            "holds": {
                                "type": "object",
                                "description": "That, with what all journeys were told.",
                            },
                            "note": {"type": "string"},
                        }
                    ),
                    "required": ["control", "holds", "operation"],
                },
                "withdrawn": _open({"draft": {"type": "object"}}),
                **openapi_admin.schemas(),
            },
        },
    }


_VERSIONS: Schema = {
    "type": ["object", "null"],
    "additionalProperties": {"type": "string"},
    "description": 'Journey -> the version you saw live, "" for none: where another is, nothing is done.',
}
_UPLOAD: Schema = {
    "workspace": {
        "type": "string",
        "contentEncoding": "base64",
        "description": f"A zip archive of the workspace's folder, {LARGEST:,} bytes at most.",
    },
    "journeys": {
        "type": ["array", "null"],
        "items": _NAME,
        "minItems": 1,
        "maxItems": publications.MOST_NAMES,
        "description": "Those to publish; null for all.",
    },
    "message": _TEXT,
    "expected": _VERSIONS,
    "expected_revision": {
        "type": ["integer", "null"],
        "description": "The registry's when you looked: where settings changed since, nothing is done.",
    },
}
_PAUSE: Schema = {
    "entries": {"type": "boolean", "default": True},
    "sends": {"type": "boolean", "default": True},
    "clocks": {"enum": [RUNNING, STILL, None], "default": RUNNING},
    "reason": _TEXT,
}


def _a_second(what: str) -> Schema:
    return {"type": ["number", "null"], "minimum": SLOWEST, "maximum": FASTEST, "description": what}


_BODIES: dict[str, Schema] = {
    "publish": {**_UPLOAD, "draft": {"type": "boolean", "default": False}},
    "draft": {**_UPLOAD, "draft": {"const": True}},
    "approve": {},
    "cancel": {"reason": _TEXT},
    "pause": _PAUSE,
    "resume": {
        "entries": {"type": "boolean", "default": True, "description": "Whether customers enter again."},
        "sends": {
            "type": "boolean",
            "default": True,
            "description": "Whether messages go out again, and clocks run.",
        },
        "due": {
            "enum": [DUE_SEND, DUE_SPREAD, DUE_DROP, None],
            "default": DUE_SEND,
            "description": "What becomes of what fell due; what must arrive is never dropped.",
        },
        "over": {**_TEXT, "description": 'With `spread`, over how long: "2 hours".'},
        "rate": _a_second("With `send` and `drop`: runs a second that go on at most."),
        "reason": _TEXT,
    },
    "stop": {"runs": {"enum": [*controls.RUNS, None], "default": controls.DRAIN}, "reason": _TEXT},
    "rollback": {
        "to": {
            "type": ["string", "null"],
            "pattern": f"^{publications.VERSION.pattern}$",
            "description": "The version; null for the one before.",
        },
        "message": _TEXT,
        "expected": _VERSIONS,
    },
    "withdraw_draft": {"reason": _TEXT},
    "migrate": {
        "map": {
            "type": "object",
            "required": ["from"],
            "additionalProperties": False,
            "properties": {
                "from": {"type": "string", "pattern": f"^{publications.VERSION.pattern}$"},
                "steps": {"type": ["object", "null"], "maxProperties": migrations.MOST_STEPS},
                "otherwise": {"description": "`stay`, `drain`, `exit`, or an object with `move`."},
            },
        },
        "expected": {**_TEXT, "description": "The version you saw live."},
        "rate": _a_second("Runs a second at most, where it is to go slower than it could."),
        "message": _TEXT,
    },
    "audience": {
        "journey": _NAME,
        "source": {
            "type": "object",
            "description": 'Either {"file": <key in the bucket>, "name": …} or {"segment": …}.',
        },
        "format": {"enum": [*audiences.FORMATS, None]},
        "occurrence": {"type": ["string", "null"], "maxLength": audiences.LONGEST_NAME},
        "rate": _a_second("Entries a second."),
        "message": _TEXT,
        "resume": {"type": "string", "description": "Instead of all others: the operation to go on with."},
    },
    **openapi_admin.BODIES,
}
_NEEDED = {"publish": ("workspace",), "draft": ("workspace",), "migrate": ("map",), **openapi_admin.NEEDED}
_SAME = {"pause_all": "pause", "resume_all": "resume"}
"""Routes whose calls say the same as another's."""
_ANSWERS = {
    "approve": {"200": published.answer("It begins.", "operation")},
    "cancel": {"200": published.answer("It is cancelled.", "operation")},
    "pause": {"200": published.answer("What holds from now on.", "control")},
    "pause_all": {"200": published.answer("What holds from now on.", "control")},
    "stop": {
        "202": published.answer(
            "It holds, and what `runs` says is carried out; `note` is there where that cannot be yet.",
            "stopped",
        )
    },
    "withdraw_draft": {"200": published.answer("It is gone.", "withdrawn")},
    "rollback": {
        "200": published.answer("It is done.", "publication"),
        "202": published.answer("Its state machine is made anew first.", "operation"),
    },
    **openapi_admin.ANSWERS,
}
_LATER = {"202": published.answer("It is carried out from now on.", "operation")}


def _paths() -> Schema:
    paths: Schema = {}
    for key, name in ROUTES.items():
        method, path = key.split(" ")
        paths[path] = {method.lower(): _call(name, path)}
    return paths


def _call(name: str, path: str) -> Schema:
    body = _SAME.get(name, name)
    return {
        "operationId": name,
        "summary": _SUMMARIES[name],
        "parameters": [
            {"name": one, "in": "path", "required": True, "schema": {"type": "string", "minLength": 1}}
            for one in ("journey", "id", "source")
            if f"{{{one}}}" in path
        ],
        "requestBody": {**published.json_body(published.ref(body)), "required": body in _NEEDED},
        "responses": {
            **_ANSWERS.get(name, _LATER),
            "400": published.answer("It cannot be used, and says why.", "error"),
            "401": published.answer("It is not known who calls.", "error"),
            "403": published.answer("IAM, or who asked for it, does not let the caller.", "error"),
            "404": published.answer(
                "There is no such journey, version, draft, operation or source.", "error"
            ),
            "409": published.answer("What is there is otherwise than the call supposes.", "error"),
            "413": published.answer("It is too large.", "error"),
            "422": published.answer("What is asked for does not fit the journey.", "error"),
            "415": published.answer("It is no JSON, or packed otherwise than by gzip.", "error"),
            "429": {"description": "Too many calls: send it again later."},
            "503": published.answer("Not now: look what is there, and call again.", "error"),
        },
    }


def _of(record: type[Operation | Publication]) -> Schema:
    """Return the schema of a record that we keep: its fields, and what later releases may add."""
    return {"type": "object", "required": sorted(one.name for one in fields(record))}


def _open(properties: Schema) -> Schema:
    return {"type": "object", "required": sorted(properties), "properties": properties}
