"""Runs every rule over a project and puts everything that is wrong into one order.

It knows no rule by name: the catalogue does.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sojourn.domain.findings import Finding, in_order
from sojourn.domain.journey.rules.catalogue import all_rules
from sojourn.domain.journey.rules.context import Context

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sojourn.domain.journey.project import Project


def check(project: Project) -> tuple[Finding, ...]:
    """Return everything that is wrong with a project, reading included, in order of file and position.

    Where a file was damaged, what rules conclude from something being absent is left out: it may be among what
    could not be read, and then the finding would only confuse.
    """
    return in_order([*project.findings, *_checked(Context(project))])


def _checked(context: Context) -> Iterator[Finding]:
    project = context.project
    workspace_damaged = bool({project.workspace_file, project.segments_file} & project.damaged)
    folders = {path.rpartition("/journey.yaml")[0] for path in project.damaged if path.endswith("/journey.yaml")}
    near = _damage(project)
    for rule in all_rules():
        if rule.found_by_reading or (rule.needs_workspace and workspace_damaged):
            continue
        for finding in rule.check(context):
            inside = any(finding.file.startswith(f"{folder}/") for folder in folders)
            if inside and (rule.needs_journey or (finding.file, _step_line(context, finding)) in near):
                continue
            yield finding
