"""What wakes the functions: the queue of events, the table's stream, executions that did not end well."""

from __future__ import annotations

from typing import Any

from aws_cdk import Duration
from aws_cdk import aws_events as events
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from infra.constructs.bus import states_pattern
from infra.constructs.functions import Functions
from infra.constructs.nag import accept
from infra.constructs.policies import arn
from infra.constructs.queues import Queues
from infra.settings import Settings


def _rows(*prefixes: str) -> dict[str, Any]:
    return {"dynamodb": {"Keys": {"sk": {"S": [{"prefix": prefix} for prefix in prefixes]}}}}


CHANGES: tuple[dict[str, Any], ...] = (
    {"eventName": ["INSERT"], **_rows("H#")},
    _rows("A#profile", "A#run#"),
    {"eventName": ["INSERT", "MODIFY"], **_rows("S#")},
)
"""What `export` is shown of the stream: ledger, profiles, runs and sends; nothing that it writes itself."""


class EventsSource(Construct):
    """`route` takes from the queue; what of a batch fails comes again alone."""

    def __init__(
        self, scope: Construct, id_: str, settings: Settings, functions: Functions, queues: Queues
    ) -> None:
        super().__init__(scope, id_)
        mapping = lambda_.EventSourceMapping(
            self,
            "Resource",
            target=functions.route.function,
            event_source_arn=queues.events.queue_arn,
            batch_size=10,
            report_batch_item_failures=True,
            max_concurrency=settings.route_concurrency,
        )
        accept(
            mapping,
            "Serverless-LambdaEventSourceMappingDestination",
            "a queue keeps what failed and moves it to its own dead letters",
        )


class ChangesSource(Construct):
    """`export` reads the table's stream; what it cannot do after half a day is told to a dead-letter queue."""

    def __init__(self, scope: Construct, id_: str, functions: Functions, stream: str, queues: Queues) -> None:
        super().__init__(scope, id_)
        lambda_.CfnEventSourceMapping(
            self,
            "Resource",
            function_name=functions.export.function.function_name,
            event_source_arn=stream,
            starting_position="TRIM_HORIZON",
            batch_size=500,
            maximum_batching_window_in_seconds=2,
            parallelization_factor=2,
            bisect_batch_on_function_error=True,
            maximum_record_age_in_seconds=int(Duration.hours(12).to_seconds()),
            function_response_types=["ReportBatchItemFailures"],
            filter_criteria=lambda_.CfnEventSourceMapping.FilterCriteriaProperty(
                filters=[
                    lambda_.CfnEventSourceMapping.FilterProperty(
                        pattern=lambda_.FilterCriteria.filter(change)["pattern"]
                    )
                    for change in CHANGES
                ]
            ),
            destination_config=lambda_.CfnEventSourceMapping.DestinationConfigProperty(
                on_failure=lambda_.CfnEventSourceMapping.OnFailureProperty(
                    destination=queues.export_dead.queue_arn
                )
            ),
        )


class EndedExecutions(Construct):
    """`close` hears of every execution of ours that failed, timed out or was aborted."""

    def __init__(
        self, scope: Construct, id_: str, settings: Settings, functions: Functions, queues: Queues
    ) -> None:
        super().__init__(scope, id_)
        name = settings.name("ended")
        rule_arn = arn("events", f"rule/{name}")
        function = functions.close.function
        dead = queues.close_dead.queue_arn
        events.CfnRule(
            self,
            "Rule",
            name=name,
            description="Executions of journeys that did not end well close their run",
            event_pattern=states_pattern(settings),
            targets=[
                events.CfnRule.TargetProperty(
                    id="close",
                    arn=function.function_arn,
                    dead_letter_config=events.CfnRule.DeadLetterConfigProperty(arn=dead),
                )
            ],
        )
        queues.filled_by(queues.close_dead, rule_arn)
        function.add_permission(
            "Rule",
            principal=iam.ServicePrincipal("events.amazonaws.com"),
            source_arn=rule_arn,
        )
        lambda_.CfnEventInvokeConfig(
            self,
            "Invoked",
            function_name=function.function_name,
            qualifier="$LATEST",
            maximum_retry_attempts=2,
            destination_config=lambda_.CfnEventInvokeConfig.DestinationConfigProperty(
                on_failure=lambda_.CfnEventInvokeConfig.OnFailureProperty(destination=dead)
            ),
        )
