"""SMS through Amazon SNS: what is asked of it, and what its answers mean. botocore checks every request."""

from __future__ import annotations

from typing import Any

import boto3
import pytest
from moto import mock_aws
from moto.sns.models import sns_backends

from sojourn.adapters.botocore_errors import send_config
from sojourn.adapters.senders.sns_sms import SnsSms
from tests.support.aws_sends import model_errors, outgoing, stubbed, told

NUMBER = "+12025550123"
ACCOUNT = "123456789012"
"""The account that moto plays."""


def sms(address: str = NUMBER, **more: Any) -> Any:
    """Return an SMS on its way."""
    return outgoing(address, body="Your cart waits.", **more)


def attribute(kind: str, value: str) -> dict[str, str]:
    """Return an attribute of a message."""
    return {"DataType": kind, "StringValue": value}


def answered(code: str, message: str = "", status: int = 400) -> str:
    """Say what an error of SNS comes to."""
    with stubbed("sns") as (client, stub):
        stub.add_client_error("publish", code, message, status)

        return told(lambda: SnsSms(client, {}).send(sms()))


@pytest.mark.parametrize(("marketing", "kind"), [(True, "Promotional"), (False, "Transactional")])
def test_an_sms_says_of_what_kind_it_is(marketing: bool, kind: str) -> None:
    """Number, text and kind, and nothing that the workspace does not say."""
    expected = {
        "PhoneNumber": NUMBER,
        "Message": "Your cart waits.",
        "MessageAttributes": {"AWS.SNS.SMS.SMSType": attribute("String", kind)},
    }

    with stubbed("sns") as (client, stub):
        stub.add_response("publish", {"MessageId": "sns-1"}, expected)

        assert SnsSms(client, {"provider": "sns"}).send(sms(marketing=marketing)) == "sns-1"


def test_the_settings_of_the_workspace_are_used() -> None:
    """A sender id and the price at most."""
    expected = {
        "PhoneNumber": NUMBER,
        "Message": "Your cart waits.",
        "MessageAttributes": {
            "AWS.SNS.SMS.SMSType": attribute("String", "Transactional"),
            "AWS.SNS.SMS.SenderID": attribute("String", "ACME"),
            "AWS.SNS.SMS.MaxPrice": attribute("Number", "0.50"),
        },
    }

    with stubbed("sns") as (client, stub):
        stub.add_response("publish", {"MessageId": "sns-1"}, expected)

        assert SnsSms(client, {"sender_id": "ACME", "max_price": 0.5}).send(sms()) == "sns-1"


def test_a_number_that_is_none_is_refused_before_sns_is_asked() -> None:
    """SNS would take a wrong number and say nothing."""
    with stubbed("sns") as (client, _):
        assert told(lambda: SnsSms(client, {}).send(sms("0202 555 0123"))) == "refused bad_address"


ERRORS = [
    ("Throttled", "", "busy 2"),
    ("Throttling", "Rate exceeded", "busy 2"),
    ("KMSThrottling", "", "busy 2"),
    ("OptedOut", "", "refused gone opted_out"),
    ("InvalidParameter", "Invalid parameter: PhoneNumber Reason: +1 is opted out", "refused gone opted_out"),
    ("InvalidParameter", "Invalid parameter: PhoneNumber Reason: +1 is not valid to publish to",
     "refused bad_address"),
    ("InvalidParameter", "Phone number is not verified in the SMS sandbox", "refused sandbox"),
    ("InvalidParameter", "Invalid parameter: SenderID", "ours InvalidParameterException"),
    ("ParameterValueInvalid", "Invalid phone number", "refused bad_address"),
    ("ParameterValueInvalid", "", "ours InvalidParameterValueException"),
    ("ValidationException", "Phone number is malformed", "refused bad_address"),
    ("ValidationException", "", "ours ValidationException"),
    ("InternalError", "", "unknown"),
    ("AuthorizationError", "", "held 900 not_authorized"),
    ("InvalidSecurity", "", "held 900 bad_credentials"),
    ("NotFound", "", "ours NotFoundException"),
    ("EndpointDisabled", "", "ours EndpointDisabledException"),
    ("PlatformApplicationDisabled", "", "ours PlatformApplicationDisabledException"),
    ("KMSDisabled", "", "ours KMSDisabledException"),
    ("KMSInvalidState", "", "ours KMSInvalidStateException"),
    ("KMSNotFound", "", "ours KMSNotFoundException"),
    ("KMSOptInRequired", "", "ours KMSOptInRequired"),
    ("KMSAccessDenied", "", "ours KMSAccessDeniedException"),
]  # fmt: skip


@pytest.mark.parametrize(("code", "message", "expected"), ERRORS)
def test_every_error_of_sns_has_a_meaning(code: str, message: str, expected: str) -> None:
    """What waits, what is refused for good, and what nobody knows; what a number cannot cause is ours."""
    assert expected == answered(code, message)


def test_no_error_of_the_model_is_forgotten() -> None:
    """Every error that botocore's model of `Publish` names is in the table above."""
    with stubbed("sns") as (client, _):
        assert model_errors(client, "Publish") <= {code for code, _, _ in ERRORS}


@mock_aws
def test_an_sms_arrives_in_a_mocked_sns() -> None:
    """A real client sends to moto: the SMS is stored there under the id that was returned."""
    client = boto3.client("sns", region_name="eu-central-1", config=send_config())

    message_id = SnsSms(client, {"sender_id": "ACME"}).send(sms())

    stored = sns_backends[ACCOUNT]["eu-central-1"].sms_messages
    assert {message_id: (NUMBER, "Your cart waits.")} == stored
