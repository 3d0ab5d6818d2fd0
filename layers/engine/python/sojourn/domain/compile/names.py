"""The names of everything a state machine refers to: states, errors, placeholders. They are contracts."""

from __future__ import annotations

STEP_FUNCTION = "${StepFunctionArn}"
SEND_FUNCTION = "${SendFunctionArn}"
WAIT_FOR_TOKEN = "arn:aws:states:::lambda:invoke.waitForTaskToken"  # noqa: S105 - an ARN, no secret

HELD = "SendHeld"
"""A send is put off; the error's message is the instant until when."""
PARKED = "RunParked"
"""The run goes on later, in a new execution."""
ENDED = "RunEnded"
"""The run ended meanwhile; this execution has nothing left to do."""

ELSE = "else"
"""Stands for a condition where a branch asks none; no condition reads so."""
# With capitals, which no step's id has.
COMPLETED = "Completed"
OVER = "Over"
END_TASK = "End"
START = "Start"
ANYWHERE = ".at"
"""What the name of an execution ends with that begins at the step its input names: so does its machine's, where the
journey's own machine cannot (`sojourn.domain.compile.anywhere`). Neither a run's id nor a journey's name does."""


def which_way(step: str) -> str:
    """Name the Choice that goes the way a task decided."""
    return f"{step}: which way"


def decide(step: str) -> str:
    """Name the Task that decides what no task before it could."""
    return f"{step}: decide"


def held(step: str) -> str:
    """Name the state that reads until when a send is held."""
    return f"{step}: held"


def until(step: str) -> str:
    """Name the state in which a held send waits."""
    return f"{step}: held until"


def done(parallel: str, path: str = "") -> str:
    """Name the end of a `parallel`'s paths, or of one of them."""
    return f"{parallel}: {path} done" if path else f"{parallel}: done"
