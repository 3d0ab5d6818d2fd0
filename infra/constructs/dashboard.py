"""One page that says how the engine is: what comes in, what runs, what is sent, what is stuck."""

from __future__ import annotations

from collections.abc import Sequence

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch
from constructs import Construct

from infra.constructs.naming import BY_SQS, FUNCTIONS, METRICS, SWEEPS
from infra.constructs.watching import DEAD
from infra.settings import Settings

_EVERY = Duration.minutes(5)
_EVENTS = ("EventsRouted", "EventsKnown", "EventsQuarantined", "EventsPoisoned", "LeftOut")
_UNITS = ("ConsumedReadCapacityUnits", "ConsumedWriteCapacityUnits")


class Overview(Construct):
    """The dashboard."""

    def __init__(
        self, scope: Construct, id_: str, settings: Settings, alarms: Sequence[cloudwatch.IAlarm]
    ) -> None:
        super().__init__(scope, id_)
        self._settings = settings
        self.name = settings.name()
        cloudwatch.Dashboard(
            self,
            "Resource",
            dashboard_name=self.name,
            widgets=[
                [cloudwatch.AlarmStatusWidget(title="Alarms", alarms=list(alarms), width=24, height=5)],
                [
                    self._graph("Events", *map(self._ours, _EVENTS)),
                    self._graph("Waiting for route", self._queue(BY_SQS)),
                    self._graph("Oldest, seconds", self._queue(BY_SQS, "ApproximateAgeOfOldestMessage")),
                ],
                [
                    self._graph("Runs entered", self._search("RunsEntered", "journey")),
                    self._graph("Runs ended", self._search("RunsEnded", "journey")),
                    self._graph("Runs failed", self._search("RunsFailed", "journey")),
                ],
                [
                    self._graph("Messages sent", self._search("MessagesSent", "channel,outcome")),
                    self._graph("Messages held", self._search("MessagesHeld", "channel,reason")),
                    self._graph("Messages suppressed", self._search("MessagesSuppressed", "channel,reason")),
                ],
                [
                    self._graph("Customers swept", self._ours("CustomersSwept")),
                    self._graph("Customers who moved", self._ours("CustomersMoved")),
                    self._graph("Waiting for sweep", self._queue(SWEEPS)),
                ],
                [
                    self._graph("Functions: how often", *self._functions("Invocations", "Sum")),
                    self._graph("Functions: how long, p95", *self._functions("Duration", "p95")),
                    self._graph("Functions: held back", *self._functions("Throttles", "Sum")),
                ],
                [
                    self._graph("Table: units", *map(self._table, _UNITS)),
                    self._graph("Stream: behind, ms", *self._functions("IteratorAge", "Maximum", ("export",))),
                    self._graph("Dead letters", *map(self._queue, DEAD)),
                ],
            ],
        )  # fmt: skip

    def _graph(self, title: str, *metrics: cloudwatch.IMetric) -> cloudwatch.GraphWidget:
        return cloudwatch.GraphWidget(title=title, left=list(metrics), width=8, height=6)

    def _ours(self, name: str) -> cloudwatch.Metric:
        dimensions = {"service": self._settings.name()}
        return cloudwatch.Metric(
            namespace=METRICS, metric_name=name, dimensions_map=dimensions, statistic="Sum", period=_EVERY
        )

    def _search(self, name: str, dimensions: str) -> cloudwatch.MathExpression:
        """All metrics of one name, whatever journeys and channels there are."""
        which = f'{{{METRICS},service,{dimensions}}} MetricName="{name}" service="{self._settings.name()}"'
        return cloudwatch.MathExpression(
            expression=f"SEARCH('{which}', 'Sum', 300)", using_metrics={}, label="", period=_EVERY
        )

    def _queue(self, name: str, metric: str = "ApproximateNumberOfMessagesVisible") -> cloudwatch.Metric:
        queue = {"QueueName": self._settings.name(name)}
        return cloudwatch.Metric(
            namespace="AWS/SQS",
            metric_name=metric,
            dimensions_map=queue,
            statistic="Maximum",
            period=_EVERY,
            label=name,
        )

    def _table(self, metric: str) -> cloudwatch.Metric:
        table = {"TableName": self._settings.name()}
        return cloudwatch.Metric(
            namespace="AWS/DynamoDB", metric_name=metric, dimensions_map=table, statistic="Sum", period=_EVERY
        )

    def _functions(
        self, metric: str, statistic: str, names: Sequence[str] = FUNCTIONS
    ) -> list[cloudwatch.IMetric]:
        return [
            cloudwatch.Metric(
                namespace="AWS/Lambda",
                metric_name=metric,
                dimensions_map={"FunctionName": self._settings.name(name)},
                statistic=statistic,
                period=_EVERY,
                label=name,
            )
            for name in names
        ]
