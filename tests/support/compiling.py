"""Journeys written in tests, compiled."""

from __future__ import annotations

from textwrap import dedent
from typing import TYPE_CHECKING, Any

from sojourn.domain.compile.folder import compile_folder
from sojourn.domain.journey.project import read_project
from tests.support.workspaces import MESSAGE, SEGMENTS, WORKSPACE

if TYPE_CHECKING:
    from sojourn.domain.compile.compiled import CompiledJourney
    from sojourn.domain.journey.project import Project


def read(journey: str) -> Project:
    """Read a workspace of one whole `journey.yaml`, with the message `hello`."""
    files = {
        "workspace.yaml": WORKSPACE,
        "segments.yaml": SEGMENTS,
        "x/journey.yaml": journey,
        "x/messages/hello.yaml": MESSAGE,
    }
    return read_project({path: dedent(text).encode() for path, text in files.items()})


def compiled(journey: str) -> CompiledJourney:
    """Compile a whole `journey.yaml`."""
    project = read(journey)
    assert project.findings == (), project.findings
    (folder,) = project.journeys.values()
    return compile_folder(folder, project)[0]


def steps(text: str) -> CompiledJourney:
    """Compile a journey of these steps, YAML, that the event `began` enters."""
    return compiled(f"journey: j\ntopic: news\nenter: {{on: began}}\nsteps:\n{text}")


def states(journey: CompiledJourney) -> dict[str, dict[str, Any]]:
    """Return all states of a journey by name, those inside of a `parallel` too."""
    found: dict[str, dict[str, Any]] = {}

    def collect(machine: Any) -> None:
        for name, state in machine["States"].items():
            assert name not in found, f"two states are called {name}"
            found[name] = state
            for branch in state.get("Branches", ()):
                collect(branch)

    collect(journey.definition)
    return found
