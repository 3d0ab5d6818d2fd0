"""Tasks for people, as journeys are written with them: done, not done, put off, and never answered."""

from __future__ import annotations

from tests.support.workspaces import deployed, lines, played

CALLS = """
enter: {on: began}
steps:
  - {id: call, task: sales-desk, title: Call, with: {ref: entry.ref}, up_to: 2 days}
  - id: how
    branch:
      - when: steps.call.outcome == "rescheduled"
        steps:
          - wait: {until: steps.call.answer.until}
          - {goto: call, at_most: 2}
      - {when: steps.call.outcome == "completed", steps: [{update: {plan: pro}}]}
      - {when: steps.call.path == "otherwise", steps: [{exit: nobody-called}]}
"""
BEGAN = "events: [{at: +0s, customer: ana, event: began, properties: {ref: r1}}]\n"


def story(*also: str) -> list[str]:
    """Play what a person does with the task; return what came of it."""
    things = "\n".join(f"  - {{customer: ana, {one}}}" for one in also)
    told = played(deployed(CALLS), f"{BEGAN}also:\n{things}" if also else BEGAN)
    assert told.failures == []
    return lines(told, "tasked", "resumed", "timed_out", "updated", "exited")


def test_a_task_that_is_put_off_is_raised_again_then() -> None:
    """The person says until when, the journey waits and asks once more; so often as it allows."""
    told = story(
        "at: +1h, rescheduled: call, until: +1d 3h",
        "at: +1d 4h, rescheduled: call, answer: {until: 2026-03-06T12:00:00Z}",
        "at: +4d 1h, completed: call",
    )

    assert told == [
        "+0s tasked call",
        "+1h resumed call rescheduled",
        "+1d 3h tasked call",
        "+1d 4h resumed call rescheduled",
        "+4d tasked call",
        "+4d 1h resumed call completed",
        "+4d 1h updated update_1",
        "+4d 1h exited completed",
    ]


def test_nobody_answers_for_ever() -> None:
    """After its time the journey goes on without the person, and its outcome is not known."""
    assert story() == ["+0s tasked call", "+2d timed_out call otherwise", "+2d exited exit:nobody-called"]


def test_a_task_that_cannot_be_done_is_failed() -> None:
    """No branch is for it here, so the run comes to its end."""
    assert story("at: +1h, failed: call, answer: {notes: wrong number}")[1:] == [
        "+1h resumed call failed", "+1h exited completed",
    ]  # fmt: skip
