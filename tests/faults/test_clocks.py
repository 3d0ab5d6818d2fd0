"""Clocks that are wrong: our functions' by minutes, apps' by a year."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.faults.cloud import START, Cloud
from tests.faults.injected import injected
from tests.faults.laws import Seen, broken
from tests.faults.stories import happen, names_of
from tests.faults.trouble import Fault, answered, killed

OFF = ("route", "step", "send", "close", "export")


@injected("The clock of one function is minutes off", "a whole journey; ten minutes ahead, ten behind")
@pytest.mark.parametrize("minutes", [-10, 10])
@pytest.mark.parametrize("function", OFF)
def test_a_function_whose_clock_is_off(cloud: Cloud, function: str, minutes: int) -> None:
    """Waits are the state machine's, and revisions order what is written: the journey goes its way."""
    cloud.skews[function] = timedelta(minutes=minutes)
    for name, hours in (("began", 1), ("answered", 5), ("again", 1), ("did_it", 1)):
        happen(cloud, name)
        cloud.run(hours=hours)
    cloud.export()
    cloud.settle()

    assert broken(cloud) == []
    assert Seen(cloud).told("failed") == []


@injected("All clocks of our functions differ, by minutes", "a whole journey")
@pytest.mark.parametrize("way", [1, -1])
def test_functions_that_disagree_on_the_time(cloud: Cloud, way: int) -> None:
    """The same."""
    cloud.skews = {name: timedelta(minutes=way * (7 * n - 14)) for n, name in enumerate(OFF)}
    for name, hours in (("began", 1), ("answered", 5), ("again", 1), ("did_it", 1)):
        happen(cloud, name)
        cloud.run(hours=hours)
    happen(cloud, "began", "second")
    cloud.run(days=5)
    cloud.settle()

    assert broken(cloud) == []
    assert Seen(cloud).told("failed") == []


@injected("The clock of `send` is minutes behind while a provider is busy for an hour", "`send`")
@pytest.mark.parametrize("minutes", [-10, 0, 10])
def test_a_held_send_waits_though_its_function_lives_in_the_past(cloud: Cloud, minutes: int) -> None:
    """The state machine's clock counts where it is ahead: until when a send is held is never over already."""
    cloud.skews["send"] = timedelta(minutes=minutes)
    cloud.plans = [
        Fault(answered("TooManyRequestsException", 429), "send", "sesv2", "send_email", times=10_000)
    ]
    happen(cloud, names_of("email", "once")[1])
    cloud.run(hours=1)
    visits = cloud.invocations["send"]
    cloud.settle()

    assert visits < 20
    assert broken(cloud) == []
    assert Seen(cloud).told("sent") == ["sent s"]


@injected(
    "The clock of `close` is minutes behind, and a task comes late", "`send`, after its execution failed"
)
def test_a_late_task_does_not_open_a_run_again_that_was_closed(cloud: Cloud) -> None:
    """Only a redrive does: the task must have been entered after the execution ended, by Step Functions' own clock."""
    cloud.skews["close"] = timedelta(minutes=-10)
    payloads = []
    real = cloud.handlers["send"].lambda_handler

    def remembering(payload: object, context: object) -> object:
        payloads.append(payload)
        return real(payload, context)

    cloud.handlers["send"].lambda_handler = remembering  # type: ignore[attr-defined]
    cloud.plans = [Fault(answered("ValidationException"), "send", "dynamodb", times=10_000)]
    happen(cloud, names_of("email", "once")[1])
    cloud.run(hours=1)
    cloud.handlers["send"].lambda_handler = real  # type: ignore[attr-defined]
    cloud.plans = []

    with pytest.raises(Exception, match="failed"):
        cloud.invoke("send", payloads[0])

    cloud.settle()
    assert broken(cloud) == []
    assert cloud.provider.taken == []
    assert Seen(cloud).told("exited") == ["exited failed"]


@injected("An app's clock is a year off, both ways", "events of a whole journey")
@pytest.mark.parametrize("days", [-365, 365])
def test_an_app_whose_clock_is_a_year_off(cloud: Cloud, days: int) -> None:
    """What counts is when an event reached us; nothing is put into the future, nothing dropped."""
    theirs = (START + timedelta(days=days)).isoformat().replace("+00:00", "Z")
    for name, hours in (("began", 1), ("answered", 5), ("again", 1), ("did_it", 1)):
        happen(cloud, name, time=theirs)
        cloud.run(hours=hours)
    cloud.settle()

    assert broken(cloud) == []
    assert Seen(cloud).told("failed") == []
    assert "exited goal" in Seen(cloud).told("exited")


@injected(
    "An event comes in the last minutes of its wait, or just after, by a clock that is off",
    "`route`; ten minutes ahead, ten behind",
)
@pytest.mark.parametrize("minutes", [-10, 10])
@pytest.mark.parametrize("after", [-5, 5])
def test_an_event_about_the_end_of_its_wait(cloud: Cloud, minutes: int, after: int) -> None:
    """It is judged by `route`'s clock; whichever way the run goes, it goes one way, and the counts follow it."""
    cloud.skews["route"] = timedelta(minutes=minutes)
    happen(cloud, "began")
    cloud.run(days=2, minutes=after)
    happen(cloud, "answered")
    cloud.plans = [Fault(killed("after"), "step")]
    cloud.run(hours=1)
    cloud.settle()

    assert broken(cloud, repeated=1) == []
    assert len(Seen(cloud).told("resumed", "timed_out")) == 1
