from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import pytest
from rich.console import Console

from sojourn.local.report.model import build_report
from sojourn.local.report.table import show
from sojourn.local.report.tally import Tally

if TYPE_CHECKING:
    from sojourn.domain.journey.project import Project
    from sojourn.domain.ledger import Happening

META = {"customers": 400, "days": 30, "seed": 1, "start": "2026-03-01"}


def printed(report: dict[str, Any], *, terminal: bool = False) -> str:
    out = io.StringIO()
    show(report, Console(file=out, width=100, force_terminal=terminal))
    return out.getvalue()


@pytest.fixture(scope="module")
def report(walks: list[list[Happening]], project: Project) -> dict[str, Any]:
    tally = Tally()
    for walk in walks:
        for record in walk:
            tally.add(record)
    return build_report(tally, project, META)


def test_a_hundred_columns_are_enough(report: dict[str, Any]) -> None:
    """No line is longer, and no number of any step is cut."""
    text = printed(report)

    assert [line for line in text.splitlines() if len(line) > 100] == []
    for row in report["journeys"][0]["steps"]:
        line = next(line for line in text.splitlines() if line.split()[:1] == [row["step"]])
        assert f"{row['arrived']:,}" in line.split()


def test_without_a_terminal_there_are_no_colours(report: dict[str, Any]) -> None:
    """Piped into a file, the text is plain; on a terminal it is not."""
    assert "\x1b" not in printed(report)
    assert "\x1b" in printed(report, terminal=True)


def test_markup_of_authors_is_text(report: dict[str, Any]) -> None:
    """What rich would read as markup is printed as it stands."""
    title = {**report["journeys"][0], "title": "[bold]not bold[/bold]"}

    assert "[bold]not bold[/bold]" in printed({**report, "journeys": [title]})


def test_numbers_too_small_are_said_to_be(project: Project) -> None:
    """Without a holdout, and with too few in it, the table says so instead of a number."""
    report = build_report(Tally(), project, META)

    text = printed(report)

    assert "No holdout: nobody to compare with." in text


def test_the_same_report_prints_the_same(report: dict[str, Any]) -> None:
    """Twice the same text."""
    assert printed(report) == printed(report)
