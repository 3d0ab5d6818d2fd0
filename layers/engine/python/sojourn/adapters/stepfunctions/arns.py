"""Reads and makes the ARNs of state machines, their versions and their executions. It calls nothing.

arn:aws:states:eu-west-1:111122223333:stateMachine:sojourn-dev_welcome        the machine
arn:aws:states:eu-west-1:111122223333:stateMachine:sojourn-dev_welcome:7      a version, or an alias
arn:aws:states:eu-west-1:111122223333:execution:sojourn-dev_welcome:<name>    an execution of any of them
"""  # fmt: skip

from __future__ import annotations

_PARTS = 7


def partition(arn: str) -> str:
    """Return the partition of an ARN: `aws`, `aws-cn`, `aws-us-gov`."""
    return arn.split(":")[1]


def execution_arn(machine: str, name: str) -> str:
    """Return the ARN of an execution by its name: it names the machine, whatever version it was started on.

    Raises:
        ValueError: *machine* is no ARN of a state machine.
    """
    parts = machine.split(":")
    if len(parts) not in (_PARTS, _PARTS + 1) or parts[2] != "states" or parts[5] != "stateMachine":
        raise ValueError(f'"{machine}" is no ARN of a state machine')
    return ":".join([*parts[:5], "execution", parts[6], name])
