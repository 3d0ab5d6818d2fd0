from __future__ import annotations

import json
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]

from scripts.outbound_words import EVENTS, OF_CUSTOMERS
from scripts.write_outbound_events import page, schema, text_of
from sojourn.application.changes import Committed, ProfileChanged
from sojourn.application.outbound import KINDS, PREFIX, announcements
from sojourn.domain.customer.rows import Profile
from sojourn.domain.journey.project import read_project
from sojourn.domain.ledger import WHATS, Happening
from sojourn.local.deployment import deploy
from sojourn.local.scenario import play
from tests.docs.pages import DOCS, ROOT, read

AT = datetime(2026, 3, 2, 12, tzinfo=UTC)
SAMPLES = ROOT / "journeys"
SCHEMAS = DOCS / "schemas"


@cache
def told() -> dict[str, list[Any]]:
    """Return what the scenarios of the samples tell on the bus, by kind."""
    files = [path for path in SAMPLES.rglob("*") if path.is_file()]
    project = read_project({path.relative_to(SAMPLES).as_posix(): path.read_bytes() for path in files})
    deployment = deploy(project)
    found: dict[str, list[Any]] = {}
    for folder in project.journeys.values():
        for scenario in folder.scenarios:
            trace = play(scenario.scenario, deployment).trace
            for one in announcements(Committed("c1", AT, "ana", trace), KINDS):
                found.setdefault(one.name, []).append(json.loads(json.dumps(one.detail)))
    return found


def test_the_page_is_what_the_code_says() -> None:
    """docs/outbound-events.md is current; `make docs` writes it anew."""
    assert read(DOCS / "outbound-events.md") == page()


def test_every_kind_of_event_has_its_schema_and_no_schema_is_left_over() -> None:
    """Whoever writes a listener finds what he can be told, and nothing that nobody tells."""
    assert {path.name for path in SCHEMAS.glob(f"{PREFIX}*")} == {f"{PREFIX}{kind}.json" for kind in KINDS}
    assert set(EVENTS) == set(WHATS)
    assert {*EVENTS, *OF_CUSTOMERS} == set(KINDS)


@pytest.mark.parametrize("kind", KINDS)
def test_the_schemas_are_what_the_code_says(kind: str) -> None:
    """Each file is current and a valid schema; `make docs` writes them anew."""
    assert read(SCHEMAS / f"{PREFIX}{kind}.json") == text_of(kind)
    Draft202012Validator.check_schema(schema(kind))


def test_what_the_samples_tell_is_as_the_schemas_say() -> None:
    """Every event of every sample's scenarios has the fields that its schema names, and no other."""
    wrong = [
        f"{name}: {error.message}"
        for name, details in told().items()
        for detail in details
        for error in Draft202012Validator(schema(name.removeprefix(PREFIX))).iter_errors(detail)
    ]

    assert wrong == []
    assert len(told()) >= 10


@pytest.mark.parametrize(
    "change",
    [
        ProfileChanged("e", AT, None, Profile("ana", email="ana@example.com", suppressed={"email": "bounce"})),
        ProfileChanged("e", AT, Profile("ana"), Profile("ana", consents={("news", "email"): False})),
        ProfileChanged("e", AT, Profile("ana"), None),
        Committed("c", AT, "ana", [Happening(AT, "ana", "j", "v", "", "not_entered", "", "again", {"key": "a"})]),
        Committed("c", AT, "ana", [Happening(AT, "ana", "j", "v", "r", "resumed", "", "redriven", {"at_step": "s"})]),
    ],
    ids=["known", "changed", "erased", "not_entered", "redriven"],
)  # fmt: skip
def test_what_no_sample_tells_is_as_the_schemas_say(change: Any) -> None:
    """Profiles and the rarer happenings keep to their schemas as well."""
    (one,) = announcements(change, KINDS)

    detail = json.loads(json.dumps(one.detail))
    assert list(Draft202012Validator(schema(one.name.removeprefix(PREFIX))).iter_errors(detail)) == []


def test_an_event_that_says_something_else_is_found() -> None:
    """The schemas are strict: a field more, or one less, is an error."""
    detail = told()["sojourn.sent"][0]

    for wrong in (
        {**detail, "more": 1},
        {**detail, "details": {}},
        {k: v for k, v in detail.items() if k != "id"},
    ):
        assert not Draft202012Validator(schema("sent")).is_valid(wrong)


def test_make_docs_writes_them() -> None:
    """The command that the page names exists."""
    assert "scripts/write_outbound_events.py docs" in read(Path(ROOT / "Makefile"))
