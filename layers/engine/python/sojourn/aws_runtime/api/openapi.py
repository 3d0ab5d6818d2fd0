"""What programs call with a write key, as OpenAPI 3.1: `docs/api.openapi.json` is made of it.

Limits are the code's own. Schemas say what JSON Schema can say; what a call is refused for beyond that is in the
descriptions. No function imports it.
"""

from __future__ import annotations

from sojourn.application.calling import REASONS
from sojourn.application.desk import OUTCOMES
from sojourn.aws_runtime.api import entries, published, tasks
from sojourn.aws_runtime.api.http import DEEPEST, NAME
from sojourn.aws_runtime.api.published import Schema
from sojourn.aws_runtime.incoming.inbound import LONGEST_ADDRESS, LONGEST_ID
from sojourn.domain.customer.identity import DEVICE

_DOES = {
    "complete": "Say that a task is done.",
    "reschedule": "Put a task off.",
    "fail": "Say that a task cannot be done.",
}
_FORBIDDEN = {"403": published.answer("The write key lacks the right to it.", "error")}
_AGAIN = "Not now: send the same call again."
_ID: Schema = {"type": ["string", "null"], "minLength": 1, "maxLength": LONGEST_ID}


def document() -> Schema:
    """Return the document."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Sojourn program API",
            "version": "1.0.0",
            "summary": "What programs do with a write key: enter customers into journeys, end people's tasks.",
            "description": (
                f"A call may have {entries.LONGEST_BODY:,} bytes, nested {DEEPEST} levels deep at most. What is"
                " answered with 200 is written. The same call again is answered the same. A field that is not listed"
                " is refused."
            ),
            "license": published.LICENSE,
        },
        "servers": [{"url": "/"}],
        "security": [{"writeKey": []}],
        "tags": [
            {"name": "entries", "description": "Enter customers into journeys."},
            {"name": "tasks", "description": "End what people were asked to do."},
        ],
        "paths": {
            "/v1/journeys/{journey}/entries": {"post": _enter()},
            **{f"/v1/tasks/{{task_id}}/{verb}": {"post": _end(verb)} for verb in tasks.OUTCOME_OF},
        },
        "components": {
            "securitySchemes": published.WRITE_KEY,
            "schemas": {
                "entry": _entry(),
                "entered": _entered(),
                "not_entered": _not_entered(),
                "answer_to_entry": {"oneOf": [published.ref("entered"), published.ref("not_entered")]},
                **{verb: _task(verb) for verb in tasks.OUTCOME_OF},
                "ended": published.record({"outcome": {"enum": list(OUTCOMES)}, "repeated": _repeated()}),
                "ended_before": published.record({**published.said(), "outcome": {"enum": list(OUTCOMES)}}),
                "error": published.record(published.said()),
            },
        },
    }


def _enter() -> Schema:
    return {
        "operationId": "enter",
        "tags": ["entries"],
        "summary": "Enter a customer into a journey that has `on: api`, under its rules.",
        "description": (
            "At least one of `customer` and the identities is needed. They are read as an event's are: without the"
            " right `contacts` an address finds nobody. Where events enter the journey as well, `entry` must be as"
            " their tracking plan says."
        ),
        "parameters": [_parameter("journey", "The journey's name.", 64)],
        "requestBody": published.json_body(published.ref("entry")),
        "responses": {
            "200": published.answer("What became of it; it is written.", "answer_to_entry"),
            **published.refusals(
                {
                    **_FORBIDDEN,
                    "404": published.answer(
                        "There is no such journey, or nobody enters it by a call.", "error"
                    ),
                    "409": published.answer(
                        "The id was used before, with another `entry`, and that holds (`other_entry`); or the"
                        " event id that it stands for is another event's of this customer (`id_taken`).",
                        "error",
                    ),
                },
                _AGAIN,
            ),
        },
    }


def _end(verb: str) -> Schema:
    return {
        "operationId": verb,
        "tags": ["tasks"],
        "summary": _DOES[verb],
        "parameters": [_parameter("task_id", "Of the event `task_raised`.", 1_024)],
        "requestBody": {**published.json_body(published.ref(verb)), "required": verb == "reschedule"},
        "responses": {
            "200": published.answer("It is ended, and the journey goes on.", "ended"),
            **published.refusals(
                {
                    **_FORBIDDEN,
                    "404": published.answer("There is no such task.", "error"),
                    "409": published.answer(
                        "It was ended before with another answer, and that holds.", "ended_before"
                    ),
                    "410": published.answer("Nobody can end it any more.", "error"),
                },
                _AGAIN,
            ),
        },
    }


def _parameter(name: str, means: str, longest: int) -> Schema:
    schema = {"type": "string", "minLength": 1, "maxLength": longest}
    return {"name": name, "in": "path", "required": True, "description": means, "schema": schema}


def _entry() -> Schema:
    identities = {
        name: {**_ID, "maxLength": LONGEST_ADDRESS if name == DEVICE else LONGEST_ID}
        for name in entries.NAMED
    }
    properties: Schema = {
        "id": {
            "type": "string",
            "minLength": 1,
            "maxLength": LONGEST_ID,
            "description": "Your own of this entry: the same again, with the same customer, is the same entry.",
        },
        "customer": {**_ID, "description": "The customer's id in your systems."},
        "identities": {
            "type": ["object", "null"],
            "additionalProperties": False,
            "properties": identities,
            "description": "What else they are known by; all that is given is said to be the same person's.",
        },
        "entry": {"type": ["object", "null"], "description": "What the journey reads as `entry`."},
        "time": _instant("When it happened; now where it is missing.", nullable=True),
    }
    return published.record(properties, needed=("id",))


def _entered() -> Schema:
    return published.record(
        {
            "entered": {"const": True},
            "run": {"type": "string", "description": "The id of the customer's run."},
            "holdout": {
                "type": "boolean",
                "description": "They are in the journey's holdout: nothing is sent.",
            },
            "repeated": _repeated(),
        }
    )


def _not_entered() -> Schema:
    return published.record(
        {
            "entered": {"const": False},
            "reason": {"enum": list(REASONS), "description": "Which of the journey's rules kept them out."},
            "repeated": _repeated(),
            "message": {
                "type": "string",
                "description": "What the journey reads of the call and was not there.",
            },
        },
        ("entered", "reason", "repeated"),
    )


def _repeated() -> Schema:
    return {"type": "boolean", "description": "Whether an earlier call did it."}


def _task(verb: str) -> Schema:
    properties: Schema = {
        "answer": {
            "type": ["object", "null"],
            "propertyNames": {"pattern": f"^{NAME.pattern}$", "not": {"enum": ["notes", "until"]}},
            "description": f"Of your own, up to {tasks.LONGEST_ANSWER:,} bytes.",
        },
        "notes": {"type": ["string", "null"], "maxLength": tasks.LONGEST_NOTES},
    }
    if verb != "reschedule":
        return published.record(properties, needed=())
    until = _instant(f"At most {tasks.FURTHEST.days} days ahead.", nullable=False)
    return published.record({**properties, "until": until}, needed=("until",))


def _instant(means: str, *, nullable: bool) -> Schema:
    kind = ["string", "null"] if nullable else "string"
    return {"type": kind, "format": "date-time", "description": means}
