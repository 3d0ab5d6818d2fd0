"""How long it takes to check and compile a large workspace: a thousand journeys, no two alike.

They are copies of the ten-step journey in which names, conditions and messages differ, so that nothing that is
remembered from one helps with the next.
"""

from __future__ import annotations

import time

from bench.figure import Figure, at_most, known
from bench.workspaces import TEN_STEPS, files_of
from sojourn.domain.compile.folder import compile_folder
from sojourn.domain.findings import Severity
from sojourn.domain.journey.checking import check
from sojourn.domain.journey.project import read_project

JOURNEYS = 1_000
LIMIT = 10.0


def workspace(journeys: int) -> dict[str, bytes]:
    """Return the files of a workspace with so many journeys of ten steps."""
    given = files_of(TEN_STEPS)
    files = {"workspace.yaml": given["workspace.yaml"]}
    for path, content in given.items():
        if path.startswith("onboarding/"):
            for number in range(journeys):
                text = content.decode().replace("journey: onboarding", f"journey: onboarding-{number}")
                text = text.replace("seats > 20", f"seats > {number}").replace("</p>", f" {number}</p>")
                files[path.replace("onboarding", f"onboarding-{number}")] = text.encode()
    return files


def measure() -> list[Figure]:
    """Read, check and compile, and say how long each took."""
    files = workspace(JOURNEYS)
    began = time.perf_counter()
    project = read_project(files)
    was_read = time.perf_counter()
    findings = check(project)
    was_checked = time.perf_counter()
    for folder in project.journeys.values():
        compile_folder(folder, project)
    ended = time.perf_counter()

    errors = [finding for finding in findings if finding.severity is Severity.ERROR]
    if errors or len(project.journeys) != JOURNEYS:
        raise RuntimeError(f"{len(project.journeys)} journeys, {len(errors)} errors: {errors[:1]}")
    how = f"{JOURNEYS:,} different journeys of ten steps, four messages each; one process, once, files in memory"
    return [
        known("read 1,000 journeys", was_read - began, "s", how),
        known("check 1,000 journeys", was_checked - was_read, "s", how),
        known("compile 1,000 journeys", ended - was_checked, "s", how),
        at_most("check + compile of 1,000 journeys", ended - began, "s", LIMIT, f"{how}; reading included"),
    ]
