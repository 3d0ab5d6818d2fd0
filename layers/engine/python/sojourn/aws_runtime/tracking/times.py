"""When something happened, by our clock, whatever the clock of the device says. It knows no event."""

from __future__ import annotations

from datetime import UTC, datetime

EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
"""Nothing that an app tells of happened before; a device that has lost its clock says 1970."""


def happened(said: datetime | None, sent: datetime | None, received: datetime) -> datetime:
    """Return when an event happened.

    Source: Segment's "Timestamps in Replays" and "Common Fields": `timestamp = receivedAt - (sentAt -
    originalTimestamp)`, so that only how long it took to be sent is taken from the device. Where the device does not
    say when it sent, its clock is believed: servers tell of what happened last year. Nothing happens after it was
    received, nor before `EARLIEST`: then it happened when it was received.

    Args:
        said: when it happened, by the device's clock; None for as it was sent.
        sent: when the call was sent, by the same clock.
        received: by our clock.
    """
    if said is None:
        return received
    try:
        at = received - (sent - said) if sent is not None else said
    except OverflowError:
        return received
    return at if EARLIEST <= at <= received else received
