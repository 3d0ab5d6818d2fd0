from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from sojourn.adapters.dynamodb import engine_keys, keys
from tests.support.cloud import Cloud, eventually

EVENTS = Path(__file__).parents[1] / "events"


def dead_letters(cloud: Cloud, queue: str, text: str) -> list[dict[str, Any]]:
    """Return the messages of a dead-letter queue in which a text stands, and leave them there."""
    answer = cloud.client("sqs").receive_message(
        QueueUrl=cloud.first.outputs[queue],
        MaxNumberOfMessages=10,
        VisibilityTimeout=0,
        MessageAttributeNames=["All"],
    )
    return [message for message in answer.get("Messages", []) if text in message["Body"]]


def test_an_event_that_nobody_can_read_is_a_dead_letter(cloud: Cloud) -> None:
    """It is put aside at once, as it came, with the reason beside it; the customer's next event is worked on."""
    detail = {"customer": "", "properties": {"source": "poison"}}
    cloud.put_entry({"Source": "shop", "DetailType": "signed_up", "Detail": json.dumps(detail)})

    (dead,) = eventually(lambda: dead_letters(cloud, "EventsDeadUrl", "poison"))

    assert dead["MessageAttributes"]["reason"]["StringValue"].startswith("detail.customer: ")
    assert detail == json.loads(dead["Body"])["detail"]


def test_a_run_whose_function_fails_for_good_is_failed(cloud: Cloud) -> None:
    """Its message is nowhere to be found: the execution fails, `close` hears of it and ends the run with the cause."""
    taken_away(cloud)

    cloud.put("broken_wanted", "fay")
    run = cloud.ended("fay", "broken")

    assert run["exit_reason"] == "failed"
    execution = cloud.execution(run)
    assert (execution["status"], execution["error"]) == ("FAILED", "LookupError")
    (failed,) = [
        one for row in cloud.rows("fay", keys.LEDGER) for one in row["happened"] if one["what"] == "failed"
    ]
    assert failed["reason"] == "LookupError"
    assert failed["details"]["cause"].startswith("LookupError; the log says where, under request ")
    assert cloud.rows("fay", keys.SENDS) == []


def taken_away(cloud: Cloud) -> None:
    """Take the message of the journey `broken` out of the table."""
    broken = cloud.row("G#catalogue", "journey#broken")
    version = json.loads(broken["data"]["S"])["latest"]["version"]
    row = cloud.row("G#journey#broken", f"v#{version}")
    machine = cloud.client("stepfunctions").describe_state_machine(
        stateMachineArn=row["machine"]["S"].rpartition(":")[0]
    )
    send = json.loads(machine["definition"])["States"]["lost"]["Parameters"]["do"]["send"]
    key = {"pk": {"S": f"G#message#{send['digest']}"}, "sk": {"S": engine_keys.CONTENT}}
    gone = cloud.client("dynamodb").delete_item(TableName=cloud.table, Key=key, ReturnValues="ALL_OLD")
    assert "content" in gone["Attributes"]


def test_an_execution_that_an_operator_stops_ends_its_run(cloud: Cloud) -> None:
    """Whoever aborts it in the console has ended the run as well, and the ledger says so."""
    cloud.put("watch_began", "abe")
    cloud.waits("abe", "change")
    arn = cloud.execution(cloud.run("abe", "watch"))["executionArn"]

    cloud.client("stepfunctions").stop_execution(executionArn=arn, error="Operator", cause="a mistake")
    ended = cloud.ended("abe", "watch")

    assert ended["exit_reason"] == "failed"
    assert "failed ABORTED" in cloud.happened("abe")
    assert cloud.rows("abe", keys.WAITS) == []


def test_an_execution_whose_event_leaves_its_input_out_is_asked_for(cloud: Cloud) -> None:
    """A large input is not part of the event; `close` asks Step Functions whose run it was."""
    cloud.put("cart_updated", "liv", {"cart_id": "c1", "items": 1})
    run = cloud.entered("liv", "cart", "c1")
    told = json.loads((EVENTS / "execution-failed-input-left-out.json").read_text(encoding="utf-8"))
    told["detail"] |= {"executionArn": cloud.execution(run)["executionArn"], "name": run["execution"]}

    assert cloud.invoke("close", told) == {"closed": True}

    assert "failed States.Timeout" in cloud.happened("liv")
