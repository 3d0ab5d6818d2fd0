"""Makes of an archive what can be published: reads it, checks it, compiles it. It knows no table."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sojourn.aws_runtime.publishing.archive import BadArchive, unpacked
from sojourn.aws_runtime.publishing.operating import Given

if TYPE_CHECKING:
    from sojourn.domain.change.migration import MigrationMap
    from sojourn.domain.compile.bundle import Bundle
    from sojourn.domain.findings import Finding

MOST_FINDINGS = 100
"""So many an operation tells, errors first."""


@dataclass(frozen=True, slots=True)
class Compiled:
    """A workspace as it can be published.

    Args:
        found: what `check` says of it, for an operation's result: only warnings, as errors stop it.
        migrations: journey -> what becomes of those who are in an earlier version, where that is written.
    """

    bundle: Bundle
    found: dict[str, Any]
    migrations: Mapping[str, MigrationMap]


def compiled(content: bytes, names: Collection[str] | None = None) -> Compiled:
    """Read, check and compile the workspace in an archive.

    Args:
        names: the journeys that are published; None for all. What is wrong with others stops nothing.

    Raises:
        Given: it is no archive of a workspace, or the workspace has errors, which are told.
    """
    # Imported here: it is most of what publishing takes, and other operations need none of it.
    from sojourn.domain.change.migration import MigrationMap
    from sojourn.domain.compile.bundle import compiled_workspace
    from sojourn.domain.findings import Severity
    from sojourn.domain.journey.checking import check
    from sojourn.domain.journey.part import part_of
    from sojourn.domain.journey.project import read_project

    try:
        files = unpacked(content)
    except BadArchive as error:
        raise Given("bad_archive", str(error)) from None
    whole = read_project(files)
    part = part_of(whole, check(whole), names)
    project, findings = part.project, part.findings
    errors = [finding for finding in findings if finding.severity is Severity.ERROR]
    found = _told(errors, [finding for finding in findings if finding.severity is not Severity.ERROR])
    if errors:
        many = "1 error" if len(errors) == 1 else f"{len(errors):,} errors"
        raise Given("has_errors", f"the workspace has {many}; the first: {errors[0].message}", found)
    migrations = {
        name: MigrationMap.of(folder.migration.migration)
        for name, folder in project.journeys.items()
        if folder.migration is not None
    }
    return Compiled(compiled_workspace(project, findings), found, migrations)


def _told(errors: Sequence[Finding], warnings: Sequence[Finding]) -> dict[str, Any]:
    first = [*errors, *warnings][:MOST_FINDINGS]
    return {
        "errors": len(errors), "warnings": len(warnings), "findings": [finding.to_json() for finding in first],
    }  # fmt: skip
