"""Reads the workspace that is deployed: its journeys, compiled, and what the functions register of it.

The same reader, checker and compiler as the command's, so what `sojourn check` refuses is not deployed. It knows no
CDK.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from infra.settings import SettingsError
from sojourn.adapters.senders.permission import from_addresses
from sojourn.cli.usage import UsageError
from sojourn.cli.workspace import locate, read_files
from sojourn.domain.compile.bundle import compiled_workspace
from sojourn.domain.compile.compiled import CompiledJourney, canonical
from sojourn.domain.findings import Severity
from sojourn.domain.journey.checking import check
from sojourn.domain.journey.project import read_project
from sojourn.errors import AuthorError


@dataclass(frozen=True)
class Published:
    """What a workspace brings to a deployment.

    Args:
        name: what `workspace.yaml` calls it.
        timezone: the workspace's, an IANA name.
        journeys: in the order of their names.
        senders: `workspace.yaml`'s, by channel: what the functions may send as depends on them.
        from_addresses: as whom emails are sent: the workspace's, and those of messages with one of their own.
        bundle: the text that the custom resource registers.
    """

    name: str
    journeys: tuple[CompiledJourney, ...]
    senders: Mapping[str, Mapping[str, Any]]
    from_addresses: tuple[str, ...]
    bundle: str
    timezone: str = "UTC"


def published(folder: Path) -> Published:
    """Read, check and compile the workspace in *folder*.

    Raises:
        SettingsError: there is none, or it has errors.
    """
    try:
        place = locate(str(folder), folder.parent)
        files, _ = read_files(place)
    except UsageError as error:
        raise SettingsError(f"workspace: {error}") from error
    project = read_project(files, place.shown)
    found = check(project)
    errors = [finding for finding in found if finding.severity is Severity.ERROR]
    if errors:
        raise SettingsError(
            "\n".join(
                f"{finding.file}:{finding.span.line}:{finding.span.column}: {finding.message}"
                for finding in errors
            )
            + f"\nthe workspace has {len(errors)} errors: `sojourn check {place.shown}` says more"
        )
    bundle = compiled_workspace(project, found)
    try:
        addresses = from_addresses(bundle)
    except AuthorError as error:
        raise SettingsError(str(error)) from None
    return Published(
        project.workspace.workspace,
        bundle.journeys,
        bundle.policy.senders,
        addresses,
        canonical(bundle.to_json()),
        bundle.policy.timezone,
    )
