"""Pages that show what the commands say beside a deployment to which the starter's journey is published."""

from __future__ import annotations

from collections.abc import Callable

from tests.docs.pages import DOCS, agrees, blocks, shown
from tests.docs.test_commands import run


def differing(page: str, at_least: int, after_each: Callable[[], object] = lambda: None) -> list[str]:
    """Run a page's commands in their order; return those that do not say what is shown below them.

    Args:
        at_least: so many commands the page has: fewer, and what is shown was not found.
        after_each: what goes on in the deployment between two of them.
    """
    calls = [call for block in blocks(DOCS / page, "text") for call in shown(block)]
    assert len(calls) >= at_least
    found = []
    for call in calls:
        status, said = run(call.command)
        after_each()
        if status != call.status or not agrees(call.output, said):
            found.append(f"{call.command}: exit status {status}\n{said}")
    return found
