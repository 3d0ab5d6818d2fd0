"""When a wait's time is up, and with what a run goes on then.

A wait whose clocks stood still for a while lasts that much longer; the state machine does not know, and goes on when
the time is up that it was given. Whoever comes to the run looks here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sojourn.domain.compile.timeouts import late_state

if TYPE_CHECKING:
    from datetime import datetime

    from sojourn.application.ports import Engine
    from sojourn.application.task_input import State
    from sojourn.domain.customer.rows import Waiter


def deadline_of(engine: Engine, waiter: Waiter) -> datetime | None:
    """Return when a wait's time is up; None where nobody can know, as it has none, or as the clocks stand still.

    In a path of a `parallel` the clocks run on: what waits there cannot be put back into its wait.
    """
    if waiter.deadline is None or waiter.lane:
        return waiter.deadline
    return engine.catalogue.control(waiter.journey).put_off(waiter.since, waiter.deadline)


def after_timeout(waiter: Waiter) -> State:
    """Return the state with which a run goes on in another execution once a wait's time is up."""
    late: State = {**waiter.state, "next": waiter.late or late_state(waiter.then)}
    if waiter.keep:
        late["steps"] = {**late.get("steps", {}), waiter.step: {"path": "otherwise"}}
    return late
