"""Reads `simulation.yaml`: the guesses of a project, and whether they can be simulated."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sojourn.domain.findings import Finding, in_order
from sojourn.domain.journey.model.simulation import Simulation
from sojourn.domain.journey.simulated import simulation_findings

if TYPE_CHECKING:
    from sojourn.domain.journey.project import Project


def read_simulation(project: Project) -> tuple[Simulation, tuple[Finding, ...]]:
    """Return the guesses of a project, all defaults where it has no such file, and what is wrong with them."""
    read = [finding for finding in project.findings if finding.file == project.simulation_file]
    return project.simulation or Simulation(), in_order([*read, *simulation_findings(project)])
