"""Push through SNS platform endpoints: on moto, and with answers written beforehand."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.exceptions import ConnectTimeoutError, ReadTimeoutError
from moto import mock_aws
from moto.core import DEFAULT_ACCOUNT_ID
from moto.sns import sns_backends

from sojourn.adapters.botocore_errors import EVERYWHERE
from sojourn.adapters.senders.device import MAX_PAYLOAD
from sojourn.adapters.senders.sns_push import PREPARING, PUBLISHING, SnsPush
from sojourn.errors import Refused, Throttled, UnknownOutcome
from tests.support.aws_sends import model_errors, outgoing, stubbed, told

APP = "arn:aws:sns:eu-central-1:123456789012:app/{}/shop"
SETTINGS = {"apns": APP.format("APNS"), "fcm": APP.format("GCM")}
ENDPOINT = "arn:aws:sns:eu-central-1:123456789012:endpoint/APNS/shop/11111111-2222-3333-4444-555555555555"
TOKEN = "ab" * 32
PARTS = {"title": "The cart is waiting", "body": "We kept it for you."}


def push(address: str = f"apns:{TOKEN}", **more: Any) -> Any:
    """Return a notification on its way."""
    return outgoing(address, **(PARTS | more))


@pytest.fixture
def sns() -> Iterator[Any]:
    """SNS on moto."""
    with mock_aws():
        yield boto3.client("sns", region_name="us-east-1")


def application(sns: Any, platform: str) -> str:
    """Make a platform application and return its ARN."""
    made = sns.create_platform_application(Name=f"shop-{platform}", Platform=platform, Attributes={})
    return str(made["PlatformApplicationArn"])


def endpoints(sns: Any, application_arn: str) -> dict[str, dict[str, str]]:
    """Return the attributes of an application's endpoints by ARN."""
    found = sns.list_endpoints_by_platform_application(PlatformApplicationArn=application_arn)["Endpoints"]
    return {endpoint["EndpointArn"]: endpoint["Attributes"] for endpoint in found}


def backend() -> Any:
    """Return what moto keeps."""
    return sns_backends[DEFAULT_ACCOUNT_ID]["us-east-1"]


def published(arn: str) -> list[dict[str, Any]]:
    """Return what was published to an endpoint."""
    return [json.loads(message) for message in backend().platform_endpoints[arn].messages.values()]


def test_a_notification_for_apple(sns: Any) -> None:
    """Title and body in the alert, the journey as thread, what the app needs beside it."""
    arn = application(sns, "APNS")

    provider_id = SnsPush(sns, {"apns": arn}).send(push(link="https://acme.example/cart"))

    (endpoint,) = endpoints(sns, arn)
    (message,) = published(endpoint)
    assert provider_id
    assert message["default"] == "We kept it for you."
    assert json.loads(message["APNS"]) == {
        "aps": {
            "alert": {"title": "The cart is waiting", "body": "We kept it for you."},
            "sound": "default",
            "thread-id": "abandoned-cart",
        },
        "send_id": "5f2a9c",
        "link": "https://acme.example/cart",
    }


def test_a_notification_for_google(sns: Any) -> None:
    """The HTTP v1 form; what the app needs is `data`, all texts."""
    arn = application(sns, "GCM")

    SnsPush(sns, {"fcm": arn}).send(
        push("fcm:dQw4:APA91b", marketing=True, image="https://acme.example/i.png")
    )

    (endpoint,) = endpoints(sns, arn)
    (message,) = published(endpoint)
    assert json.loads(message["GCM"]) == {
        "fcmV1Message": {
            "message": {
                "notification": {**PARTS, "image": "https://acme.example/i.png"},
                "data": {"send_id": "5f2a9c", "image": "https://acme.example/i.png"},
                "android": {"priority": "normal", "ttl": "86400s"},
            }
        }
    }


def test_the_endpoint_knows_its_customer(sns: Any) -> None:
    """One endpoint per token, with the customer as its user data, however often it is sent to."""
    arn = application(sns, "APNS")
    sender = SnsPush(sns, {"apns": arn})

    ids = [sender.send(push()), SnsPush(sns, {"apns": arn}).send(push())]

    (endpoint,) = endpoints(sns, arn)
    assert backend().platform_endpoints[endpoint].custom_user_data == "ana"
    assert len(published(endpoint)) == 2
    assert len(set(ids)) == 2


def test_a_device_that_changes_hands_is_taken_over(sns: Any) -> None:
    """A token that is another customer's endpoint becomes this customer's: SNS makes no second one."""
    arn = application(sns, "APNS")
    SnsPush(sns, {"apns": arn}).send(push(customer="ben"))

    SnsPush(sns, {"apns": arn}).send(push())

    ((endpoint, attributes),) = endpoints(sns, arn).items()
    assert attributes["CustomUserData"] == "ana"
    assert len(published(endpoint)) == 2


def test_a_disabled_endpoint_is_removed_and_its_address_gone(sns: Any) -> None:
    """SNS disables what the platform said reaches nobody: nothing is sent there again."""
    arn = application(sns, "APNS")
    sender = SnsPush(sns, {"apns": arn})
    sender.send(push())
    (endpoint,) = endpoints(sns, arn)
    sns.set_endpoint_attributes(EndpointArn=endpoint, Attributes={"Enabled": "false"})

    said = [told(lambda: sender.send(push())), told(lambda: SnsPush(sns, {"apns": arn}).send(push()))]

    assert said == ["refused gone bad_address", "taken"]
    assert endpoint not in endpoints(sns, arn)


def test_a_disabled_endpoint_is_not_enabled_by_being_looked_for(sns: Any) -> None:
    """A function that starts anew finds the endpoint and learns from Publish that it is disabled."""
    arn = application(sns, "APNS")
    SnsPush(sns, {"apns": arn}).send(push())
    (endpoint,) = endpoints(sns, arn)
    sns.set_endpoint_attributes(EndpointArn=endpoint, Attributes={"Enabled": "false"})

    assert told(lambda: SnsPush(sns, {"apns": arn}).send(push())) == "refused gone bad_address"


def test_an_endpoint_that_somebody_removed_is_made_again(sns: Any) -> None:
    """The ARN that was kept leads nowhere; nothing was sent, so that a new endpoint gets the message."""
    arn = application(sns, "APNS")
    sender = SnsPush(sns, {"apns": arn})
    sender.send(push())
    (old,) = endpoints(sns, arn)
    sns.delete_endpoint(EndpointArn=old)

    sender.send(push())

    (new,) = endpoints(sns, arn)
    assert new != old
    assert len(published(new)) == 1


@pytest.mark.parametrize(
    ("address", "settings", "platform", "token"),
    [
        (f"apns:{TOKEN}", SETTINGS, "APNS", TOKEN),
        (f"APNS: {TOKEN} ", SETTINGS, "APNS", TOKEN),
        ("fcm:dQw4:APA91b", SETTINGS, "GCM", "dQw4:APA91b"),
        (TOKEN, {"apns": SETTINGS["apns"]}, "APNS", TOKEN),
        ("dQw4:APA91b", {"fcm": SETTINGS["fcm"]}, "GCM", "dQw4:APA91b"),
    ],
)
def test_a_device_says_its_platform_or_has_the_only_one(
    address: str, settings: dict[str, str], platform: str, token: str
) -> None:
    """A prefix decides; a bare token, colons and all, belongs to the one platform that is set up."""
    with stubbed("sns") as (client, stub):
        expected = {"PlatformApplicationArn": APP.format(platform), "Token": token, "CustomUserData": "ana"}
        stub.add_response("create_platform_endpoint", {"EndpointArn": ENDPOINT}, expected)
        stub.add_response("publish", {"MessageId": "sns-1"})

        assert SnsPush(client, settings).send(push(address)) == "sns-1"


@pytest.mark.parametrize(
    ("address", "settings", "said"),
    [
        (TOKEN, SETTINGS, "refused bad_address"),
        (TOKEN, {}, "refused bad_address"),
        (f"apns:{TOKEN}", {"fcm": SETTINGS["fcm"]}, "refused bad_address"),
        (f"adm:{TOKEN}", SETTINGS, "refused bad_address"),
        ("apns:", SETTINGS, "refused gone bad_address"),
        ("fcm:with space", SETTINGS, "refused gone bad_address"),
        ("fcm:\u00fc", SETTINGS, "refused gone bad_address"),
    ],
)
def test_a_device_that_is_nobodys_is_refused(address: str, settings: dict[str, str], said: str) -> None:
    """Nothing is guessed: where a token's platform is not plain, it is a bad address."""
    with stubbed("sns") as (client, _):
        assert told(lambda: SnsPush(client, settings).send(push(address))) == said


@pytest.mark.parametrize(
    ("platform", "marketing", "attributes"),
    [
        ("APNS", False, {"APNS.PUSH_TYPE": "alert", "APNS.PRIORITY": "10", "APNS.TTL": "600"}),
        ("APNS_SANDBOX", True, {"APNS.PUSH_TYPE": "alert", "APNS.PRIORITY": "5", "APNS_SANDBOX.TTL": "600"}),
    ],
)
def test_how_urgent_it_is_and_how_long_it_is_tried(
    platform: str, marketing: bool, attributes: dict[str, str]
) -> None:
    """Marketing wakes no sleeping device; the sandbox is what the application's ARN says."""
    with stubbed("sns") as (client, stub):
        payload = {
            "aps": {"alert": PARTS, "sound": "default", "thread-id": "abandoned-cart"},
            "send_id": "5f2a9c",
        }
        stub.add_response("create_platform_endpoint", {"EndpointArn": ENDPOINT})
        stub.add_response(
            "publish",
            {"MessageId": "sns-1"},
            {
                "TargetArn": ENDPOINT,
                "MessageStructure": "json",
                "Message": json.dumps(
                    {"default": PARTS["body"], platform: json.dumps(payload, separators=(",", ":"))}
                ),
                "MessageAttributes": {
                    f"AWS.SNS.MOBILE.{name}": {"DataType": "String", "StringValue": value}
                    for name, value in attributes.items()
                },
            },
        )
        sender = SnsPush(client, {"apns": APP.format(platform), "time_to_live": 600})

        assert sender.send(push(marketing=marketing)) == "sns-1"


@pytest.mark.parametrize("platform", ["apns", "fcm"])
def test_what_is_too_long_is_refused_before_anything_is_asked(platform: str) -> None:
    """Apple and Google take 4 KB, counted in bytes; nothing is cut off."""
    fits = "\u00fc" * ((MAX_PAYLOAD - 300) // 2)
    with stubbed("sns") as (client, stub):
        sender = SnsPush(client, SETTINGS)
        with pytest.raises(Refused, match="too_long: the notification has .* bytes"):
            sender.send(push(f"{platform}:{TOKEN}", body="\u00fc" * (MAX_PAYLOAD // 2)))

        stub.add_response("create_platform_endpoint", {"EndpointArn": ENDPOINT})
        stub.add_response("publish", {"MessageId": "sns-1"})
        assert sender.send(push(f"{platform}:{TOKEN}", body=fits)) == "sns-1"


def test_an_image_is_fetched_before_it_is_shown(sns: Any) -> None:
    """Apple's apps need to be told that a notification may be changed."""
    arn = application(sns, "APNS")

    SnsPush(sns, {"apns": arn}).send(push(image="https://acme.example/i.png"))

    (endpoint,) = endpoints(sns, arn)
    payload = json.loads(published(endpoint)[0]["APNS"])
    assert (payload["aps"]["mutable-content"], payload["image"]) == (1, "https://acme.example/i.png")


def test_endpoints_are_remembered_up_to_a_number() -> None:
    """Two devices in turn, and room for one: each is looked for again; a third time in a row it is known."""
    with stubbed("sns") as (client, stub):
        for _ in range(3):
            stub.add_response("create_platform_endpoint", {"EndpointArn": ENDPOINT})
            stub.add_response("publish", {"MessageId": "sns-1"})
        stub.add_response("publish", {"MessageId": "sns-2"})
        sender = SnsPush(client, SETTINGS, endpoints=1)

        ids = [sender.send(push(f"apns:{token}")) for token in ("aa", "bb", "aa", "aa")]

    assert ids == ["sns-1", "sns-1", "sns-1", "sns-2"]


# -- what errors mean

PREPARATION = {
    "InvalidParameter": "held 900 bad_settings",
    "NotFound": "held 900 no_application",
    "AuthorizationError": "held 900 not_authorized",
    "InternalError": "busy 2",
    "Throttled": "busy 2",
    "InvalidSecurity": "held 900 bad_credentials",
    "ServiceUnavailable": "busy 2",
}
PUBLICATION = {
    "InvalidParameter": "refused rejected",
    "ParameterValueInvalid": "refused rejected",
    "ValidationException": "refused rejected",
    "InternalError": "unknown",
    "NotFound": "busy 2",
    "PlatformApplicationDisabled": "held 900 application_disabled",
    "AuthorizationError": "held 900 not_authorized",
    "KMSDisabled": "held 900 encryption_key",
    "KMSInvalidState": "held 900 encryption_key",
    "KMSNotFound": "held 900 encryption_key",
    "KMSOptInRequired": "held 900 encryption_key",
    "KMSAccessDenied": "held 900 encryption_key",
    "KMSThrottling": "busy 2",
    "InvalidSecurity": "held 900 bad_credentials",
    "Throttled": "busy 2",
    "Throttling": "busy 2",
    "ServiceUnavailable": "unknown",
}


@pytest.mark.parametrize(("code", "said"), PREPARATION.items())
def test_what_goes_wrong_before_publishing_sent_nothing(code: str, said: str) -> None:
    """However CreatePlatformEndpoint fails, the message may still be sent later."""
    with stubbed("sns") as (client, stub):
        status = 500 if code in ("InternalError", "ServiceUnavailable") else 400
        stub.add_client_error("create_platform_endpoint", code, "said so", status)

        assert told(lambda: SnsPush(client, SETTINGS).send(push())) == said


@pytest.mark.parametrize(("code", "said"), PUBLICATION.items())
def test_what_publish_says(code: str, said: str) -> None:
    """Every error of Publish is told apart: never, later, when somebody acted, nobody knows."""
    with stubbed("sns") as (client, stub):
        status = 500 if code in ("InternalError", "ServiceUnavailable") else 400
        stub.add_response("create_platform_endpoint", {"EndpointArn": ENDPOINT})
        stub.add_client_error("publish", code, "said so", status)

        assert told(lambda: SnsPush(client, SETTINGS).send(push())) == said


def test_no_error_of_the_model_was_forgotten() -> None:
    """What botocore's model says these operations answer is in a table, or the same everywhere."""
    with stubbed("sns") as (client, _):
        preparing = model_errors(client, "CreatePlatformEndpoint") | model_errors(
            client, "SetEndpointAttributes"
        )
        publishing = model_errors(client, "Publish")

    assert preparing - set(PREPARING) - set(EVERYWHERE) == set()
    assert publishing - set(PUBLISHING) - set(EVERYWHERE) == set()
    assert preparing - set(PREPARATION) == set()
    assert publishing - set(PUBLICATION) == {"EndpointDisabled"}


def test_a_token_that_sns_finds_impossible_is_gone() -> None:
    """SNS knows what a platform's tokens look like."""
    with stubbed("sns") as (client, stub):
        text = "Invalid parameter: Token Reason: iOS device tokens must be no more than 400 hexadecimal characters"
        stub.add_client_error("create_platform_endpoint", "InvalidParameter", text)

        assert told(lambda: SnsPush(client, SETTINGS).send(push())) == "refused gone bad_address"


def test_an_endpoint_of_this_token_is_read_from_the_error() -> None:
    """The one place where SNS says which endpoint has the token is the text of its refusal."""
    with stubbed("sns") as (client, stub):
        text = (
            f"Invalid parameter: Token Reason: Endpoint {ENDPOINT} already exists with the same Token, "
            "but different attributes."
        )
        stub.add_client_error("create_platform_endpoint", "InvalidParameter", text)
        expected = {"EndpointArn": ENDPOINT, "Attributes": {"CustomUserData": "ana"}}
        stub.add_response("set_endpoint_attributes", {}, expected)
        stub.add_response("publish", {"MessageId": "sns-1"})

        assert SnsPush(client, SETTINGS).send(push()) == "sns-1"


def test_a_message_that_sns_finds_too_long_is_told_as_that() -> None:
    """Another code for it SNS has not."""
    with stubbed("sns") as (client, stub):
        stub.add_response("create_platform_endpoint", {"EndpointArn": ENDPOINT})
        stub.add_client_error("publish", "InvalidParameter", "Invalid parameter: Message too long")

        assert told(lambda: SnsPush(client, SETTINGS).send(push())) == "refused too_long"


def test_an_endpoint_that_vanishes_twice_is_left_for_later() -> None:
    """Made, not found, made again, not found again: something is wrong that time may mend."""
    with stubbed("sns") as (client, stub):
        text = "Invalid parameter: TargetArn Reason: No endpoint found for the target arn specified"
        stub.add_response("create_platform_endpoint", {"EndpointArn": ENDPOINT})
        stub.add_client_error("publish", "InvalidParameter", text)

        assert told(lambda: SnsPush(client, SETTINGS).send(push())) == "busy 2"


def test_a_removal_that_fails_changes_nothing() -> None:
    """That the address is gone is known, whatever becomes of its endpoint."""
    with stubbed("sns") as (client, stub):
        stub.add_response("create_platform_endpoint", {"EndpointArn": ENDPOINT})
        stub.add_client_error("publish", "EndpointDisabled", "Endpoint is disabled")
        stub.add_client_error("delete_endpoint", "InternalError", "said so", 500)

        assert told(lambda: SnsPush(client, SETTINGS).send(push())) == "refused gone bad_address"


class Failing:
    """A client of which one operation raises."""

    def __init__(self, operation: str, error: Exception) -> None:
        self._operation = operation
        self._error = error

    def create_platform_endpoint(self, **_: Any) -> dict[str, str]:
        self._raise("create")
        return {"EndpointArn": ENDPOINT}

    def publish(self, **_: Any) -> dict[str, str]:
        self._raise("publish")
        return {"MessageId": "sns-1"}

    def _raise(self, operation: str) -> None:
        if operation == self._operation:
            raise self._error


@pytest.mark.parametrize(
    ("operation", "error", "outcome"),
    [
        ("create", ReadTimeoutError(endpoint_url="sns"), Throttled),
        ("create", ConnectTimeoutError(endpoint_url="sns"), Throttled),
        ("publish", ReadTimeoutError(endpoint_url="sns"), UnknownOutcome),
        ("publish", ConnectTimeoutError(endpoint_url="sns"), Throttled),
    ],
)
def test_no_answer_leaves_doubt_only_where_something_was_sent(
    operation: str, error: Exception, outcome: type[Exception]
) -> None:
    """A Publish that is not answered may have worked; what comes before it sends nothing."""
    with pytest.raises(outcome):
        SnsPush(Failing(operation, error), SETTINGS).send(push())
