from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from bench import __main__ as frame
from bench.figure import Figure, at_least, at_most, known

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("figure", "verdict"),
    [
        (at_most("time", 60.0, "s", 60.0, "once"), "ok"),
        (at_most("time", 60.1, "s", 60.0, "once"), "over"),
        (at_least("rate", 5.0, "/s", 5.0, "once"), "ok"),
        (at_least("rate", 4.9, "/s", 5.0, "once"), "over"),
        (known("size", 1.0, "MB", "once"), ""),
    ],
)
def test_a_figure_says_whether_its_budget_holds(figure: Figure, verdict: str) -> None:
    """A limit itself is within the budget; a figure without a budget has no verdict."""
    assert figure.verdict == verdict


def test_every_module_with_a_measure_is_found() -> None:
    """A new file with a `measure` needs no registration."""
    assert "imports" in frame.measures()
    assert "figure" not in frame.measures()


def test_one_broken_measure_costs_no_other_its_figures(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A measure that raises is named and makes the run fail; what the others found is printed and written."""

    def broken() -> list[Figure]:
        raise ZeroDivisionError

    measures = {"broken": broken, "good": lambda: [at_most("steps", 1.1, "per step", 1.2, "counted")]}
    monkeypatch.setattr(frame, "measures", lambda: measures)
    monkeypatch.setattr(frame, "OUTPUT", tmp_path / "build" / "bench.json")

    status = frame.main([])

    written = json.loads((tmp_path / "build" / "bench.json").read_text(encoding="utf-8"))
    assert status == 1
    assert [figure["what"] for figure in written["figures"]] == ["steps"]
    assert "these failed: broken" in capsys.readouterr().out


def test_an_unknown_name_is_wrong_usage(capsys: pytest.CaptureFixture[str]) -> None:
    """A name that no measure has ends with status 2 and the names there are."""
    with pytest.raises(SystemExit, match="2"):
        frame.main(["speed"])

    assert "no measure is called speed; there are: " in capsys.readouterr().err
