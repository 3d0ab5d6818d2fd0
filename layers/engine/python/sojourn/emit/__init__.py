"""Puts what customers do on a deployment's event bus, from an application: standard library and boto3, nothing else.

    from sojourn.emit import Emitter

    emitter = Emitter("sojourn-prod", source="shop")
    emitter.emit("order_completed", customer="c-42", properties={"order_id": "1001", "total": 99.5}, id="order-1001")

An event is checked before it goes out, so that what the engine could not read is an error where it was made, and not
a dead letter far away. The contract is docs/inbound-events.md. It knows nothing of the rest of Sojourn, so that the
folder can be copied into an application that does not install it.
"""

from __future__ import annotations

from .checking import InvalidEvent, check
from .event import Event
from .putting import Emitter, NotTaken, UnknownBus

__all__ = ["Emitter", "Event", "InvalidEvent", "NotTaken", "UnknownBus", "check"]
