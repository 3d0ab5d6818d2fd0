"""The foreign checks of compiled machines can fail, each of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.support.asl_checks import (
    asl_validator_problems,
    cfn_lint_problems,
    filled,
    moto_problems,
    problems,
)
from tests.support.local_states import machine

pytestmark = pytest.mark.node

GOOD = machine(
    Send={"Type": "Task", "Resource": "${SendArn}", "TimeoutSeconds": 60, "Next": "Choose"},
    Choose={
        "Type": "Choice",
        "Choices": [{"Variable": "$.sent", "IsPresent": True, "Next": "Done"}],
        "Default": "Done",
    },
    Done={"Type": "Succeed"},
)  # fmt: skip


def broken(state: str, **fields: Any) -> dict[str, Any]:
    """Return the good machine with one state changed."""
    return filled({**GOOD, "States": {**GOOD["States"], state: {**GOOD["States"][state], **fields}}})


def test_a_good_machine_has_no_problems() -> None:
    """Nobody has anything to say against a good machine, whose placeholders are filled in first."""
    assert problems(GOOD) == []


@pytest.mark.parametrize(
    ("check", "definition"),
    [
        (asl_validator_problems, broken("Send", Next="Nowhere")),
        (cfn_lint_problems, broken("Send", TimeoutSeconds=-1)),
        (moto_problems, broken("Send", Resource="arn:aws:states:::lambda:no-such-action")),
    ],
    ids=["asl-validator", "cfn-lint", "moto"],
)
def test_each_check_refuses_a_broken_machine(
    check: Callable[[dict[str, Any]], list[str]], definition: dict[str, Any]
) -> None:
    """Each of the three finds a mistake of its own, and says who found it."""
    found = check(definition)

    assert len(found) > 0
    assert set(found) <= set(problems(definition))
