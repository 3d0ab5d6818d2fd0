"""Which alarms there are: one place to read what is watched, and from when on somebody is woken.

Everything is known by its name, so that no stack depends on being watched.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from infra.constructs.alarms import Alarms
from infra.constructs.naming import (
    BY_SQS,
    DELIVERY,
    FEEDBACK,
    FUNCTIONS,
    METRICS,
    OPERATIONS,
    SWEEPS,
    machine_name,
    unexpected_errors,
)
from infra.constructs.policies import arn
from infra.constructs.sending import Senders
from infra.settings import Settings

DEAD = {
    "events-dead": "Events that could not be taken in, each with its reason as an attribute. Mend the cause, then "
    "redrive the queue.",
    "feedback-dead": "What providers told of messages and nobody could take in, bounces and STOPs among it. Mend the "
    "cause, then redrive the queue.",
    "export-dead": "Changes that nobody was told of: positions in the table's stream. Mend the cause, then build the "
    "counters anew.",
    "close-dead": "Executions that ended badly and whose runs were not closed. Mend the cause, then call close with "
    "each.",
    "sweeps-dead": "Customers, or parts of them, whose segments the daily sweep could not ask again. Mend the cause, "
    "then redrive the queue.",
    "operations-dead": "Operations, or parts of one, that could not be carried out: `sojourn operations` says which. "
    "Mend the cause, then redrive the queue.",
    "schedules-dead": "Executions that should have started later and did not. Mend the cause, then start each.",
}
"""The dead-letter queues: what lies in them, and what to do. SQS redrives those of another queue only."""
_OPERATIONS = ("GetItem", "Query", "TransactWriteItems")
_HOUR = 3600.0


def watch_runs(alarms: Alarms, settings: Settings, journeys: Iterable[str]) -> None:
    """Watch for runs that fail: over all journeys as the engine counts them, and by journey as Step Functions does."""
    alarms.watch(
        "runs-failed", "Runs ended as failed. Which and why: the ledger, or the execution's history. Redrive them.",
        METRICS, "RunsFailed", {"service": settings.name()}, above=0,
    )  # fmt: skip
    for journey in journeys:
        machine = {"StateMachineArn": arn("states", f"stateMachine:{machine_name(settings, journey)}")}
        alarms.watch(
            f"journey-{journey}-failed", f"Executions of {journey} failed. Mend what they say, then redrive them.",
            "AWS/States", "ExecutionsFailed", machine, above=0,
        )  # fmt: skip


def watch_functions(alarms: Alarms, settings: Settings) -> None:
    """Watch for what no function should do: fail unexpectedly, or be held back."""
    for name in FUNCTIONS:
        alarms.watch(
            f"{name}-errors", f"{name} failed in a way that nobody expects, or ran out of time or memory: see its log.",
            METRICS, unexpected_errors(settings, name), {}, above=0,
        )  # fmt: skip
        alarms.watch(
            f"{name}-throttled", f"{name} was held back: the account's concurrency is used up.",
            "AWS/Lambda", "Throttles", {"FunctionName": settings.name(name)}, above=0, periods=3,
        )  # fmt: skip
    alarms.watch(
        "export-behind", "Counters, outbound events and files are over ten minutes behind the table.",
        "AWS/Lambda", "IteratorAge", {"FunctionName": settings.name("export")}, above=600_000,
        statistic="Maximum", periods=3,
    )  # fmt: skip


def watch_queues(alarms: Alarms, settings: Settings) -> None:
    """Watch for dead letters, and for events that wait too long."""
    for name, holds in DEAD.items():
        alarms.watch(
            f"{name}-waiting", holds,
            "AWS/SQS", "ApproximateNumberOfMessagesVisible", _queue(settings, name), above=0, statistic="Maximum",
        )  # fmt: skip
    alarms.watch(
        "feedback-late", "What providers tell of messages waits for over five minutes: feedback fails or is held back.",
        "AWS/SQS", "ApproximateAgeOfOldestMessage", _queue(settings, FEEDBACK), above=300,
        statistic="Maximum", periods=3,
    )  # fmt: skip
    alarms.watch(
        "feedback-forged", "Messages came by the topic of feedback that SNS did not send, and were dropped: its log "
        "says why. Who may publish to the queue?",
        METRICS, "FeedbackForged", {"service": settings.name()}, above=0,
    )  # fmt: skip
    alarms.watch(
        "sweeps-late", "Part of the daily sweep has waited for over six hours: sweep fails or is held back.",
        "AWS/SQS", "ApproximateAgeOfOldestMessage", _queue(settings, SWEEPS), above=6 * _HOUR,
        statistic="Maximum", periods=3,
    )  # fmt: skip
    alarms.watch(
        "operations-late", "Operations have waited for over half an hour: operate fails or is held back.",
        "AWS/SQS", "ApproximateAgeOfOldestMessage", _queue(settings, OPERATIONS), above=_HOUR / 2,
        statistic="Maximum", periods=3,
    )  # fmt: skip
    alarms.watch(
        "events-late", "Events wait for over five minutes: route fails or is held back.",
        "AWS/SQS", "ApproximateAgeOfOldestMessage", _queue(settings, BY_SQS), above=300,
        statistic="Maximum", periods=3,
    )  # fmt: skip


def watch_data(alarms: Alarms, settings: Settings) -> None:
    """Watch the table, and the way into the bucket."""
    table = {"TableName": settings.name()}
    for metric in ("ReadThrottleEvents", "WriteThrottleEvents"):
        alarms.watch(
            f"table-{metric.removesuffix('ThrottleEvents').lower()}s-throttled",
            "The table held calls back: more than it is warm for, or too much for one customer.",
            "AWS/DynamoDB", metric, table, above=10, periods=3,
        )  # fmt: skip
    for operation in _OPERATIONS:
        alarms.watch(
            f"table-{operation.lower()}-failed", f"DynamoDB failed at {operation}: see AWS's health.",
            "AWS/DynamoDB", "SystemErrors", table | {"Operation": operation}, above=0, periods=3,
        )  # fmt: skip
    alarms.watch(
        "delivery-late", "Firehose has not written to the bucket for over an hour: see its log.",
        "AWS/Firehose", "DeliveryToS3.DataFreshness", {"DeliveryStreamName": settings.name(DELIVERY)},
        above=_HOUR, statistic="Maximum", periods=3,
    )  # fmt: skip


def watch_sending(alarms: Alarms, settings: Settings, senders: Senders, *, emails: bool) -> None:
    """Watch what providers think of us, before they stop us, and what text messages cost.

    Args:
        emails: whether there are any; messages may have senders of their own.
    """
    alarms.watch(
        "messages-held", "Messages wait for a quarter of an hour or longer: their provider refuses the account, or has "
        "been busy for long. The ledger's `held` says what it said.",
        METRICS, "MessagesHeldLong", {"service": settings.name()}, above=0, minutes=60,
    )  # fmt: skip
    if emails:
        # SES puts an account under review at 5 % bounces or 0.1 % complaints.
        for metric, limit in (("BounceRate", 0.04), ("ComplaintRate", 0.0008)):
            alarms.watch(
                f"email-{metric.removesuffix('Rate').lower()}s", f"SES will review this account: {metric} is high.",
                "AWS/SES", f"Reputation.{metric}", {}, at_least=limit, statistic="Average", minutes=60,
            )  # fmt: skip
    if "sms" in senders:
        namespace, metric = _sms_spending(senders["sms"])
        alarms.watch(
            "sms-spending", f"Text messages have cost {settings.sms_monthly_usd:g} US dollars this month.",
            namespace, metric, {}, at_least=settings.sms_monthly_usd, statistic="Maximum", minutes=60,
        )  # fmt: skip


def _queue(settings: Settings, name: str) -> dict[str, str]:
    return {"QueueName": settings.name(name)}


def _sms_spending(sender: Mapping[str, object]) -> tuple[str, str]:
    if sender.get("provider") == "sns":
        return "AWS/SNS", "SMSMonthToDateSpentUSD"
    return "AWS/SMSVoice", "TextMessageMonthlySpend"
