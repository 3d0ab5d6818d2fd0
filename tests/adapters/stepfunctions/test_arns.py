from __future__ import annotations

import pytest

from sojourn.adapters.stepfunctions.arns import execution_arn, partition

MACHINE = "arn:aws-cn:states:cn-north-1:111122223333:stateMachine:sojourn-dev_welcome"
EXECUTION = "arn:aws-cn:states:cn-north-1:111122223333:execution:sojourn-dev_welcome:run-1"


@pytest.mark.parametrize("qualifier", ["", ":7", ":live"])
def test_an_execution_is_named_after_the_machine_and_not_its_version(qualifier: str) -> None:
    """A run's execution has one ARN, whichever version or alias of the machine it was started on."""
    assert execution_arn(MACHINE + qualifier, "run-1") == EXECUTION


@pytest.mark.parametrize("arn", ["", "machine", EXECUTION, f"{MACHINE}:1:2"])
def test_what_is_no_machine_has_no_executions(arn: str) -> None:
    """Anything else is a bug, said where it is made."""
    with pytest.raises(ValueError, match="no ARN of a state machine"):
        execution_arn(arn, "run-1")


def test_an_arn_tells_its_partition() -> None:
    """Scheduler's own ARN for a call has the partition of the machine it starts."""
    assert partition(MACHINE) == "aws-cn"
