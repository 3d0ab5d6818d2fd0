"""Push through Pinpoint's SendMessages: every request checked by botocore's model, every answer written beforehand."""

from __future__ import annotations

from typing import Any

import pytest

from sojourn.adapters.botocore_errors import EVERYWHERE
from sojourn.adapters.senders.device import MAX_PAYLOAD
from sojourn.adapters.senders.pinpoint_push import SENDING, PinpointPush
from tests.support.aws_sends import model_errors, outgoing, stubbed, told

SETTINGS = {"provider": "pinpoint", "application_id": "app-1"}
TOKEN = "ab" * 32
PARTS = {"title": "The cart is waiting", "body": "We kept it for you."}


def push(address: str = f"apns:{TOKEN}", **more: Any) -> Any:
    """Return a notification on its way."""
    return outgoing(address, **(PARTS | more))


def result(status: str, code: int = 200, token: str = TOKEN, **more: str) -> dict[str, Any]:
    """Return the answer of SendMessages for one device."""
    one = {"DeliveryStatus": status, "StatusCode": code, **more}
    return {"MessageResponse": {"ApplicationId": "app-1", "Result": {token: one}}}


def sent(
    message: Any, settings: dict[str, Any], address: dict[str, Any], configuration: dict[str, Any]
) -> str:
    """Send a message that must be just this request; return its id."""
    context = {"send_id": "5f2a9c"} | {
        name: message.rendered.parts[name] for name in ("link", "image") if name in message.rendered.parts
    }
    expected = {
        "ApplicationId": "app-1",
        "MessageRequest": {
            "Addresses": address, "Context": context, "MessageConfiguration": configuration, "TraceId": "5f2a9c",
        },
    }  # fmt: skip
    with stubbed("pinpoint") as (client, stub):
        token = next(iter(address))
        stub.add_response("send_messages", result("SUCCESSFUL", token=token, MessageId="pin-1"), expected)

        return PinpointPush(client, settings).send(message)


@pytest.mark.parametrize(("sandbox", "channel"), [(False, "APNS"), (True, "APNS_SANDBOX")])
def test_a_notification_for_apple(sandbox: bool, channel: str) -> None:
    """The device's token as it is, Apple's own fields, and the send's id as trace."""
    expected = {
        "APNSMessage": {
            "Title": PARTS["title"], "Body": PARTS["body"], "Action": "URL", "Url": "https://acme.example/cart",
            "APNSPushType": "alert", "Priority": "10", "Sound": "default", "ThreadId": "abandoned-cart",
            "TimeToLive": 86_400, "MediaUrl": "https://acme.example/i.png",
        }
    }  # fmt: skip
    message = push(link="https://acme.example/cart", image="https://acme.example/i.png")

    assert (
        sent(message, SETTINGS | {"sandbox": sandbox}, {TOKEN: {"ChannelType": channel}}, expected) == "pin-1"
    )


def test_a_notification_for_google() -> None:
    """Google's fields; a link that is no web page leads into the app; marketing wakes nobody."""
    expected = {
        "GCMMessage": {
            "Title": PARTS["title"], "Body": PARTS["body"], "Action": "DEEP_LINK", "Url": "shop://cart",
            "Priority": "normal", "TimeToLive": 600, "ImageUrl": "https://acme.example/i.png",
        }
    }  # fmt: skip
    message = push("fcm:d:APA91b", marketing=True, link="shop://cart", image="https://acme.example/i.png")

    assert (
        sent(message, SETTINGS | {"time_to_live": 600}, {"d:APA91b": {"ChannelType": "GCM"}}, expected)
        == "pin-1"
    )


def test_without_a_link_the_app_opens() -> None:
    """A notification that says nothing of where to go opens the app."""
    expected = {"GCMMessage": {
        "Title": PARTS["title"], "Body": PARTS["body"], "Action": "OPEN_APP", "Priority": "high", "TimeToLive": 86_400,
    }}  # fmt: skip

    assert sent(push("fcm:t"), SETTINGS, {"t": {"ChannelType": "GCM"}}, expected) == "pin-1"


@pytest.mark.parametrize(
    ("address", "said"), [(TOKEN, "refused bad_address"), ("fcm:", "refused gone bad_address")]
)
def test_a_device_must_say_its_platform(address: str, said: str) -> None:
    """The application may have both, so that a bare token is nobody's."""
    with stubbed("pinpoint") as (client, _):
        assert told(lambda: PinpointPush(client, SETTINGS).send(push(address))) == said


@pytest.mark.parametrize("platform", ["apns", "fcm"])
def test_what_is_too_long_is_refused_before_anything_is_asked(platform: str) -> None:
    """The platforms' limit holds whoever carries the message."""
    message = push(f"{platform}:{TOKEN}", body="x" * MAX_PAYLOAD)
    with stubbed("pinpoint") as (client, _):
        assert told(lambda: PinpointPush(client, SETTINGS).send(message)) == "refused too_long"


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (result("SUCCESSFUL"), "taken"),
        (result("SUCCESSFUL", UpdatedToken="cd" * 32), "taken"),
        (result("DUPLICATE"), "taken"),
        (result("THROTTLED", 429), "busy 2"),
        (result("TEMPORARY_FAILURE", 503), "busy 60"),
        (result("TIMEOUT", 504), "unknown"),
        (result("UNKNOWN_FAILURE", 500), "unknown"),
        (result("OPT_OUT", 400), "refused gone opted_out"),
        (result("SOMETHING_NEW", 200), "unknown"),
        (result("PERMANENT_FAILURE", 410, StatusMessage="Unregistered"), "refused gone bad_address"),
        (result("PERMANENT_FAILURE", 404, StatusMessage="Requested entity"), "refused gone bad_address"),
        (
            result("PERMANENT_FAILURE", 400, StatusMessage='{"reason":"BadDeviceToken"}'),
            "refused gone bad_address",
        ),
        (result("PERMANENT_FAILURE", 400, StatusMessage="NotRegistered"), "refused gone bad_address"),
        (result("PERMANENT_FAILURE", 400, StatusMessage="PayloadEmpty"), "refused rejected"),
        (result("PERMANENT_FAILURE", 413, StatusMessage="PayloadTooLarge"), "refused too_long"),
        (result("PERMANENT_FAILURE", 403, StatusMessage="InvalidProviderToken"), "held 900 bad_credentials"),
        (
            result("PERMANENT_FAILURE", 401, StatusMessage="THIRD_PARTY_AUTH_ERROR"),
            "held 900 bad_credentials",
        ),
        (result("SUCCESSFUL", token=TOKEN.upper()), "taken"),
        ({"MessageResponse": {"ApplicationId": "app-1", "Result": {}}}, "unknown"),
        ({"MessageResponse": {"ApplicationId": "app-1"}}, "unknown"),
    ],
)
def test_what_a_platform_says_of_a_device(answer: dict[str, Any], said: str) -> None:
    """Every delivery status is told apart, and of the permanent failures, whose fault it is."""
    with stubbed("pinpoint") as (client, stub):
        stub.add_response("send_messages", answer)

        assert told(lambda: PinpointPush(client, SETTINGS).send(push())) == said


def test_every_status_of_the_model_is_known() -> None:
    """A status that the service adds is unknown at first; this tells us of it."""
    with stubbed("pinpoint") as (client, _):
        statuses = client.meta.service_model.shape_for("DeliveryStatus").enum

    assert set(statuses) == {
        "SUCCESSFUL", "THROTTLED", "TEMPORARY_FAILURE", "PERMANENT_FAILURE", "UNKNOWN_FAILURE", "OPT_OUT", "DUPLICATE",
    }  # fmt: skip


def test_without_an_id_of_its_own_the_sends_counts() -> None:
    """The trace is how the service knows the message."""
    with stubbed("pinpoint") as (client, stub):
        stub.add_response("send_messages", result("SUCCESSFUL"))

        assert PinpointPush(client, SETTINGS).send(push()) == "5f2a9c"


CODES = {
    "BadRequestException": (400, "refused rejected"),
    "ForbiddenException": (403, "held 900 not_authorized"),
    "NotFoundException": (404, "held 900 no_application"),
    "MethodNotAllowedException": (405, "held 900 not_authorized"),
    "PayloadTooLargeException": (413, "refused too_long"),
    "TooManyRequestsException": (429, "busy 2"),
    "InternalServerErrorException": (500, "unknown"),
    "AccessDeniedException": (403, "held 900 not_authorized"),
    "ServiceUnavailableException": (503, "unknown"),
}


@pytest.mark.parametrize("code", CODES)
def test_what_the_service_says(code: str) -> None:
    """Every error of SendMessages is told apart."""
    status, said = CODES[code]
    with stubbed("pinpoint") as (client, stub):
        stub.add_client_error("send_messages", code, "said so", status)

        assert told(lambda: PinpointPush(client, SETTINGS).send(push())) == said


def test_no_error_of_the_model_was_forgotten() -> None:
    """What botocore's model says SendMessages answers is in the table, or the same everywhere, or a server's error."""
    with stubbed("pinpoint") as (client, _):
        errors = model_errors(client, "SendMessages")

    assert errors - set(SENDING) - set(EVERYWHERE) == {"InternalServerErrorException"}
    assert errors - set(CODES) == set()
