"""Step Functions and Scheduler: calls that worked and never answered, that fail, that come too late."""

from __future__ import annotations

import json

import pytest

from tests.faults.cloud import Cloud
from tests.faults.injected import injected
from tests.faults.laws import Seen, broken, lost
from tests.faults.services import codes
from tests.faults.stories import happen, names_of
from tests.faults.trouble import Fault, answered, killed, no_answer

CALLS = {
    "start_execution": ("began", "exited completed"),
    "send_task_success": ("answered", "exited completed"),
    "stop_execution": ("did_it", "exited goal"),
}
"""What Step Functions is asked for when something happens, and how the run ends."""
ERRORS = [(call, code) for call in CALLS for code in codes("stepfunctions", call)]


def story(cloud: Cloud, call: str) -> None:
    """Let happen what leads to a call."""
    if call != "start_execution":
        happen(cloud, "began")
        cloud.run(hours=1)
    happen(cloud, CALLS[call][0])
    cloud.run(minutes=20)


@injected(
    "A call of Step Functions worked, and its answer never came",
    "`route`: start, answer and stop; once, and every time",
)
@pytest.mark.parametrize("times", [1, 10_000], ids=["once", "every time"])
@pytest.mark.parametrize("call", CALLS)
def test_a_call_that_worked_and_never_answered(cloud: Cloud, call: str, times: int) -> None:
    """The message comes again; starting, answering or stopping once more changes nothing."""
    fault = Fault(no_answer("after"), "route", "stepfunctions", call, times=times)
    cloud.plans = [fault]
    story(cloud, call)

    assert fault.hits >= 1
    assert lost(Seen(cloud)) == []
    cloud.settle()
    assert broken(cloud) == []
    assert CALLS[call][1] in Seen(cloud).told("exited")


@injected("Step Functions answers an error, once", "`route`: start, answer and stop; each error of its model")
@pytest.mark.parametrize(("call", "code"), ERRORS)
def test_an_error_of_step_functions(cloud: Cloud, call: str, code: str) -> None:
    """What passes is tried again; what says that it was done, or is over, is taken at its word."""
    fault = Fault(answered(code), "route", "stepfunctions", call)
    cloud.plans = [fault]
    story(cloud, call)
    happen(cloud, "stopped")
    cloud.run(minutes=20)
    cloud.settle()

    assert fault.hits == 1
    wrong = broken(cloud)
    if (call, code) == ("start_execution", "ExecutionAlreadyExists"):
        # It says that the execution is there, which here it is not.
        wrong = [one for one in wrong if "its execution" not in one]
    assert wrong == []


@injected("A journey's state machine is gone, for good", "`route`, `step`: the start of one of several runs")
@pytest.mark.parametrize("journey", ["whole", "pros-only", "listens"])
def test_a_journey_without_a_machine_stands_in_nobodys_way(cloud: Cloud, journey: str) -> None:
    """Its run ends as `failed`, which is told and alarmed of; what entered it goes on, and so does every other run."""
    with cloud.taken_out(journey):
        story(cloud, "send_task_success")
        happen(cloud, names_of("email", "once")[1])
        cloud.run(minutes=20)
        cloud.settle()

    assert broken(cloud) == []
    ends = {one.journey: one.reason for one in Seen(cloud).happened if one.what == "exited"}
    started = {"email-once"} if journey == "whole" else {"email-once", "whole", "pros-only", "listens"}
    assert ends == {journey: "failed"} | dict.fromkeys(started - {journey}, "completed")
    assert Seen(cloud).told("failed") == ["failed MachineGone"]


@injected("A journey is taken out while a run of it waits for 400 days", "`route`, Scheduler, `close`")
@pytest.mark.parametrize("by", ["the customer's next event", "an operator"])
def test_a_parked_run_whose_journey_was_taken_out_is_closed(cloud: Cloud, by: str) -> None:
    """Its schedule fires at nothing, which lies among the dead letters and rings. Any event of the customer ends the
    run as `failed`, and so does an operator, who calls `close` with what lies there.
    """
    happen(cloud, "later")
    with cloud.taken_out("parked"):
        cloud.run(days=402)
        ((name, text),) = cloud.scheduler.dead.items()
        assert lost(Seen(cloud)) == []
        if by == "an operator":
            detail = {
                "executionArn": "",
                "name": name,
                "status": "ABORTED",
                "input": json.loads(text)["Input"],
            }
            cloud.close({"detail": detail})
        else:
            happen(cloud, "stopped", "another")
        cloud.run(minutes=20)
        cloud.scheduler.dead.clear()
    happen(cloud, "later")
    cloud.settle(days=402)

    assert broken(cloud) == []
    assert Seen(cloud).told("exited") == ["exited failed"]
    assert Seen(cloud).told("not_entered") == ["not_entered again: never"]


@injected("An answer comes after its wait timed out", "`route` is killed a minute before the timeout")
def test_an_answer_after_its_timeout(cloud: Cloud) -> None:
    """The wait was released on paper when the event came; the execution had gone on: no error, no second message."""
    happen(cloud, "began")
    cloud.run(hours=47, minutes=59)
    cloud.plans = [Fault(killed("before"), "route", "stepfunctions", "send_task_success")]
    happen(cloud, "answered")
    cloud.run(minutes=20)
    cloud.settle()

    assert broken(cloud) == []
    seen = Seen(cloud)
    assert seen.told("resumed", "timed_out") == ["resumed w"]
    assert seen.told("exited")[-1:] == ["exited completed"]


@injected("`StopExecution` fails for hours after a goal", "`route`")
def test_an_execution_that_cannot_be_stopped_sends_nothing(cloud: Cloud) -> None:
    """The run has ended in its row: whatever the execution still does finds that, and nobody hears from it."""
    happen(cloud, "began")
    cloud.run(hours=1)
    cloud.plans = [
        Fault(answered("ServiceUnavailable", 503), "route", "stepfunctions", "stop_execution", times=10_000)
    ]
    happen(cloud, "did_it")
    cloud.run(days=10)
    sent = len(cloud.provider.taken)
    cloud.settle()

    assert (sent, len(cloud.provider.taken)) == (1, 1)
    assert broken(cloud) == []
    assert Seen(cloud).told("exited") == ["exited goal"]


@injected(
    "Scheduler fails, dies or does not answer, once",
    "`route`: the start of a run that waits for 400 days, and its end",
)
@pytest.mark.parametrize("name", ["create_schedule", "delete_schedule"])
@pytest.mark.parametrize(
    "trouble", [killed("before"), killed("after"), no_answer("after"), answered("ThrottlingException", 429)],
    ids=["killed before", "killed after", "no answer", "throttled"],
)  # fmt: skip
def test_a_schedule_is_made_once_and_goes(cloud: Cloud, name: str, trouble: object) -> None:
    """The schedule has the execution's name: made again it is the same; once deleted, its run never begins."""
    fault = Fault(trouble, "route", "scheduler", name)  # type: ignore[arg-type]
    cloud.plans = [fault]
    happen(cloud, "later")
    cloud.run(minutes=20)
    assert len(cloud.scheduler.schedules) == 1
    happen(cloud, "did_it")
    cloud.run(minutes=20)

    assert fault.hits == 1
    assert cloud.scheduler.schedules == {}
    cloud.settle(days=500)
    assert broken(cloud) == []
    assert cloud.provider.taken == []
