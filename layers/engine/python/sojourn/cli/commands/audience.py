"""`sojourn audience`: let the customers of a file, or the members of a segment, enter a journey."""

from __future__ import annotations

from sojourn.cli.command import Group
from sojourn.cli.commands import audience_cancel, audience_resume, audience_start, audience_status

COMMAND = Group(
    name="audience",
    summary="let the customers of a file, or a segment's members, enter a journey",
    commands=(
        audience_start.COMMAND, audience_status.COMMAND, audience_cancel.COMMAND, audience_resume.COMMAND,
    ),
)  # fmt: skip
