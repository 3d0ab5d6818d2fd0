from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from sojourn.domain.journey.model.steps import STEP_TYPES
from sojourn.domain.journey.schema import DIALECT, KINDS, json_schema
from sojourn.domain.journey.yaml_text import read_yaml

SAMPLES = Path(__file__).resolve().parents[3] / "journeys"
FILES = {
    "workspace": "workspace.yaml",
    "segments": "segments.yaml",
    "journey": "*/journey.yaml",
    "message": "*/messages/*.yaml",
    "scenario": "*/scenarios/*.yaml",
    "simulation": "simulation.yaml",
    "migration": "*/migration.yaml",
}


def valid(kind: str, text: str) -> bool:
    data, wrong = read_yaml(text, "x.yaml")
    assert wrong == ()
    return bool(Draft202012Validator(json_schema(kind)).is_valid(data))


@pytest.mark.parametrize("kind", KINDS)
def test_a_schema_is_one(kind: str) -> None:
    """Each kind of file has a schema of the 2020-12 draft, with a name, a title and a description."""
    schema = json_schema(kind)

    Draft202012Validator.check_schema(schema)
    assert (DIALECT, f"urn:sojourn:schema:{kind}") == (schema["$schema"], schema["$id"])
    assert schema["title"]
    assert schema["description"]


@pytest.mark.parametrize("kind", KINDS)
def test_the_samples_are_valid(kind: str) -> None:
    """Every file of the sample workspace is valid by its schema, so no editor underlines it."""
    validator = Draft202012Validator(json_schema(kind))

    for path in sorted(SAMPLES.glob(FILES[kind])):
        data, _ = read_yaml(path.read_bytes(), path.name)
        assert [f"{path}: {error.message}" for error in validator.iter_errors(data)] == []


def test_every_verb_is_valid() -> None:
    """A journey with every verb is valid by the schema."""
    assert valid("journey", (Path(__file__).parent / "every_verb.yaml").read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("journey", "journey: a\nenter: {on: x}\nsteps: [{wiat: 1h}]"),
        ("migration", "from: latest"),
        ("migration", "from: 3f9c2ab41d07\nsteps: {wait_1: leave}"),
        ("journey", "journey: a\nenter: {on: x}\nsteps: [{wait: 1h, send: m}]"),
        ("journey", "journey: a\nenter: {on: x}\nsteps: []"),
        ("journey", "journey: a\nenter: {on: x}\nsteps: [{send: m, via: [mail]}]"),
        ("journey", "journey: A\nenter: {on: x}\nsteps: [{exit: x}]"),
        ("journey", "enter: {on: x}\nsteps: [{exit: x}]"),
        ("workspace", "workspace: a\nattributes: {x: strin}"),
        ("segments", "Big spenders: {when: x}"),
        ("message", "email: {title: x}"),
        ("scenario", "scenario: x\nstart: y\ncustomers: []"),
    ],
)
def test_mistakes_are_underlined(kind: str, text: str) -> None:
    """What reading refuses for its shape, the schema refuses as well."""
    assert not valid(kind, text)


def test_an_editor_can_complete_verbs() -> None:
    """A step is any of the verbs, each with its required key and its explanation, told apart by nothing else."""
    schema = json_schema("journey")
    steps = schema["properties"]["steps"]["items"]["anyOf"]

    found = {
        option["$ref"].rpartition("/")[2]: schema["$defs"][option["$ref"].rpartition("/")[2]]
        for option in steps
    }

    assert {kind.__name__ for kind in STEP_TYPES} == set(found)
    for kind in STEP_TYPES:
        definition = found[kind.__name__]
        assert kind.verb in definition["required"]
        assert definition["description"]
        assert definition["additionalProperties"] is False


def words(schema: Any) -> set[str]:
    """All words of JSON Schema that a schema uses."""
    if isinstance(schema, list):
        return set().union(*map(words, schema)) if schema else set()
    if not isinstance(schema, dict):
        return set()
    found = set(schema)
    for key, value in schema.items():
        inner = list(value.values()) if key in ("properties", "$defs") else value
        found |= words(inner) if key not in ("examples", "enum", "default", "const") else set()
    return found


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_confuses_editors(kind: str) -> None:
    """There is no `oneOf`, which editors report as "matches several", and no discriminator, which is OpenAPI's."""
    assert {"oneOf", "discriminator"} & words(json_schema(kind)) == set()
