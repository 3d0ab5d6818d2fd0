"""A run that another one entered, and that one failed, or ended, before it could start it."""

from __future__ import annotations

from typing import Any

from tests.faults.cloud import Cloud
from tests.faults.injected import injected
from tests.faults.laws import Seen, broken
from tests.faults.stories import happen
from tests.faults.trouble import Fault, answered


@injected(
    "A step enters a customer elsewhere, and that execution cannot be started: a permission is missing",
    "`step`, then a redrive",
)
def test_a_run_that_a_failed_one_entered_starts_with_its_redrive(cloud: Cloud) -> None:
    """The run that entered it ends as `failed`, which is told and alarmed of; its redrive comes to the same step, and
    starts what was never heard of. Until then the other run stands where it began.
    """
    payloads: list[Any] = []
    real = cloud.invoke

    def remembering(function: str, event: Any) -> Any:
        if function == "step":
            payloads.append(event)
        return real(function, event)

    cloud.invoke = remembering  # type: ignore[method-assign]
    happen(cloud, "began")
    cloud.run(hours=1)
    cloud.plans = [
        Fault(answered("AccessDeniedException"), "step", "stepfunctions", "start_execution", times=99)
    ]
    happen(cloud, "answered")
    cloud.run(hours=1)
    del cloud.invoke
    entered = next(run for run in Seen(cloud).runs if run.journey == "pros-only")
    running = [one.name for one in cloud.states.interpreter.running()]
    assert (Seen(cloud).told("failed"), entered.execution in running) == (["failed NotAllowed"], False)

    cloud.plans = []
    again = cloud.clock.now().isoformat().replace("+00:00", "Z")
    cloud.invoke("step", {**payloads[-1], "entered": again})
    cloud.run(hours=1)

    ended = [one for one in Seen(cloud).happened if one.run == entered.id and one.what in ("sent", "exited")]
    assert [one.reason for one in ended] == ["", "completed"]


@injected(
    "A step enters a customer elsewhere, fails before it starts that, and a goal ends its own run", "`step`"
)
def test_a_run_that_an_ended_one_entered_is_started(cloud: Cloud) -> None:
    """The execution that would have repeated the step is stopped; whoever stops it starts the other run."""
    happen(cloud, "began")
    cloud.run(hours=1)
    cloud.plans = [
        Fault(answered("ServiceUnavailable", 503), "step", "stepfunctions", "start_execution", times=99)
    ]
    happen(cloud, "answered")
    cloud.run(seconds=1)
    happen(cloud, "did_it")
    cloud.settle()

    assert broken(cloud) == []
    ends = {one.journey: one.reason for one in Seen(cloud).happened if one.what == "exited"}
    assert ends == {"whole": "goal", "pros-only": "completed"}
