"""What `check` said of a version is kept with it, so that a later one can be told apart from it."""

from __future__ import annotations

from sojourn.domain.change.outline import Outline, outline_of
from sojourn.domain.findings import Finding
from sojourn.domain.journey.project import read_project

FILES = {
    "journeys/workspace.yaml": b"workspace: acme\n",
    "journeys/a/journey.yaml": b"journey: a\nenter: {on: began}\nsteps: [{exit: done}]\n",
    "journeys/ab/journey.yaml": b"journey: ab\nenter: {on: began}\nsteps: [{exit: done}]\n",
}


def _found(file: str, message: str) -> Finding:
    return Finding("SJ310", "holdout-without-goal", message, file)


def test_a_journey_keeps_what_was_said_of_its_own_files() -> None:
    """By its file within the folder, each once; what was said of others and of the workspace is not its own."""
    project = read_project(FILES, "journeys")
    found = [
        _found("journeys/a/messages/x.yaml", "second"), _found("journeys/a/journey.yaml", "first"),
        _found("journeys/a/journey.yaml", "first"), _found("journeys/ab/journey.yaml", "another's"),
        _found("journeys/workspace.yaml", "everybody's"),
    ]  # fmt: skip
    outline = outline_of(project.journeys["a"], project, found)
    assert outline.findings == (
        ("SJ310", "journey.yaml", "first"), ("SJ310", "messages/x.yaml", "second"),
    )  # fmt: skip
    assert Outline.from_json(outline.to_json()) == outline
