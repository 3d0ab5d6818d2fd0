"""JSON Schemas of the files people write, so that an editor completes keys and underlines mistakes while they type.

They are made from the models that read the files, then turned towards editors: alternatives are `anyOf`, of which
an editor picks the one with the most keys in common, and nothing is offered that only a program would write. What
a schema cannot say (names that must exist, conditions, times) the rules say.
"""

from __future__ import annotations

from typing import Any, Final

from pydantic import TypeAdapter

from sojourn.domain.journey.model.journey import Journey
from sojourn.domain.journey.model.message import Message
from sojourn.domain.journey.model.migration import Migration
from sojourn.domain.journey.model.scenario import Scenario
from sojourn.domain.journey.model.simulation import Simulation
from sojourn.domain.journey.model.workspace import Segments, Workspace

DIALECT = "https://json-schema.org/draft/2020-12/schema"
KINDS: Final[dict[str, tuple[Any, str, str]]] = {
    "workspace": (Workspace, "workspace.yaml", "What all journeys share."),
    "segments": (Segments, "segments.yaml", "Named audiences: the customers for whom a condition holds."),
    "journey": (Journey, "journey.yaml", "One journey: who enters, the steps, what ends it."),
    "message": (Message, "messages/*.yaml", "Content for one or more channels and locales."),
    "scenario": (
        Scenario,
        "scenarios/*.yaml",
        "A test that is a document: who, what happens, what must follow.",
    ),
    "migration": (
        Migration,
        "migration.yaml",
        "What becomes of customers who are in an earlier version of a journey.",
    ),
    "simulation": (Simulation, "simulation.yaml", "What `sojourn simulate` is to believe about customers."),
}
"""Kind -> model, the files it is for, what they hold."""


def json_schema(kind: str) -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12) of one kind of file.

    Raises:
        KeyError: *kind* is none of `KINDS`.
    """
    model, files, description = KINDS[kind]
    made = _for_editors(TypeAdapter(model).json_schema(by_alias=True, mode="validation"))
    return {
        "$schema": DIALECT,
        "$id": f"urn:sojourn:schema:{kind}",
        **made,
        "title": f"Sojourn {files}",
        "description": description,
    }


def _for_editors(schema: Any) -> Any:
    """Rewrite what pydantic makes into what editors handle well."""
    if isinstance(schema, list):
        return [_for_editors(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    # Keys of `properties` and `$defs` are names of the author's or ours, not words of JSON Schema.
    made = {
        key: {name: _for_editors(inner) for name, inner in value.items()}
        if key in ("properties", "patternProperties", "$defs")
        else value
        if key in ("examples", "enum", "const", "default")
        else _for_editors(value)
        for key, value in schema.items()
        if key not in ("discriminator", "title") and not (key == "default" and value in (None, [], {}))
    }
    if "patternProperties" in made:
        made.setdefault("additionalProperties", False)
    options = made.pop("oneOf", None) or made.pop("anyOf", None)
    if options is None:
        return made
    # An absent key says the same as null, and nobody should be offered to write it.
    kept = [option for option in options if option != {"type": "null"}]
    if len(kept) == 1 and not ("$ref" in kept[0] and "$ref" in made):
        return {**kept[0], **made}
    return {"anyOf": kept, **made}
