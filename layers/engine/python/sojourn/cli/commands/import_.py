"""`sojourn import`: a workspace from what another tool exported."""

from __future__ import annotations

from sojourn.cli.command import Group
from sojourn.cli.commands import import_pinpoint

COMMAND = Group(
    name="import",
    summary="make a workspace from what Amazon Pinpoint exported",
    commands=(import_pinpoint.COMMAND,),
)
