"""The Amazon States Language (JSONPath dialect), interpreted on a virtual clock as Step Functions does."""

from sojourn.local.states.errors import (
    DefinitionError,
    ExecutionAlreadyExists,
    ExecutionDoesNotExist,
    InterpreterError,
    InvalidExecutionInput,
    InvalidName,
    InvalidOutput,
    InvalidToken,
    TaskDoesNotExist,
    TaskTimedOut,
)
from sojourn.local.states.interpreter import HISTORY_LIMIT, Interpreter
from sojourn.local.states.machine import Machine
from sojourn.local.states.observing import Observer
from sojourn.local.states.runs import Execution, Status

__all__ = [
    "HISTORY_LIMIT",
    "DefinitionError",
    "Execution",
    "ExecutionAlreadyExists",
    "ExecutionDoesNotExist",
    "Interpreter",
    "InterpreterError",
    "InvalidExecutionInput",
    "InvalidName",
    "InvalidOutput",
    "InvalidToken",
    "Machine",
    "Observer",
    "Status",
    "TaskDoesNotExist",
    "TaskTimedOut",
]
