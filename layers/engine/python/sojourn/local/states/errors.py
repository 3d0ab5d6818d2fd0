"""What can go wrong around a state machine, as exceptions.

    Exception
    ├── DefinitionError             the definition is not a state machine; `problems` lists all that is wrong
    ├── InterpreterError            an API call is refused, as Step Functions refuses it
    │   ├── ExecutionAlreadyExists
    │   ├── ExecutionDoesNotExist
    │   ├── InvalidExecutionInput
    │   ├── InvalidName
    │   ├── InvalidOutput
    │   ├── InvalidToken
    │   ├── TaskDoesNotExist
    │   └── TaskTimedOut
    └── StateError                  a state fails; caught by Retry and Catch, or the end of the execution

The names of `InterpreterError`'s children are the error codes of the AWS API.
"""

from __future__ import annotations

from collections.abc import Sequence

ALL = "States.ALL"
TASK_FAILED = "States.TaskFailed"
TIMEOUT = "States.Timeout"
HEARTBEAT_TIMEOUT = "States.HeartbeatTimeout"
RUNTIME = "States.Runtime"
DATA_LIMIT_EXCEEDED = "States.DataLimitExceeded"
RESULT_PATH_MATCH_FAILURE = "States.ResultPathMatchFailure"
NO_CHOICE_MATCHED = "States.NoChoiceMatched"
INTRINSIC_FAILURE = "States.IntrinsicFailure"


class DefinitionError(Exception):
    """The definition is not a state machine that can be run; raised once, with everything that is wrong."""

    def __init__(self, problems: Sequence[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(self.problems))


class InterpreterError(Exception):
    """An API call is refused, as Step Functions refuses it."""


class ExecutionAlreadyExists(InterpreterError):
    """The name was used before, by an execution that has ended or had another input."""


class ExecutionDoesNotExist(InterpreterError):
    """No execution has this name."""


class InvalidExecutionInput(InterpreterError):
    """The input is not JSON, or larger than 256 KiB."""


class InvalidName(InterpreterError):
    """The name of an execution is empty, too long, or holds characters that AWS refuses."""


class InvalidOutput(InterpreterError):
    """The output given to a waiting task is not JSON, or larger than 256 KiB."""


class InvalidToken(InterpreterError):
    """The text is no task token at all."""


class TaskDoesNotExist(InterpreterError):
    """The text has the form of a task token, but this interpreter never gave it out."""


class TaskTimedOut(InterpreterError):
    """The task behind the token is over: answered, timed out, or its execution ended."""


class StateError(Exception):
    """A state failed with an error name that Retry and Catch can look for."""

    def __init__(self, error: str, cause: str = "") -> None:
        super().__init__(error, cause)
        self.error = error
        self.cause = cause


def matches(names: Sequence[str], error: str) -> bool:
    """Return whether an `ErrorEquals` list holds for an error name.

    `States.Runtime` ends the execution whatever is listed; `States.DataLimitExceeded` only answers to its own
    name; `States.TaskFailed` stands for every error but a timeout; a missed heartbeat is a timeout as well.
    """
    if error == RUNTIME:
        return False
    if error in names:
        return True
    if error == DATA_LIMIT_EXCEEDED:
        return False
    if error == HEARTBEAT_TIMEOUT and TIMEOUT in names:
        return True
    if TASK_FAILED in names and error not in (TIMEOUT, HEARTBEAT_TIMEOUT):
        return True
    return ALL in names
