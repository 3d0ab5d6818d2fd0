"""What carries operations out: the queue wakes `operate`, which works for a turn and hands on by another message."""

from __future__ import annotations

from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from infra.constructs.function import EngineFunction
from infra.constructs.nag import accept
from infra.constructs.queues import Queues

AT_ONCE = 8
"""So many operations, or strands of one, are worked on at a time, each for a turn."""


class OperationsSource(Construct):
    """`operate` takes one message at a time: each is a turn of work, or as long a work as a function may do."""

    def __init__(self, scope: Construct, id_: str, operate: EngineFunction, queues: Queues) -> None:
        super().__init__(scope, id_)
        mapping = lambda_.EventSourceMapping(
            self,
            "Resource",
            target=operate.function,
            event_source_arn=queues.operations.queue_arn,
            batch_size=1,
            report_batch_item_failures=True,
            max_concurrency=AT_ONCE,
        )
        accept(
            mapping,
            "Serverless-LambdaEventSourceMappingDestination",
            "a queue keeps what failed and moves it to its own dead letters",
        )
