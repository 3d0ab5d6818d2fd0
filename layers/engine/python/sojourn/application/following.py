"""Does what must follow a write: every act of it, whatever becomes of the others. It knows none of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable


def do_all(acts: Iterable[Callable[[], object]]) -> None:
    """Do every act, in order; one that cannot be done keeps no other from being done.

    Raises:
        Exception: what went wrong first, once all have been tried: so the whole comes again, and each can be repeated.
    """
    first: Exception | None = None
    for act in acts:
        try:
            act()
        except Exception as error:  # noqa: BLE001 - it is raised, after the others had their turn
            first = first or error
    if first is not None:
        raise first
