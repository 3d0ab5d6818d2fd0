from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

from infra.local_cloud.deployment import STAGE
from sojourn.adapters.dynamodb import keys
from sojourn.domain.time.instants import iso
from tests.support.cloud import Cloud, eventually


def queued(name: str, customer: str, properties: dict[str, Any], number: int) -> dict[str, Any]:
    """Return what the queue hands `route` for one event."""
    body = {
        "detail-type": name, "id": f"{customer}-{number}", "time": "2026-03-02T09:00:00Z", "source": "shop",
        "detail": {"customer": customer, "properties": properties},
    }  # fmt: skip
    record = {"messageId": f"m{number}", "body": json.dumps(body), "eventSource": "aws:sqs"}
    return {"Records": [record]}


def test_a_goal_ends_a_run_while_it_waits(cloud: Cloud) -> None:
    """The execution is stopped in the middle of its sixty days, and nothing is sent."""
    cloud.put("cart_updated", "gil", {"cart_id": "c1", "items": 2}, attributes={"email": "gil@mail.example"})
    run = cloud.entered("gil", "cart", "c1")

    cloud.put("order_completed", "gil", {"cart_id": "c1"})
    ended = cloud.ended("gil", "cart", "c1")

    assert ended["exit_reason"] == "goal"
    execution = eventually(lambda: cloud.execution(run), lambda found: found["status"] != "RUNNING")
    assert (execution["status"], execution["error"]) == ("ABORTED", "Sojourn.Stopped")
    assert cloud.emails("gil@mail.example") == []


def test_an_event_restarts_a_run(cloud: Cloud) -> None:
    """The old execution is stopped as restarted, and a new one waits from the beginning."""
    cloud.put("cart_updated", "rea", {"cart_id": "c1", "items": 1})
    first = cloud.entered("rea", "cart", "c1")

    cloud.put("cart_updated", "rea", {"cart_id": "c1", "items": 3})
    second = eventually(lambda: cloud.run("rea", "cart", "c1"), lambda run: run["id"] != first["id"])

    assert second["entry"] == {"cart_id": "c1", "items": 3}
    assert (
        eventually(lambda: cloud.execution(first)["status"], lambda status: status != "RUNNING") == "ABORTED"
    )
    assert cloud.execution(second)["status"] == "RUNNING"
    assert "restarted cart_updated" in cloud.happened("rea")


def test_an_event_lets_a_run_exit(cloud: Cloud) -> None:
    """`while_running` ends it with its reason; a run of another key goes on."""
    cloud.put("cart_updated", "eva", {"cart_id": "c1", "items": 1})
    cloud.put("cart_updated", "eva", {"cart_id": "c2", "items": 1})
    other = cloud.entered("eva", "cart", "c2")
    cloud.entered("eva", "cart", "c1")

    cloud.put("cart_updated", "eva", {"cart_id": "c1", "items": 0})

    assert cloud.ended("eva", "cart", "c1")["exit_reason"] == "exit:emptied"
    assert cloud.execution(other)["status"] == "RUNNING"
    assert other == cloud.run("eva", "cart", "c2")


def test_an_event_releases_a_wait(cloud: Cloud) -> None:
    """The task that waits for a token is answered with it, and the execution takes the event's path."""
    cloud.put("question_asked", "quin", {"number": "1"})
    cloud.waits("quin", "answer")

    cloud.put("question_answered", "quin", {"number": "1"})
    run = cloud.ended("quin", "question", "1")

    assert (run["exit_reason"], cloud.rows("quin", keys.PROFILE)[0]["attributes"]["stage"]) == (
        "exit:answered",
        "known",
    )
    assert (
        eventually(lambda: cloud.execution(run)["status"], lambda status: status != "RUNNING") == "SUCCEEDED"
    )
    assert cloud.rows("quin", keys.WAITS) == []


def test_a_wait_that_nothing_releases_times_out(cloud: Cloud) -> None:
    """Step Functions ends it after `up_to`, and the run goes on by `otherwise`."""
    cloud.put("question_asked", "tom", {"number": "1"})

    assert cloud.ended("tom", "question", "1")["exit_reason"] == "exit:silent"
    assert "timed_out answer" in cloud.happened("tom")


def test_the_same_event_twice_does_nothing_more(cloud: Cloud) -> None:
    """A second delivery finds the first by its id, though the journey would let the customer in again."""
    cloud.put("notice_due", "dot", {"channel": "in_app"}, id="notice-1")
    first = cloud.ended("dot", "notice")

    cloud.put("notice_due", "dot", {"channel": "in_app"}, id="notice-1")
    cloud.put("greeted", "dot", {"stage": "last"})
    eventually(lambda: [event for event in cloud.rows("dot", keys.EVENTS) if event["name"] == "greeted"])

    assert first == cloud.run("dot", "notice")
    assert cloud.happened("dot").count("entered") == 1


def test_two_events_at_once_of_one_customer(cloud: Cloud) -> None:
    """Eight copies of `route` at once: every event is stored, and each key has one run with one execution."""
    events = [
        queued("cart_updated", "moe", {"cart_id": f"c{number % 4}", "items": 1}, number)
        for number in range(8)
    ]

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda event: cloud.invoke("route", event), events))
    again = [event for event, answer in zip(events, answers, strict=True) if answer["batchItemFailures"]]
    for event in again:
        assert cloud.invoke("route", event) == {"batchItemFailures": []}

    stored = [event for event in cloud.rows("moe", keys.EVENTS) if event["name"] == "cart_updated"]
    assert len(stored) == 8
    runs = cloud.rows("moe", keys.RUNS)
    assert [run["key"] for run in runs] == ["c0", "c1", "c2", "c3"]
    assert {"RUNNING"} == {cloud.execution(run)["status"] for run in runs}
    assert cloud.happened("moe").count("restarted cart_updated") == 4
    machine = cloud.row("G#journey#cart", f"v#{runs[0]['version']}")["machine"]["S"].rpartition(":")[0]
    running = cloud.client("stepfunctions").list_executions(stateMachineArn=machine, statusFilter="RUNNING")
    assert {run["execution"] for run in runs} <= {one["name"] for one in running["executions"]}


def scheduled(cloud: Cloud, customer: str) -> dict[str, Any]:
    """Let a customer wait for 800 days; return the schedule that the run waits in."""
    group = cloud.first.outputs["ScheduleGroupName"]
    cloud.put("later_wanted", customer, {"at": iso(datetime.now(UTC) + timedelta(days=800))})
    run = cloud.entered(customer, "later")
    schedule = eventually(lambda: found(cloud, run["execution"][-64:], group))
    asked = json.loads(schedule["Target"]["Input"])
    assert run["execution"] == asked["Name"]
    assert f"stateMachine:sojourn-{STAGE}_later:" in asked["StateMachineArn"]
    return schedule


def test_what_goes_on_in_years_is_a_schedule(cloud: Cloud) -> None:
    """A wait longer than an execution may last is kept by EventBridge Scheduler, and taken back if the run ends."""
    schedule = scheduled(cloud, "ira")

    cloud.put("later_cancelled", "ira")
    ended = cloud.ended("ira", "later")

    assert ended["exit_reason"] == "exit:cancelled"
    eventually(lambda: found(cloud, schedule["Name"], schedule["GroupName"]), lambda one: not one)


def test_what_a_schedule_starts_goes_on(cloud: Cloud) -> None:
    """Its input, given to Step Functions under the schedule's own role, starts the execution, and the run ends.

    The test takes the part of Scheduler, and of time: what is waited for is now.
    """
    target = scheduled(cloud, "max")["Target"]
    asked = json.loads(target["Input"])
    passed = json.dumps({**json.loads(asked["Input"]), "until": iso(datetime.now(UTC))})
    states = cloud.as_role(target["RoleArn"], "stepfunctions")

    states.start_execution(stateMachineArn=asked["StateMachineArn"], name=asked["Name"], input=passed)

    assert cloud.ended("max", "later")["exit_reason"] == "exit:was-later"


def test_a_wait_in_the_middle_that_is_too_long_is_a_schedule(cloud: Cloud) -> None:
    """The execution ends after its step, and the run goes on in another that Scheduler will start."""
    cloud.put("sequel_wanted", "sue", {"at": iso(datetime.now(UTC) + timedelta(days=800))})
    first = cloud.entered("sue", "sequel")
    run = eventually(lambda: cloud.run("sue", "sequel"), lambda run: run["execution"] != first["id"])

    name, group = run["execution"][-64:], cloud.first.outputs["ScheduleGroupName"]
    schedule = eventually(lambda: found(cloud, name, group))
    assert json.loads(schedule["Target"]["Input"])["Name"] == run["execution"]
    assert (
        eventually(
            lambda: cloud.execution({**run, "execution": first["id"]})["status"],
            lambda said: said != "RUNNING",
        )
        == "SUCCEEDED"
    )


def found(cloud: Cloud, name: str, group: str) -> dict[str, Any]:
    """Return a schedule; empty where there is none."""
    scheduler = cloud.client("scheduler")
    try:
        schedule: dict[str, Any] = scheduler.get_schedule(Name=name, GroupName=group)
    except scheduler.exceptions.ResourceNotFoundException:
        return {}
    return schedule


def test_a_step_of_one_journey_moves_runs_of_others(cloud: Cloud) -> None:
    """Its update makes the customer a member: one run that waited for that goes on, another one ends."""
    scheduled(cloud, "sil")
    cloud.put("watch_began", "sil")
    cloud.waits("sil", "change")

    cloud.put("marked", "sil")

    assert cloud.ended("sil", "watch")["exit_reason"] == "exit:known"
    assert cloud.ended("sil", "later")["exit_reason"] == "exit:known"


def test_a_webhook_that_cannot_be_reached_takes_the_other_way(cloud: Cloud) -> None:
    """Nobody knows the host: the run goes on by `otherwise`, and the ledger says what was wrong."""
    cloud.put("webhook_wanted", "wes")

    assert cloud.ended("wes", "webhook")["exit_reason"] == "exit:not-called"
    assert [line for line in cloud.happened("wes") if line.startswith("called hook")]


def test_an_exit_in_one_path_ends_the_other(cloud: Cloud) -> None:
    """The first path sends and ends the run, and what the second waited for is taken away.

    The execution ends at once on AWS; on the emulator only when the second path has timed out.
    """
    cloud.put("both_wanted", "pam")
    cloud.waits("pam", "patience")

    assert cloud.ended("pam", "both")["exit_reason"] == "exit:noted"
    assert cloud.rows("pam", keys.WAITS) == []
    assert cloud.happened("pam")[-2:] == ["sent note", "exited exit:noted"]
