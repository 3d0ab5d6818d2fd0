from __future__ import annotations

import json
from pathlib import Path

import pytest

from sojourn.cli.commands.schema import FILES
from sojourn.domain.journey.rules.catalogue import all_rules, explain
from sojourn.domain.journey.schema import KINDS
from tests.cli.conftest import Sojourn


@pytest.mark.parametrize("asked", ["SJ204", "sj204", "204", "wait-without-limit"])
def test_a_finding_is_explained(sojourn: Sojourn, asked: str) -> None:
    """By code or name, the rule's page is printed."""
    answer = sojourn("explain", asked)

    assert (answer.status, answer.err) == (0, "")
    assert answer.out == explain("SJ204")


def test_a_page_as_json(sojourn: Sojourn) -> None:
    """A program gets the parts of the page by name."""
    page = json.loads(sojourn("explain", "SJ204", "--json").out)

    assert list(page) == ["code", "name", "severity", "law", "what", "why", "instead_of", "write"]
    assert page["instead_of"][0]["file"] == "journey.yaml"


def test_all_findings_are_listed(sojourn: Sojourn) -> None:
    """Without a code there is one line for each, and JSON has all pages."""
    lines = sojourn("explain").out.splitlines()
    pages = json.loads(sojourn("explain", "--json").out)

    codes = [rule.code for rule in all_rules()]
    assert [line.split()[0] for line in lines] == codes
    assert [page["code"] for page in pages] == codes


def test_every_kind_of_file_is_offered() -> None:
    """The command knows the kinds without loading the models, and knows them all."""
    assert set(FILES) == set(KINDS)


@pytest.mark.parametrize("kind", FILES)
def test_a_schema_is_printed(sojourn: Sojourn, kind: str) -> None:
    """Every kind of file has a JSON Schema."""
    answer = sojourn("schema", kind)

    schema = json.loads(answer.out)
    assert (answer.status, answer.err) == (0, "")
    assert "$schema" in schema


def test_all_schemas_are_written_and_their_use_is_shown(shop: Path, sojourn: Sojourn) -> None:
    """`-o DIR` writes one file for each kind, and the line that it shows leads from a journey to its schema."""
    answer = sojourn("schema", "-o", "editor/schemas")

    written = sorted(path.name for path in Path("editor/schemas").iterdir())
    line = next(line for line in answer.out.splitlines() if "yaml-language-server:" in line)
    target = shop / "welcome" / line.partition("$schema=")[2]
    assert answer.status == 0
    assert written == sorted(f"{kind}.schema.json" for kind in FILES)
    assert json.loads(target.read_text(encoding="utf-8"))


def test_one_schema_is_written(here: Path, sojourn: Sojourn) -> None:
    """With a kind and a folder, only that one."""
    sojourn("schema", "journey", "-o", "schemas")

    assert [path.name for path in Path("schemas").iterdir()] == ["journey.schema.json"]


def test_the_kinds_are_listed(sojourn: Sojourn) -> None:
    """Without a kind, all are named with where their files stand."""
    answer = sojourn("schema")

    assert answer.status == 0
    assert "journey     */journey.yaml\n" in answer.out
