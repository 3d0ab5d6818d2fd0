"""What a workspace says of its senders, as plain settings: they travel to the functions as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sojourn.domain.time.durations import parse_duration

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sojourn.domain.journey.model.senders import Senders

IN_SECONDS = ("time_to_live",)
"""What people write as a duration and settings hold as whole seconds."""


def sender_settings(senders: Senders | None) -> Mapping[str, Mapping[str, Any]]:
    """Return what is said of each channel's sender, by the keys of `workspace.yaml`; nothing else is in it."""
    found = senders.model_dump(by_alias=True, exclude_none=True) if senders is not None else {}
    for settings in found.values():
        for key in IN_SECONDS:
            if key in settings:
                settings[key] = int(parse_duration(settings[key]).total_seconds())
    return found
