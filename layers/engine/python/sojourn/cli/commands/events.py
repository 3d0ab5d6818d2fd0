"""`sojourn events`: puts an event on a deployment's bus; looks after those that are not as the tracking plan says."""

from __future__ import annotations

from sojourn.cli.command import Group
from sojourn.cli.commands import events_put, events_quarantine

COMMAND = Group(
    name="events",
    summary="put an event on a deployment's bus; list and replay those in quarantine",
    commands=(events_put.COMMAND, events_quarantine.COMMAND),
)
