from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError, ConnectTimeoutError, ReadTimeoutError
from botocore.stub import Stubber

from sojourn.adapters.stepfunctions.executions import (
    Schedules,
    StepFunctionsExecutions,
    full_second,
    schedule_name,
    scheduled_input,
    written,
)
from sojourn.errors import LostRace, MachineGone, NoSuchMachine, NotAllowed, TransientError

ACCOUNT = "111122223333"
MACHINE = f"arn:aws:states:us-east-1:{ACCOUNT}:stateMachine:sojourn-dev_welcome:7"
EXECUTION = f"arn:aws:states:us-east-1:{ACCOUNT}:execution:sojourn-dev_welcome:run-1"
NOW = datetime(2026, 3, 6, 9, tzinfo=UTC)
STATE = {"steps": {"b": {}, "a": {"path": "é"}}, "run": "run-1", "customer": "ana"}
TEXT = '{"customer":"ana","run":"run-1","steps":{"a":{"path":"\\u00e9"},"b":{}}}'
ROLE = f"arn:aws:iam::{ACCOUNT}:role/schedules"
DEAD = f"arn:aws:sqs:us-east-1:{ACCOUNT}:dead"
STARTED = {"executionArn": EXECUTION, "startDate": NOW}


class StillClock:
    def now(self) -> datetime:
        return NOW

    def pause(self, seconds: float) -> None:
        raise AssertionError


class Room:
    """An adapter over two stubbed clients: what is called must be what was expected, in order."""

    def __init__(self) -> None:
        self.states = boto3.client("stepfunctions", region_name="us-east-1")
        self.scheduler = boto3.client("scheduler", region_name="us-east-1")
        self.on_states, self.on_scheduler = Stubber(self.states), Stubber(self.scheduler)
        self.on_states.activate()
        self.on_scheduler.activate()
        self.executions = StepFunctionsExecutions(
            self.states,
            self.scheduler,
            lambda journey, version: MACHINE,
            StillClock(),
            Schedules("group", ROLE, DEAD),
        )

    def check_all_called(self) -> None:
        self.on_states.assert_no_pending_responses()
        self.on_scheduler.assert_no_pending_responses()


class Silent:
    """A client whose every call ends without an answer."""

    def __init__(self, fault: Exception) -> None:
        self._fault = fault

    def __getattr__(self, name: str) -> Any:
        def call(**_: Any) -> None:
            raise self._fault

        return call


@pytest.fixture
def room() -> Room:
    return Room()


def start(executions: StepFunctionsExecutions, at: datetime | None = None) -> None:
    executions.start("welcome", "v1", "run-1", STATE, at)


def succeed(executions: StepFunctionsExecutions) -> None:
    executions.succeed("token", STATE)


def stop(executions: StepFunctionsExecutions) -> None:
    executions.stop("welcome", "v1", "run-1", "goal")


def later(executions: StepFunctionsExecutions) -> None:
    start(executions, NOW + timedelta(days=3))


def test_an_execution_starts_on_a_version_with_the_state_as_its_input(room: Room) -> None:
    """A start names the machine's version, the run, and the state in its one spelling."""
    room.on_states.add_response(
        "start_execution", STARTED, {"stateMachineArn": MACHINE, "name": "run-1", "input": TEXT}
    )

    start(room.executions)

    room.check_all_called()


ANYWHERE = MACHINE.replace("welcome:7", "welcome.at:1")
IN_THE_MIDDLE = "run-1-2.at"


def test_an_execution_that_begins_in_the_middle_is_started_and_stopped_on_a_machine_of_its_own(
    room: Room,
) -> None:
    """Its name says so, wherever it is asked for: now, later, or to be stopped."""
    executions = StepFunctionsExecutions(
        room.states,
        room.scheduler,
        lambda *_: MACHINE,
        StillClock(),
        Schedules("group", ROLE),
        lambda *_: ANYWHERE,
    )
    room.on_states.add_response(
        "start_execution", STARTED, {"stateMachineArn": ANYWHERE, "name": IN_THE_MIDDLE, "input": TEXT}
    )
    execution = EXECUTION.replace("welcome:run-1", f"welcome.at:{IN_THE_MIDDLE}")
    room.on_states.add_response(
        "stop_execution",
        {"stopDate": NOW},
        {"executionArn": execution, "error": "Sojourn.Stopped", "cause": "stopped"},
    )

    executions.start("welcome", "v1", IN_THE_MIDDLE, STATE)
    executions.stop("welcome", "v1", IN_THE_MIDDLE, "stopped")

    room.check_all_called()


def test_where_no_machine_begins_in_the_middle_nothing_is_started_or_stopped(room: Room) -> None:
    """Whoever starts hears so, by journey and version; nothing can run that was never started."""
    with pytest.raises(NoSuchMachine, match='version v1 of journey "welcome"'):
        room.executions.start("welcome", "v1", IN_THE_MIDDLE, STATE)

    room.executions.stop("welcome", "v1", IN_THE_MIDDLE, "stopped")

    room.check_all_called()


def test_a_start_without_a_machine_says_which_is_gone(room: Room) -> None:
    """Of a customer it quotes nothing."""
    room.on_states.add_client_error("start_execution", "StateMachineDoesNotExist", "ana@example.com")

    with pytest.raises(MachineGone) as raised:
        start(room.executions)

    assert str(raised.value) == f"StartExecution: StateMachineDoesNotExist: {MACHINE}"


def test_a_start_whose_time_has_come_is_no_schedule(room: Room) -> None:
    """A start planned for this very instant, or an earlier one, happens at once."""
    room.on_states.add_response("start_execution", STARTED)
    room.on_states.add_response("start_execution", STARTED)

    start(room.executions, NOW)
    start(room.executions, NOW - timedelta(days=1))

    room.check_all_called()


def test_a_state_is_written_the_same_way_whatever_order_it_was_read_in() -> None:
    """The input of a second start has the bytes of the first: else Step Functions takes it for another execution."""
    other = {"customer": "ana", "run": "run-1", "steps": {"a": {"path": "é"}, "b": {}}}

    assert written(STATE) == written(other) == written(json.loads(written(STATE))) == TEXT


def test_half_a_character_does_not_keep_an_execution_from_starting() -> None:
    """A customer may have sent half a surrogate pair, which has no bytes in UTF-8: the text is ASCII all the same."""
    text = written({"name": "\ud83d"})

    assert text == '{"name":"\\ud83d"}'
    assert text.encode().decode() == text


def test_a_start_in_the_future_is_a_schedule_that_deletes_itself(room: Room) -> None:
    """The schedule has the execution's name, starts it by that name, and goes once it has fired."""
    at = datetime(2026, 3, 9, 18, 0, 0, 500_000, tzinfo=timezone(timedelta(hours=1)))
    room.on_scheduler.add_response(
        "create_schedule",
        {"ScheduleArn": f"arn:aws:scheduler:us-east-1:{ACCOUNT}:schedule/group/run-1"},
        {
            "Name": "run-1",
            "GroupName": "group",
            "ScheduleExpression": "at(2026-03-09T17:00:01)",
            "ScheduleExpressionTimezone": "UTC",
            "FlexibleTimeWindow": {"Mode": "OFF"},
            "ActionAfterCompletion": "DELETE",
            "Target": {
                "Arn": "arn:aws:scheduler:::aws-sdk:sfn:startExecution",
                "RoleArn": ROLE,
                "Input": json.dumps({"StateMachineArn": MACHINE, "Name": "run-1", "Input": TEXT}),
                "RetryPolicy": {"MaximumEventAgeInSeconds": 86_400, "MaximumRetryAttempts": 185},
                "DeadLetterConfig": {"Arn": DEAD},
            },
        },
    )

    start(room.executions, at)

    room.check_all_called()


def test_a_start_in_a_moment_is_scheduled_so_that_it_is_not_over_when_stored(room: Room) -> None:
    """A schedule for an instant that has passed when it is stored might never fire; half a minute is left."""
    asked: dict[str, Any] = {}
    room.scheduler.meta.events.register(
        "provide-client-params.scheduler.CreateSchedule", lambda params, **_: asked.update(params)
    )
    room.on_scheduler.add_response("create_schedule", {"ScheduleArn": "arn:aws:scheduler:::schedule/g/n"})

    start(room.executions, NOW + timedelta(seconds=2))

    assert asked["ScheduleExpression"] == "at(2026-03-06T09:00:30)"


def test_a_schedule_is_named_by_the_end_of_a_long_name() -> None:
    """Schedules have shorter names than executions; the end of one holds what no other has."""
    name = f"{'j' * 40}-{'d' * 26}-12"

    assert schedule_name(name) == name[-64:]
    assert schedule_name(name) != schedule_name(name[:-1] + "3")


def test_what_a_customer_wrote_is_nothing_that_scheduler_fills_in() -> None:
    """Scheduler would replace `<aws.scheduler.execution-id>` in an input; the text arrives as it was."""
    text = written({"said": "<aws.scheduler.execution-id>"})

    call = scheduled_input(MACHINE, "run-1", text)

    assert "<" not in call
    assert json.loads(call)["Input"] == text


def test_a_schedule_is_never_early() -> None:
    """Schedules know whole seconds: what lies between two is the later one."""
    assert full_second(NOW) == "2026-03-06T09:00:00"
    assert full_second(NOW + timedelta(microseconds=1)) == "2026-03-06T09:00:01"


def test_a_task_is_answered_with_the_runs_new_state(room: Room) -> None:
    """The answer of a waiting task is the state."""
    room.on_states.add_response("send_task_success", {}, {"taskToken": "token", "output": TEXT})

    succeed(room.executions)

    room.check_all_called()


def test_a_stop_is_one_call_where_the_execution_runs(room: Room) -> None:
    """The ARN of an execution names its machine without the version; no schedule is left of one that runs."""
    expected = {"executionArn": EXECUTION, "error": "Sojourn.Stopped", "cause": "goal"}
    room.on_states.add_response("stop_execution", {"stopDate": NOW}, expected)

    stop(room.executions)

    room.check_all_called()


@pytest.mark.parametrize("code", ["ExecutionDoesNotExist", "StateMachineDoesNotExist", "ValidationException"])
def test_an_execution_that_is_still_to_start_is_stopped_by_deleting_its_schedule(
    room: Room, code: str
) -> None:
    """Where nothing runs under that name, the schedule that would start it goes."""
    room.on_states.add_client_error("stop_execution", code)
    room.on_scheduler.add_response("delete_schedule", {}, {"Name": "run-1", "GroupName": "group"})

    stop(room.executions)

    room.check_all_called()


OPERATIONS: dict[str, tuple[str, Callable[[StepFunctionsExecutions], None]]] = {
    "StartExecution": ("start_execution", start),
    "SendTaskSuccess": ("send_task_success", succeed),
    "StopExecution": ("stop_execution", stop),
    "CreateSchedule": ("create_schedule", later),
    "DeleteSchedule": ("delete_schedule", stop),
}
BUSY = ("ThrottlingException", "InternalServerException", "ServiceUnavailable")
MEANINGS: list[tuple[str, str, type[Exception] | None]] = [
    ("StartExecution", "ExecutionAlreadyExists", None),
    ("StartExecution", "ExecutionLimitExceeded", TransientError),
    ("StartExecution", "KmsThrottlingException", TransientError),
    *[("StartExecution", code, ClientError) for code in (
        "InvalidArn", "InvalidExecutionInput", "InvalidName", "ValidationException", "KmsAccessDeniedException",
        "KmsInvalidStateException",
    )],
    *[("StartExecution", code, MachineGone) for code in ("StateMachineDoesNotExist", "StateMachineDeleting")],
    *[("SendTaskSuccess", code, LostRace) for code in ("TaskTimedOut", "TaskDoesNotExist", "InvalidToken")],
    ("SendTaskSuccess", "KmsThrottlingException", TransientError),
    *[("SendTaskSuccess", code, ClientError) for code in (
        "InvalidOutput", "KmsAccessDeniedException", "KmsInvalidStateException",
    )],
    ("StopExecution", "KmsThrottlingException", TransientError),
    *[("StopExecution", code, ClientError) for code in (
        "InvalidArn", "KmsAccessDeniedException", "KmsInvalidStateException",
    )],
    ("CreateSchedule", "ConflictException", None),
    ("CreateSchedule", "ServiceQuotaExceededException", TransientError),
    *[("CreateSchedule", code, ClientError) for code in ("ValidationException", "ResourceNotFoundException")],
    ("DeleteSchedule", "ResourceNotFoundException", None),
    *[("DeleteSchedule", code, ClientError) for code in ("ValidationException", "ConflictException")],
    *[(operation, code, TransientError) for operation in OPERATIONS for code in BUSY],
    *[(operation, "AccessDeniedException", NotAllowed) for operation in OPERATIONS],
]  # fmt: skip


@pytest.mark.parametrize(("operation", "code", "meaning"), MEANINGS)
def test_every_answer_of_aws_has_its_meaning(
    room: Room, operation: str, code: str, meaning: type[Exception] | None
) -> None:
    """What was done before is done; what passes is tried again; a wait that is over is a lost race; all else is
    ours to mend.
    """
    method, do = OPERATIONS[operation]
    stubber = room.on_scheduler if "Schedule" in operation else room.on_states
    if operation == "DeleteSchedule":
        room.on_states.add_client_error("stop_execution", "ExecutionDoesNotExist")
    stubber.add_client_error(method, code, http_status_code=400)

    if meaning is None:
        do(room.executions)
    else:
        with pytest.raises(meaning) as raised:
            do(room.executions)
        assert raised.type is meaning or issubclass(raised.type, ClientError)
    room.check_all_called()


def test_every_modelled_error_stands_in_the_table(room: Room) -> None:
    """No error that AWS models for one of these operations was forgotten."""
    told = {(operation, code) for operation, code, _ in MEANINGS}
    elsewhere = {("StopExecution", "ExecutionDoesNotExist"), ("StopExecution", "ValidationException")}

    for operation in OPERATIONS:
        client = room.scheduler if "Schedule" in operation else room.states
        modelled = {
            (operation, shape.name)
            for shape in client.meta.service_model.operation_model(operation).error_shapes
        }
        assert modelled - told - elsewhere == set()


@pytest.mark.parametrize("operation", OPERATIONS)
@pytest.mark.parametrize("fault", [ConnectTimeoutError, ReadTimeoutError])
def test_a_call_without_an_answer_is_tried_again(room: Room, operation: str, fault: type[Exception]) -> None:
    """Each of these calls may be repeated, so nobody needs to know whether the first arrived."""
    room.on_states.add_client_error("stop_execution", "ExecutionDoesNotExist")
    silent = Silent(fault(endpoint_url="https://states.example"))
    states, scheduler = (room.states, silent) if "Schedule" in operation else (silent, room.scheduler)
    executions = StepFunctionsExecutions(
        states, scheduler, lambda journey, version: MACHINE, StillClock(), Schedules("group", ROLE)
    )

    with pytest.raises(TransientError, match=f"^{operation}: {fault.__name__}$"):
        OPERATIONS[operation][1](executions)


def test_a_server_fault_is_tried_again_whatever_its_name(room: Room) -> None:
    """A status of 500 and more is AWS's own fault."""
    room.on_states.add_client_error("start_execution", "Unheard", http_status_code=503)

    with pytest.raises(TransientError, match="StartExecution: Unheard"):
        start(room.executions)


def test_what_is_raised_for_later_quotes_nothing_of_a_customer(room: Room) -> None:
    """The message of an error goes into logs, and AWS's own may quote the input."""
    room.on_states.add_client_error("start_execution", "ThrottlingException", "ana@example.com")

    with pytest.raises(TransientError) as raised:
        start(room.executions)

    assert str(raised.value) == "StartExecution: ThrottlingException"


def test_a_queue_for_lost_schedules_may_be_left_out(room: Room) -> None:
    """Without one, a schedule has none."""
    asked: dict[str, Any] = {}
    room.scheduler.meta.events.register(
        "provide-client-params.scheduler.CreateSchedule", lambda params, **_: asked.update(params)
    )
    room.on_scheduler.add_response("create_schedule", {"ScheduleArn": "arn:aws:scheduler:::schedule/g/n"})
    executions = StepFunctionsExecutions(
        room.states, room.scheduler, lambda journey, version: MACHINE, StillClock(), Schedules("group", ROLE)
    )

    executions.start("welcome", "v1", "run-1", STATE, NOW + timedelta(days=1))

    assert "DeadLetterConfig" not in asked["Target"]
