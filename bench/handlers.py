"""How long each Lambda function takes to begin: its handler's import, beside boto3 and the clients that it makes.

A cold start pays for it, and nothing of it does any work. As for the command (`imports`), every import happens in a
fresh process, is timed inside it, and takes turns with what it is compared to.
"""

from __future__ import annotations

import os
from statistics import median

from bench.figure import Figure, at_most
from bench.imports import timed

RUNS = 11
LIMIT = 1.3
CLIENTS: dict[str, tuple[str, ...]] = {
    "route": ("dynamodb", "stepfunctions"),
    "step": ("dynamodb", "stepfunctions"),
    "send": ("dynamodb", "stepfunctions"),
    "close": ("dynamodb",),
    "register": (),
    "export": ("dynamodb", "events", "firehose"),
    "links": ("events", "secretsmanager"),
    "track": ("dynamodb", "events"),
    "sweep": ("dynamodb", "stepfunctions", "sqs"),
    "api": ("dynamodb", "stepfunctions"),
    "feedback": ("events",),
    "audience": ("dynamodb", "stepfunctions"),
    "publish": ("dynamodb",),
    "operate": ("dynamodb", "sqs"),
}
"""The clients that each function makes while it begins; what it makes later is not timed on either side."""
ENVIRONMENT = {
    "AWS_ACCESS_KEY_ID": "bench",
    "AWS_SECRET_ACCESS_KEY": "bench",
    "AWS_DEFAULT_REGION": "us-east-1",
    "AWS_EC2_METADATA_DISABLED": "true",
    "POWERTOOLS_SERVICE_NAME": "bench",
    "POWERTOOLS_METRICS_NAMESPACE": "Sojourn",
    "SOJOURN_STAGE": "bench",
    "SOJOURN_TABLE": "bench",
    "SOJOURN_BUS": "bench",
    "SOJOURN_SCHEDULE_GROUP": "bench",
    "SOJOURN_SCHEDULE_ROLE_ARN": "arn:aws:iam::111122223333:role/bench",
    "SOJOURN_SIGNING_SECRET": "bench",
    "SOJOURN_LINKS_URL": "https://links.example",
    "SOJOURN_EVENTS_URL": "https://sqs.us-east-1.amazonaws.com/111122223333/events",
    "SOJOURN_DEAD_LETTERS_URL": "https://sqs.us-east-1.amazonaws.com/111122223333/bench",
    "SOJOURN_SWEEPS_URL": "https://sqs.us-east-1.amazonaws.com/111122223333/sweeps",
    "SOJOURN_OPERATIONS_URL": "https://sqs.us-east-1.amazonaws.com/111122223333/operations",
    "SOJOURN_UPLOADS_BUCKET": "bench",
    "SOJOURN_MACHINES": "arn:aws:states:us-east-1:111122223333:stateMachine:bench_",
    "SOJOURN_MACHINES_ROLE_ARN": "arn:aws:iam::111122223333:role/bench",
    "SOJOURN_STEP_ARN": "arn:aws:lambda:us-east-1:111122223333:function:step",
    "SOJOURN_SEND_ARN": "arn:aws:lambda:us-east-1:111122223333:function:send",
    "SOJOURN_DELIVERY_STREAM": "bench",
    "SOJOURN_FEEDBACK_TOPICS": "arn:aws:sns:us-east-1:111122223333:bench",
}


def handler(function: str) -> str:
    """Return the statement that begins a function."""
    return f"import functions.{function}.handler"


def baseline(function: str) -> str:
    """Return the statement that imports boto3 and makes the function's clients."""
    return "; ".join(["import boto3", *(f"boto3.client('{name}')" for name in CLIENTS[function])])


def seconds(statement: str) -> float:
    """Return how long *statement* takes in a fresh Python, as on Lambda."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "SOJOURN_"))}
    return timed(statement, kept | ENVIRONMENT)


def measure() -> list[Figure]:
    """Time every handler's import against boto3 and its clients."""
    return [_measured(function) for function in CLIENTS]


def _measured(function: str) -> Figure:
    ours, theirs = handler(function), baseline(function)
    for statement in (ours, theirs):
        seconds(statement)  # the first run compiles and fills the file cache
    pairs = [(seconds(ours), seconds(theirs)) for _ in range(RUNS)]
    mine, beside = (median(column) for column in zip(*pairs, strict=True))
    return at_most(
        f"import of {function} / boto3 and its clients",
        median(
            one / other for one, other in pairs
        ),  # a machine that is busy for a while slows both of a pair
        "×",
        LIMIT,
        f"fresh process, median of {RUNS} pairs: {mine * 1000:.0f} ms; {theirs}: {beside * 1000:.0f} ms",
    )
