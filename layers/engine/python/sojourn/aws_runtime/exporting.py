"""Makes what `export` needs, and tells operators what became of a batch of the stream."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from sojourn.adapters.dynamodb.counters import DynamoCounters
from sojourn.adapters.dynamodb.stream import change_of
from sojourn.adapters.eventbridge.announcements import EventBridgeAnnouncements
from sojourn.adapters.firehose.lines import FirehoseLines
from sojourn.application.exporting import Exporter, Prepared, prepared
from sojourn.application.outbound import chosen
from sojourn.aws_runtime.clients import Clients
from sojourn.aws_runtime.clock import SystemClock
from sojourn.aws_runtime.observability import count, in_our_words, log_raised, logger
from sojourn.aws_runtime.settings import Settings, SettingsError, variable
from sojourn.aws_runtime.stream_batches import BatchOutcome, StreamBatches


def exporting() -> StreamBatches:
    """Make what works on batches: the table for counters, Firehose for lines, the bus for events."""
    settings, clients, clock = (
        Settings.read(os.environ, "table", "bus", "delivery_stream"),
        Clients(),
        SystemClock(),
    )
    try:
        kinds = chosen(settings.outbound)
    except ValueError as error:
        raise SettingsError(f"{variable('outbound')}: {error}") from error

    def read(record: Mapping[str, Any]) -> Prepared | None:
        change = change_of(record)
        return prepared(change, kinds) if change is not None else None

    exporter = Exporter(
        DynamoCounters(clients.now("dynamodb"), settings.table, clock),
        FirehoseLines(clients.now("firehose"), settings.delivery_stream, clock),
        EventBridgeAnnouncements(clients.now("events"), settings.bus, clock),
    )
    return StreamBatches(read, exporter.export, tell)


def tell(told: BatchOutcome) -> None:
    """Count what became of a batch, and log what an operator may have to look at: ids, and no content."""
    for name, number in (
        ("Exported", told.exported),
        ("Duplicates", told.duplicates),
        ("Refused", told.refused),
        ("Unreadable", len(told.unreadable)),
        ("Retried", told.left),
    ):
        if number:
            count(name, number)
    for record, raised in told.unreadable:
        logger.error("a record that nobody can read", record=record, exception_name=raised)
    if told.refused:
        logger.error("events that the bus refuses", refused=told.refused, exception_name="Refused")
    if told.fault is not None:
        log_raised(told.fault, left=told.left)
        logger.warning("the rest of the batch comes again", fault=in_our_words(told.fault))
