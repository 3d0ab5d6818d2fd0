"""Runs every rule over a project and puts everything that is wrong into one order.

It knows no rule by name: the catalogue does.
"""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from sojourn.domain.findings import Finding, in_order
from sojourn.domain.journey.rules.catalogue import all_rules
from sojourn.domain.journey.rules.context import Context
from sojourn.domain.journey.simulated import simulation_findings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sojourn.domain.journey.project import Project
    from sojourn.domain.journey.rules.context import JourneyView
    from sojourn.domain.places import Span

MOST_FINDINGS = 300
"""Findings of one rule; who has more of them reads no further, and finding them all could take long."""


def check(project: Project) -> tuple[Finding, ...]:
    """Return everything that is wrong with a project, reading included, in order of file and position.

    Where a file was damaged, what rules conclude from something being absent is left out: it may be among what
    could not be read, and then the finding would only confuse. So is what they say of a step that is damaged
    itself.
    """
    return in_order([*project.findings, *_checked(Context(project)), *simulation_findings(project)])


def _checked(context: Context) -> Iterator[Finding]:
    damaged = context.project.damaged
    no_workspace = bool({context.project.workspace_file, context.project.segments_file} & damaged)
    folders = tuple(f"{path.rpartition('/')[0]}/" for path in damaged if path.endswith("/journey.yaml"))
    views = {view.file: view for view in context.journeys.values() if view.file in damaged}
    broken = {
        (finding.file, _part(views[finding.file], finding.span))
        for finding in context.project.findings
        if finding.file in views
    }
    for rule in all_rules():
        if rule.found_by_reading or (rule.needs_workspace and no_workspace):
            continue
        for finding in islice(rule.check(context), MOST_FINDINGS):
            if folders and rule.needs_journey and finding.file.startswith(folders):
                continue
            if finding.file in views and (finding.file, _part(views[finding.file], finding.span)) in broken:
                continue
            yield finding


def _part(view: JourneyView, span: Span) -> str:
    """Name the part of a journey that holds *span*: the innermost step, else the top-level key."""
    node = view.node_at(span)
    if node is not None:
        return node.id
    point, journey = (span.line, span.column), view.journey
    for key in type(journey).model_fields:
        begin, end = journey.key_place(key), journey.place(key)
        if journey.written(key) and (begin.line, begin.column) <= point < (end.end_line, end.end_column):
            return f"@{key}"
    return ""
