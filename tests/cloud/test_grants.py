from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from infra.constructs.naming import FUNCTIONS
from sojourn.adapters.dynamodb import keys
from tests.support.cloud import Cloud, eventually


def test_every_function_has_a_role_of_its_own(cloud: Cloud) -> None:
    """No two functions can do the same because they are the same to IAM."""
    assert len(FUNCTIONS) == len({cloud.role_of(function) for function in FUNCTIONS})


def test_a_message_that_may_not_be_sent_waits_for_the_permission(cloud: Cloud) -> None:
    """Without `ses:SendEmail` SES refuses; the ledger says why, and with it again the message goes out, once."""
    with cloud.without("send", "ses:SendEmail"):
        cloud.put("notice_due", "pat", {"channel": "email"}, attributes={"email": "pat@mail.example"})
        held = eventually(lambda: [line for line in cloud.happened("pat") if line.startswith("held mail")])
        assert "provider: not_authorized: AccessDenied" in held[0]
        assert cloud.emails("pat@mail.example") == []

    cloud.ended("pat", "notice")

    assert [email["Subject"] for email in cloud.emails("pat@mail.example")] == ["Notice"]
    assert ("email", "sent") in [
        (send["channel"], send.get("status", "claimed")) for send in cloud.rows("pat", keys.SENDS)
    ]


def test_a_function_without_a_grant_fails_its_run(cloud: Cloud) -> None:
    """`step` that may not write the table cannot go on, and the run says so."""
    with cloud.without("step", "dynamodb:UpdateItem"):
        cloud.put("question_asked", "una", {"number": "1"})
        run = cloud.ended("una", "question", "1")

    assert run["exit_reason"] == "failed"
    execution = cloud.execution(run)
    assert execution["status"] == "FAILED"
    assert "AccessDeniedException" in execution["cause"]


@pytest.mark.parametrize("function", FUNCTIONS)
def test_no_function_can_do_what_is_not_its_business(cloud: Cloud, function: str) -> None:
    """With its role's own session: no table is scanned but by the sweep, which goes through all customers, and none is
    deleted; no role is changed.
    """
    attempts: list[tuple[str, str, dict[str, Any]]] = [
        ("dynamodb", "delete_table" if function == "sweep" else "scan", {"TableName": cloud.table}),
        ("iam", "delete_role", {"RoleName": cloud.role_of(function)}),
        ("stepfunctions", "list_state_machines", {}),
        ("s3", "list_buckets", {}),
    ]

    said = [refused(cloud, function, *attempt) for attempt in attempts]

    assert all("AccessDenied" in code for code in said), said


def refused(cloud: Cloud, function: str, service: str, operation: str, asked: dict[str, Any]) -> str:
    """Return the code of the error that a call of a function's role comes to; "" where it is allowed."""
    arn = cloud.client("iam").get_role(RoleName=cloud.role_of(function))["Role"]["Arn"]
    client = cloud.as_role(arn, service)
    try:
        getattr(client, operation)(**asked)
    except ClientError as error:
        return str(error.response["Error"]["Code"])
    return ""
