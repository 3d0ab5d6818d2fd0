"""The state machine that all audiences run on: asks what is next, does it in a Distributed Map, asks again.

    next -> which -> rows | parquet -> next …      a part's batches, each in an Express execution of its own
                  -> wait, until    -> next        more is just being cut; a part begins later
                  -> anew                          it goes on in an execution of its own: one holds 25,000 events
                  -> over

It is the same for every deployment but for the function's ARN. Rows come as batches that were cut before, one a line
of a JSONL file; Parquet is read, and put into batches, by Step Functions itself. CDK (2.275) has no reader of Parquet,
so the definition is written out.

Nothing of a child's input is kept by a ResultWriter: it would be customers' data, and the table has the counts. How
many children run at once is the audience's to say; how fast they enter, the pace's.

Outside rules: "Map state in Distributed mode", "ItemReader", "ItemBatcher" in the AWS Step Functions Developer Guide.
An Express execution lives for five minutes.
"""

from __future__ import annotations

from typing import Any

FUNCTION = "${AudienceFunctionArn}"
"""Stands for the function `audience`."""
START, STARTED = "arn:aws:states:::states:startExecution", "StepFunctions.ExecutionAlreadyExistsException"
"""What starts an execution, and what that says where somebody did before."""
BEGINNING: dict[str, Any] = {"done": {}, "work": {"round": 0}}
"""What an execution is given besides which attempt at which operation it is."""
PARQUET_ROWS = 100
BATCH_BYTES = 200_000
"""Of a batch that Step Functions makes: its input may have 262,144 bytes with what is beside the rows."""
_SOON: list[dict[str, Any]] = [
    {
        "ErrorEquals": ["States.ALL"], "IntervalSeconds": 5, "MaxAttempts": 2, "BackoffRate": 2,
        "JitterStrategy": "FULL",
    }
]  # fmt: skip
"""Of a batch: it may take two minutes, and five are all there is. What is not done then begins anew with its part."""
_LONG: list[dict[str, Any]] = [
    {
        "ErrorEquals": ["States.ALL"], "IntervalSeconds": 2, "MaxAttempts": 20, "BackoffRate": 2,
        "MaxDelaySeconds": 300, "JitterStrategy": "FULL",
    }
]  # fmt: skip


def audience_machine() -> dict[str, Any]:
    """Return the definition, in the Amazon States Language, with a placeholder for the function."""
    return {
        "Comment": "Enters the customers of an audience: each batch of rows in an execution of its own",
        "StartAt": "next",
        "States": {
            "next": {
                "Type": "Task", "Resource": FUNCTION, "ResultPath": "$.work", "Retry": _LONG, "Next": "which",
                "Parameters": {
                    "operation.$": "$.operation", "attempt.$": "$.attempt", "done.$": "$.done",
                    "round.$": "$.work.round",
                },
            },
            "which": {
                "Type": "Choice",
                "Choices": [
                    {"Variable": "$.work.do", "StringEquals": word, "Next": word}
                    for word in ("rows", "parquet", "wait", "until", "anew")
                ],
                "Default": "over",
            },
            "wait": {"Type": "Wait", "SecondsPath": "$.work.seconds", "Next": "forget"},
            "until": {"Type": "Wait", "TimestampPath": "$.work.at", "Next": "forget"},
            "forget": {"Type": "Pass", "Result": {}, "ResultPath": "$.done", "Next": "next"},
            "rows": _map(
                {"InputType": "JSONL"},
                {"operation.$": "$.operation", "part.$": "$.work.part", "batch.$": "$$.Map.Item.Value"},
            ),
            "parquet": _map(
                {"InputType": "PARQUET"}, {"index.$": "$$.Map.Item.Index", "row.$": "$$.Map.Item.Value"},
                ItemBatcher={
                    "MaxItemsPerBatch": PARQUET_ROWS, "MaxInputBytesPerBatch": BATCH_BYTES,
                    "BatchInput": {"operation.$": "$.operation", "part.$": "$.work.part"},
                },
            ),
            "anew": {
                "Type": "Task", "Resource": START, "ResultPath": None, "Next": "over",
                "Parameters": {
                    "StateMachineArn.$": "$$.StateMachine.Id", "Name.$": "$.work.name",
                    "Input": {"operation.$": "$.operation", "attempt.$": "$.work.attempt", **BEGINNING},
                },
                "Retry": [{"ErrorEquals": [STARTED], "MaxAttempts": 0}, *_LONG],
                "Catch": [{"ErrorEquals": [STARTED], "ResultPath": None, "Next": "over"}],
            },
            "well": _told(well=True),
            "not_all": _told(well=False),
            "over": {"Type": "Succeed"},
        },
    }  # fmt: skip


def _map(config: dict[str, Any], selected: dict[str, Any], **more: Any) -> dict[str, Any]:
    # No two states of a machine have one name, wherever they are.
    name = "enter_items" if more else "enter"
    enter: dict[str, Any] = {"Type": "Task", "Resource": FUNCTION, "Retry": _SOON, "End": True}
    if more:
        # What a batcher makes has what is common to all items beside them.
        enter["Parameters"] = {
            "operation.$": "$.BatchInput.operation", "part.$": "$.BatchInput.part", "Items.$": "$.Items",
        }  # fmt: skip
    return {
        "Type": "Map",
        "ItemReader": {
            "Resource": "arn:aws:states:::s3:getObject", "ReaderConfig": config,
            "Parameters": {"Bucket.$": "$.work.bucket", "Key.$": "$.work.key"},
        },
        "ItemSelector": selected,
        **more,
        "ItemProcessor": {
            "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "EXPRESS"},
            "StartAt": name,
            "States": {name: enter},
        },
        "MaxConcurrencyPath": "$.work.concurrency",
        # The table knows which batches are done; of those that Step Functions makes, only it knows that all are.
        "ToleratedFailurePercentage": 0 if more else 100,
        "ResultPath": None,
        "Catch": [{"ErrorEquals": ["States.ALL"], "ResultPath": None, "Next": "not_all"}],
        "Next": "well",
    }  # fmt: skip


def _told(*, well: bool) -> dict[str, Any]:
    """Return the state that says which part was done, and whether all of it was."""
    return {
        "Type": "Pass", "Parameters": {"part.$": "$.work.part", "well": well}, "ResultPath": "$.done", "Next": "next",
    }  # fmt: skip
