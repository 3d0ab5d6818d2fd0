"""What is measured is what the budgets are about."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from bench.compile import workspace
from bench.workspaces import SAMPLES, TEN_STEPS, files_of
from sojourn.domain.compile.folder import compile_folder
from sojourn.domain.findings import Severity
from sojourn.domain.journey.checking import check
from sojourn.domain.journey.model.steps import Wait, WaitFor
from sojourn.domain.journey.project import read_project
from sojourn.domain.time.durations import parse_duration


def test_the_ten_step_journey_has_ten_steps_and_takes_thirty_days() -> None:
    """The longest way through it waits for thirty days."""
    folder = read_project(files_of(TEN_STEPS)).journeys["onboarding"]

    steps = [node.step for node in folder.flow.nodes.values()]
    waits = [step.wait for step in steps if isinstance(step, Wait) and isinstance(step.wait, str)]
    waits += [step.up_to for step in steps if isinstance(step, WaitFor) and step.up_to]
    assert len(steps) == 10
    assert sum(map(parse_duration, waits), timedelta()) == timedelta(days=30)


def test_no_two_of_the_compiled_journeys_are_alike() -> None:
    """Copies differ in names, conditions and messages, so that remembering one does not help with the next."""
    project = read_project(workspace(3))

    versions = {compile_folder(folder, project)[0].version for folder in project.journeys.values()}
    digests = {
        digest for folder in project.journeys.values() for digest in compile_folder(folder, project)[1]
    }
    assert len(versions) == 3
    assert len(digests) == 12


@pytest.mark.parametrize("folder", [SAMPLES, TEN_STEPS], ids=lambda folder: folder.name)
def test_what_is_measured_is_without_findings(folder: Path) -> None:
    """A workspace with errors would be measured by what it leaves out."""
    project = read_project(files_of(folder))

    assert [finding for finding in check(project) if finding.severity is Severity.ERROR] == []
