"""Where a run is: for each path of a `parallel` it walks, the step it waits at or that comes next."""

from __future__ import annotations

from collections.abc import Iterable, Mapping


def standing(
    at: Mapping[str, str], lane: str, step: str, beside: Iterable[tuple[str, str]] = ()
) -> dict[str, str]:
    """Return where a run is once it came to *step* on the path *lane*.

    What stood on paths inside of *lane* is over: they have met again. Whoever walks a path is in its `parallel` too.

    Args:
        at: where it was: lane -> step.
        step: "" where the path is done.
        beside: where the paths of a `parallel` that begins at *step* stand at once: (path, step).
    """
    now = {other: there for other, there in at.items() if other != lane and not is_inside(other, lane)}
    if lane:
        now |= _around(lane)
    if step:
        now[lane] = step
    for path, first in beside:
        now[f"{lane}/{step}/{path}".lstrip("/")] = first
    return now


def is_inside(lane: str, outer: str) -> bool:
    """Say whether a path lies within another one; "" is around all."""
    return lane.startswith(f"{outer}/") if outer else lane != ""


def _around(lane: str) -> dict[str, str]:
    """Return the steps that a path lies in, the outermost first: `p/a/q/b` lies in p, and in q on p's path a."""
    parts = lane.split("/")
    return {"/".join(parts[:n]): parts[n] for n in range(0, len(parts), 2)}
