"""A run is moved in two steps: its row is written, then an execution begins. Between the two anything may happen."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from sojourn.errors import TransientError
from tests.support.migrants import Republished

BEFORE = "enter: {on: began}\nsteps: [{id: pause, wait: 2 hours}, {id: s, send: hello, via: [email]}]"
BRANCH = """
enter: {on: began}
steps:
  - id: which
    branch:
      - {when: 'customer.plan == "pro"', steps: [{id: t, send: hello, via: [sms]}]}
      - else: [{wait: 400 days}]
  - {id: s, send: hello, via: [email]}
"""


class Busy:
    """Executions that cannot be started the first time."""

    def __init__(self, executions: Any) -> None:
        self._executions = executions
        self._busy = True

    def start(self, *asked: Any, **named: Any) -> None:
        """Start, but for the first time."""
        if self._busy:
            self._busy = False
            raise TransientError("StartExecution: ThrottlingException")
        self._executions.start(*asked, **named)

    def __getattr__(self, name: str) -> Callable[..., Any]:
        return getattr(self._executions, name)  # type: ignore[no-any-return]


@pytest.mark.parametrize(("plan", "sent"), [("pro", "+30m sent t"), ("free", "+400d 30m sent s")])
def test_who_could_not_be_started_is_started_by_the_next_call(plan: str, sent: str) -> None:
    """Also where they were moved to what waits for so long that no execution goes on meanwhile."""
    story = Republished(BEFORE)
    story.happen("began", attributes={"plan": plan})
    story.until("+30m")
    story.publish(BRANCH)
    story.world.engine = replace(story.world.engine, executions=Busy(story.world.engine.executions))

    with pytest.raises(TransientError):
        story.migrate({"pause": {"move": "which"}})
    again = story.migrate({"pause": {"move": "which"}})
    story.until("+500d")

    assert (again, story.told("sent")[0]) == (["elsewhere"], sent)
    assert story.told("exited")[-1].endswith("exited completed")
