"""Works out what an author wrote under `with` or `update`, for one customer at one instant."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sojourn.domain.condition.types import NoValue
from sojourn.domain.condition.values import parse_value

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sojourn.application.running import Running


def resolved(
    values: Mapping[str, Any], running: Running, state: Mapping[str, Any]
) -> tuple[dict[str, Any], str]:
    """Work out what an author wrote under `with` or `update`.

    Returns:
        The values, and why some were left out: what they read is missing.
    """
    view = running.view(state)
    made: dict[str, Any] = {}
    missing: list[str] = []
    for name, raw in values.items():
        try:
            made[name] = parse_value(raw).resolve(view)
        except NoValue as nothing:
            missing.append(f"no {name}: {nothing.reason}")
    return made, "; ".join(missing)
