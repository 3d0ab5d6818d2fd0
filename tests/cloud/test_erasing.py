from __future__ import annotations

from sojourn.adapters.dynamodb import keys
from sojourn.adapters.dynamodb.catalogue import DynamoCatalogue
from sojourn.adapters.dynamodb.erasing import erase_customer
from sojourn.adapters.dynamodb.whole_customer import export_customer
from sojourn.adapters.stepfunctions.executions import Schedules, StepFunctionsExecutions
from sojourn.aws_runtime.clock import SystemClock
from tests.support.cloud import Cloud, eventually


def executions(cloud: Cloud) -> StepFunctionsExecutions:
    """Return the adapter as a function would have it, with an operator's rights."""
    machine_of = DynamoCatalogue(cloud.client("dynamodb"), cloud.table).machine
    schedules = Schedules(cloud.first.outputs["ScheduleGroupName"], "")
    return StepFunctionsExecutions(
        cloud.client("stepfunctions"), cloud.client("scheduler"), machine_of, SystemClock(), schedules
    )


def test_erasing_a_customer_leaves_nothing(cloud: Cloud) -> None:
    """No row of hers is left, her executions are stopped, and another's rows and executions stay."""
    for customer in ("era", "eric"):
        cloud.put(
            "cart_updated", customer, {"cart_id": "c1", "items": 1}, attributes={"email": "x@mail.example"}
        )
        cloud.put("question_asked", customer, {"number": "1"})
        cloud.put("notice_due", customer, {"channel": "in_app"})
        cloud.ended(customer, "notice")
        cloud.ended(customer, "question", "1")
    hers, his = (cloud.entered(customer, "cart", "c1") for customer in ("era", "eric"))
    before = export_customer(cloud.client("dynamodb"), cloud.table, "era")

    erased = erase_customer(cloud.client("dynamodb"), cloud.table, "era", executions(cloud))

    kinds = {"profile", "runs", "events", "sends", "ledger", "inbox", "links"}
    assert kinds == {kind for kind in kinds if before[kind]}
    assert kinds == set(erased.removed)
    assert (hers["execution"],) == erased.stopped
    assert cloud.rows("era") == []
    assert (
        eventually(lambda: cloud.execution(hers)["status"], lambda status: status != "RUNNING") == "ABORTED"
    )
    assert cloud.execution(his)["status"] == "RUNNING"
    assert his == cloud.run("eric", "cart", "c1")


def test_an_erased_customer_stays_erased(cloud: Cloud) -> None:
    """The stopped execution's event reaches `close`, which finds no run and writes none."""
    cloud.put("cart_updated", "ned", {"cart_id": "c1", "items": 1})
    run = cloud.entered("ned", "cart", "c1")

    erase_customer(cloud.client("dynamodb"), cloud.table, "ned", executions(cloud))
    asked = eventually(
        lambda: [
            call["parameters"]["ExpressionAttributeValues"][":pk"]["S"]
            for call in cloud.calls("close", "Query")
        ],
        lambda asked: keys.customer("ned") in asked,
    )

    assert keys.customer("ned") in asked
    assert cloud.rows("ned") == []
    assert cloud.execution(run)["status"] == "ABORTED"
