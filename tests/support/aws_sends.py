"""What tests of senders share: a message on its way, and a client whose answers are written before it is asked."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import boto3
from botocore.stub import Stubber

from sojourn.adapters.botocore_errors import send_config
from sojourn.application.ports import Outgoing
from sojourn.domain.customer.rows import Send, changed
from sojourn.domain.message.rendering import Rendered
from sojourn.errors import Refused, Throttled, UnknownOutcome

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

SEND = Send(
    id="5f2a9c", customer="ana", run="run-1", journey="abandoned-cart", version="a1b2c3", step="reminder",
    message="reminder", channel="email", topic="cart-reminders", marketing=True,
    at=datetime(2026, 3, 2, 12, tzinfo=UTC),
)  # fmt: skip


def outgoing(
    address: str, *, marketing: bool = False, unsubscribe_url: str = "", customer: str = "ana", **parts: str
) -> Outgoing:
    """Return a message with these parts; its channel is what they are of."""
    channel = "email" if "subject" in parts else "sms"
    send = changed(SEND, marketing=marketing, channel=channel, customer=customer)
    return Outgoing(send, address, Rendered(channel, "en", parts), marketing, unsubscribe_url)


@contextmanager
def stubbed(service: str) -> Iterator[tuple[Any, Stubber]]:
    """Yield a client of *service* and its stub; everything that was prepared has to be asked for."""
    client = boto3.client(service, region_name="eu-central-1", config=send_config())
    with Stubber(client) as stub:
        yield client, stub
        stub.assert_no_pending_responses()


def model_errors(client: Any, operation: str) -> set[str]:
    """Return the codes of the errors that botocore's model of an operation names."""
    model = client.meta.service_model.operation_model(operation)
    return {shape.metadata.get("error", {}).get("code", shape.name) for shape in model.error_shapes}


def told(call: Callable[[], Any]) -> str:
    """Say in a word or two what a call raised: `held 900 sending_paused`, `refused gone opted_out`, `ours …`."""
    try:
        call()
    except Throttled as error:
        first = str(error).partition(": ")[0]
        return (
            f"held {error.seconds:g} {first}"
            if " " not in first and first.islower()
            else f"busy {error.seconds:g}"
        )
    except Refused as error:
        return f"refused gone {error.reason}" if error.gone else f"refused {error.reason}"
    except UnknownOutcome:
        return "unknown"
    except Exception as error:  # noqa: BLE001 - whatever it is, it counts as a mistake of ours
        return f"ours {type(error).__name__}"
    return "taken"
