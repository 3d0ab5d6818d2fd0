"""Brings events in: SQS hands over what the bus delivered; the router stores each and lets it act."""

from __future__ import annotations

from typing import Any

from sojourn.application.quarantine import take_in
from sojourn.aws_runtime import wiring
from sojourn.aws_runtime.incoming.batches import Batch
from sojourn.aws_runtime.incoming.inbound import incoming, person
from sojourn.aws_runtime.observability import observed
from sojourn.aws_runtime.telling import count_message

ENGINE, QUARANTINE, DEAD_LETTERS = wiring.route()
# A person's events act in the order they came.
BATCH = Batch(incoming, person, lambda event: take_in(ENGINE, QUARANTINE, event), DEAD_LETTERS, count_message)


@observed
def lambda_handler(event: Any, context: Any) -> dict[str, Any]:
    """Work through a batch; return the messages that must come again."""
    return BATCH(event, lambda: context.get_remaining_time_in_millis() / 1000)
