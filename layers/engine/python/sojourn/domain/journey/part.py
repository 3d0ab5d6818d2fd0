"""What matters of a workspace where only some of its journeys are published: these, and what all of them share."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from sojourn.domain.findings import Severity

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from sojourn.domain.findings import Finding
    from sojourn.domain.journey.project import Project


@dataclass(frozen=True, slots=True)
class Part:
    """A workspace as far as it matters.

    Args:
        project: without the other journeys that have errors.
        findings: without what is wrong with journeys that are not published.
        broken: the folders of those others that have errors.
    """

    project: Project
    findings: tuple[Finding, ...]
    broken: tuple[str, ...]


def part_of(project: Project, findings: Iterable[Finding], names: Collection[str] | None) -> Part:
    """Return what matters of a workspace for publishing these journeys.

    Args:
        findings: what `check` says of the whole workspace.
        names: None for all. Where one of them could not be read, it may be any that is broken: then all matters.
    """
    found = tuple(findings)
    if names is None or not set(names) <= project.journeys.keys():
        return Part(project, found, ())
    chosen = {project.journeys[name].folder for name in names}
    # A folder whose journey.yaml cannot be read is a journey's as well.
    folders = {str(PurePosixPath(path).parent) for path in project.files if path.endswith("/journey.yaml")}
    others = folders - chosen
    beside = [
        (finding, folder) for finding in found if (folder := _folder_of(finding.file, folders)) in others
    ]
    broken = {folder for finding, folder in beside if finding.severity is Severity.ERROR}
    left = {id(finding) for finding, _ in beside}
    return Part(
        replace(
            project,
            journeys={name: one for name, one in project.journeys.items() if one.folder not in broken},
        ),
        tuple(finding for finding in found if id(finding) not in left),
        tuple(sorted(broken)),
    )


def _folder_of(file: str, folders: Collection[str]) -> str:
    """Return the innermost of the folders that a file lies in; "" for none."""
    return next((str(one) for one in PurePosixPath(file).parents if str(one) in folders), "")
