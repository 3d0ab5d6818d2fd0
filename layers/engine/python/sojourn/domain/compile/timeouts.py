"""Where a machine goes on when a wait's time runs out: what `Layout` laid out, read from what the wait carries along.

Functions need it of a run that is to go on there in another execution; they have no flow to ask.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sojourn.domain.compile import names


def late_state(then: Mapping[str, Any]) -> str:
    """Return the state that follows a wait's timeout.

    Args:
        then: what follows the wait, as compiled (`sojourn.domain.compile.then`).
    """
    target = str(then["paths"]["otherwise"])
    node = then["nodes"].get(target, {})
    if "end" in node:
        return names.END_TASK
    # A wait whose length is known begins by itself, and so do those with which the paths of a `parallel` begin.
    if not node or "wait" in node or "lanes" in node:
        return target
    return names.decide(target)


def late_wait(then: Mapping[str, Any]) -> float:
    """Return how many seconds the wait lasts that follows a wait's timeout with no task between; 0 for none."""
    return float(then["nodes"].get(then["paths"]["otherwise"], {}).get("wait", 0.0))
