from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

import sojourn.pinpoint
from sojourn.domain.findings import Severity
from sojourn.domain.journey.checking import check
from sojourn.domain.journey.project import read_project
from sojourn.pinpoint.importing import Asked, Imported, import_exports
from sojourn.pinpoint.report import markdown

EXPORTS = Path(__file__).parent / "exports"
FILES = {
    "welcome": Path(sojourn.pinpoint.__file__).parent / "example.json",
    "reactivation": EXPORTS / "reactivation.json",
    "spring-sale": EXPORTS / "spring-sale.json",
}


def imported(name: str) -> Imported:
    return import_exports({f"{name}.json": FILES[name].read_bytes()}, Asked("acme"))


@pytest.mark.parametrize("name", FILES)
def test_an_export_becomes_this_workspace(name: str, golden: Callable[[str, str], None]) -> None:
    """Every file of the workspace, and the report, is as read and kept beside the tests."""
    came = imported(name)
    findings = check(read_project({path: text.encode() for path, text in came.files.items()}))

    said = "".join(f"=== {path}\n{text}" for path, text in came.files.items())

    golden(f"pinpoint/{name}.txt", f"{said}=== IMPORT.md\n{markdown(came.rows, findings)}")


@pytest.mark.parametrize("name", ["welcome", "reactivation"])
def test_a_whole_export_has_no_errors(name: str) -> None:
    """Where everything that journeys use was exported, `check` finds no error."""
    came = imported(name)

    findings = check(read_project({path: text.encode() for path, text in came.files.items()}))

    assert [finding for finding in findings if finding.severity is Severity.ERROR] == []


def test_an_import_is_the_same_each_time() -> None:
    """The same export gives the same bytes."""
    assert imported("reactivation") == imported("reactivation")


def test_files_may_come_in_any_number_and_order() -> None:
    """Whether objects come in one file or in several, and in what order, changes no file of the workspace."""
    whole = FILES["reactivation"].read_text(encoding="utf-8")
    parts = [f"{part}}}\n" for part in whole.split("\n}\n") if part.strip()]
    assert len(parts) == 6

    came = import_exports(
        {f"{n}.json": part.encode() for n, part in enumerate(reversed(parts))}, Asked("acme")
    )

    assert came.files == imported("reactivation").files
