"""Brings events in: SQS hands over what the bus delivered; the router stores each and lets it act."""

from __future__ import annotations

from typing import Any

from sojourn.application.route import Incoming, route
from sojourn.aws_runtime import wiring
from sojourn.aws_runtime.batches import Batch
from sojourn.aws_runtime.inbound import incoming
from sojourn.aws_runtime.observability import observed
from sojourn.aws_runtime.telling import count_message

ENGINE, DEAD_LETTERS = wiring.route()


def whose(event: Incoming) -> str:
    """Return the customer an event is of: a customer's events act in the order they came."""
    return event.customer


BATCH = Batch(incoming, whose, lambda event: route(ENGINE, event), DEAD_LETTERS, count_message)


@observed
def lambda_handler(event: Any, context: Any) -> dict[str, Any]:
    """Work through a batch; return the messages that must come again."""
    return BATCH(event, lambda: context.get_remaining_time_in_millis() / 1000)
