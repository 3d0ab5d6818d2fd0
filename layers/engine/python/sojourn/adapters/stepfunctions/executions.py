"""Executions on AWS Step Functions; one that begins later is a one-time schedule of EventBridge Scheduler until then.

Everything may be asked for twice. An execution's name is taken for 90 days after its end, and Step Functions takes
a second start of one name with the same input for the first; so what an execution starts with is written the same
way every time. A schedule fires at least once, and starts an execution by name too. This knows nothing of journeys
but that each version has a state machine.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from botocore.exceptions import ClientError

from sojourn.adapters.stepfunctions.arns import execution_arn, partition
from sojourn.adapters.transient_errors import code_of, trying_again
from sojourn.application.ports import Clock
from sojourn.domain.compile.names import ANYWHERE
from sojourn.errors import LostRace, MachineGone, NoSuchMachine

LONGEST_SCHEDULE_NAME = 64
SOONEST = timedelta(seconds=30)
"""No schedule is made for sooner: by the time it is stored, that instant must not have passed."""
STOPPED = "Sojourn.Stopped"
"""The error with which we stop executions, so that whoever reads of one knows who did it."""
ENDED_WAITS = frozenset(("TaskTimedOut", "TaskDoesNotExist", "InvalidToken"))
NOT_THERE = frozenset(("ExecutionDoesNotExist", "StateMachineDoesNotExist", "ValidationException"))
"""What a stop is answered where nothing runs; the last is what an emulator says of an execution that is over."""
GONE = frozenset(("StateMachineDoesNotExist", "StateMachineDeleting"))
"""What a start is answered whose state machine, or the version of it, was deleted."""
_LONGEST_CAUSE = 1_000


@dataclass(frozen=True, slots=True)
class Schedules:
    """Where schedules are kept, and as whom they start executions.

    Args:
        role_arn: the role that Scheduler takes on; it may start the journeys' executions.
        dead_letters_arn: the queue in which a start lands that failed for a day; "" for none.
    """

    group: str
    role_arn: str
    dead_letters_arn: str = ""


def no_machine(journey: str, version: str) -> str:
    """Say that a version has no machine that can begin at any step.

    Raises:
        NoSuchMachine: always.
    """
    raise NoSuchMachine(
        f'version {version} of journey "{journey}" has no machine that begins at any step yet', version
    )


def anywhere(at_machine: Callable[[str, str], str]) -> Callable[[str, str], str]:
    """Return what finds the machine that can begin at any step.

    Args:
        at_machine: journey and version -> its ARN, "" where there is none.
    """
    return lambda journey, version: at_machine(journey, version) or no_machine(journey, version)


class StepFunctionsExecutions:
    """Starts, answers and stops executions.

    Args:
        client: a Step Functions client; scheduler: one of EventBridge Scheduler.
        machine_of: journey and version -> the ARN of its state machine (version).
        anywhere_of: the same, of the machine that can begin at any step; it raises `NoSuchMachine` where there is none.
    """

    def __init__(
        self, client: Any, scheduler: Any, machine_of: Callable[[str, str], str], clock: Clock, schedules: Schedules,
        anywhere_of: Callable[[str, str], str] = no_machine,
    ) -> None:  # fmt: skip
        self._client = client
        self._scheduler = scheduler
        self._machines = {False: machine_of, True: anywhere_of}
        self._clock = clock
        self._schedules = schedules

    def start(
        self, journey: str, version: str, name: str, state: Mapping[str, Any], at: datetime | None = None
    ) -> None:
        """Start an execution, at *at* if given; a second start of one name does nothing.

        Raises:
            MachineGone: there is nothing to start it on; a schedule finds that only when it fires.
            NoSuchMachine: it begins in the middle, and the machine for that has not been made yet.
            TransientError: Step Functions or Scheduler is busy, full or not to be reached.
        """
        machine, text = self._machine(journey, version, name), written(state)
        if at is not None and at > self._clock.now():
            self._plan(machine, name, text, at)
            return
        try:
            with trying_again("StartExecution"), known("ExecutionAlreadyExists"):
                self._client.start_execution(stateMachineArn=machine, name=name, input=text)
        except ClientError as error:
            if code_of(error) not in GONE:
                raise
            raise MachineGone(f"StartExecution: {code_of(error)}: {machine}") from error

    def _machine(self, journey: str, version: str, name: str) -> str:
        return self._machines[name.endswith(ANYWHERE)](journey, version)

    def _plan(self, machine: str, name: str, text: str, at: datetime) -> None:
        target: dict[str, Any] = {
            "Arn": f"arn:{partition(machine)}:scheduler:::aws-sdk:sfn:startExecution",
            "RoleArn": self._schedules.role_arn,
            "Input": scheduled_input(machine, name, text),
            "RetryPolicy": {"MaximumEventAgeInSeconds": 86_400, "MaximumRetryAttempts": 185},
        }
        if self._schedules.dead_letters_arn:
            target["DeadLetterConfig"] = {"Arn": self._schedules.dead_letters_arn}
        with trying_again("CreateSchedule"), known("ConflictException"):
            self._scheduler.create_schedule(
                Name=schedule_name(name),
                GroupName=self._schedules.group,
                ScheduleExpression=f"at({full_second(max(at, self._clock.now() + SOONEST))})",
                ScheduleExpressionTimezone="UTC",
                FlexibleTimeWindow={"Mode": "OFF"},
                ActionAfterCompletion="DELETE",
                Target=target,
            )

    def succeed(self, token: str, state: Mapping[str, Any]) -> None:
        """Answer a waiting task with the run's new state.

        Raises:
            LostRace: the wait is over.
            TransientError: Step Functions is busy or not to be reached.
        """
        try:
            with trying_again("SendTaskSuccess"):
                self._client.send_task_success(taskToken=token, output=written(state))
        except ClientError as error:
            if code_of(error) not in ENDED_WAITS:
                raise
            raise LostRace(code_of(error)) from error

    def stop(self, journey: str, version: str, name: str, reason: str) -> None:
        """Stop an execution, running or still to start; one that is over is left alone.

        An execution that is there has no schedule any more; so one call does, but for those still to start. One that
        begins between the two calls finds that its run has ended.

        Raises:
            TransientError: Step Functions or Scheduler is busy or not to be reached.
        """
        try:
            arn = execution_arn(self._machine(journey, version, name), name)
        except NoSuchMachine:
            return  # nothing was ever started on it
        with trying_again("StopExecution"):
            try:
                self._client.stop_execution(executionArn=arn, error=STOPPED, cause=reason[:_LONGEST_CAUSE])
            except ClientError as error:
                if code_of(error) not in NOT_THERE:
                    raise
            else:
                return
        with trying_again("DeleteSchedule"), known("ResourceNotFoundException"):
            self._scheduler.delete_schedule(Name=schedule_name(name), GroupName=self._schedules.group)


@contextmanager
def known(code: str) -> Iterator[None]:
    """Around a call: an answer that says it was done before is no error."""
    try:
        yield
    except ClientError as error:
        if code_of(error) != code:
            raise


def written(state: Mapping[str, Any]) -> str:
    """Return a state as JSON that is the same for the same state, however it was read."""
    return json.dumps(state, sort_keys=True, separators=(",", ":"), allow_nan=False)


def schedule_name(execution: str) -> str:
    """Return the name of the schedule for an execution: its own, or where that is too long its end, which tells."""
    return execution[-LONGEST_SCHEDULE_NAME:]


def scheduled_input(machine: str, name: str, text: str) -> str:
    """Return what the schedule calls StartExecution with.

    Scheduler fills in `<aws.scheduler…>` wherever it reads it; a customer's own words are spelled so that it does not.
    """
    call = json.dumps({"StateMachineArn": machine, "Name": name, "Input": text})
    return call.replace("<", "\\u003c")


def full_second(at: datetime) -> str:
    """Return an instant in UTC as `at()` wants it, rounded up: never earlier."""
    utc = at.astimezone(UTC).replace(tzinfo=None)
    return (utc if not utc.microsecond else utc.replace(microsecond=0) + timedelta(seconds=1)).isoformat()
