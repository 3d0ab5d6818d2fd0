"""SMS through AWS End User Messaging: what is asked of it, and what its answers mean. botocore checks every request."""

from __future__ import annotations

from typing import Any

import pytest

from sojourn.adapters.senders.eum_sms import EumSms
from sojourn.errors import Refused
from tests.support.aws_sends import model_errors, outgoing, stubbed, told

SERVICE = "pinpoint-sms-voice-v2"
POOL = {"provider": "end_user_messaging", "pool": "pool-0123"}
NUMBER = "+12025550123"
CONTEXT = {
    "send": "5f2a9c",
    "customer": "ana",
    "journey": "abandoned-cart",
    "run": "run-1",
    "step": "reminder",
}


def sms(address: str = NUMBER, body: str = "Your cart waits.", **more: Any) -> Any:
    """Return an SMS on its way."""
    return outgoing(address, body=body, **more)


def expect_sent(message: Any, settings: dict[str, Any], expected: dict[str, Any]) -> None:
    """Assert that a message is sent by just this request."""
    with stubbed(SERVICE) as (client, stub):
        stub.add_response("send_text_message", {"MessageId": "eum-1"}, expected)

        assert EumSms(client, settings).send(message) == "eum-1"


def answered(code: str, status: int = 400, **fields: Any) -> str:
    """Say what an error of End User Messaging comes to."""
    with stubbed(SERVICE) as (client, stub):
        stub.add_client_error(
            "send_text_message", code, "said so", status, response_meta=None, modeled_fields=fields
        )

        return told(lambda: EumSms(client, POOL).send(sms()))


def reasons_of(client: Any, error: str) -> set[str]:
    """Return the reasons that botocore's model gives for an error."""
    return set(client.meta.service_model.shape_for(error).members["Reason"].enum)


@pytest.mark.parametrize(("marketing", "kind"), [(True, "PROMOTIONAL"), (False, "TRANSACTIONAL")])
def test_an_sms_is_sent_from_the_pool(marketing: bool, kind: str) -> None:
    """Number, text, pool and kind, and the tags by which a receipt finds the send."""
    expected = {
        "DestinationPhoneNumber": NUMBER, "OriginationIdentity": "pool-0123", "MessageBody": "Your cart waits.",
        "MessageType": kind, "Context": CONTEXT,
    }  # fmt: skip

    expect_sent(sms(marketing=marketing), POOL, expected)


def test_the_settings_of_the_workspace_are_used() -> None:
    """A sender id, the price at most, how long it lives, protection, a dry run."""
    settings = {
        "sender_id": "ACME", "configuration_set": "journeys", "max_price": 0.05, "time_to_live": 3600,
        "protect": "protect-1", "dry_run": True, "rate": 20.0,
    }  # fmt: skip
    expected = {
        "DestinationPhoneNumber": NUMBER, "OriginationIdentity": "ACME", "MessageBody": "Your cart waits.",
        "MessageType": "TRANSACTIONAL", "Context": CONTEXT, "ConfigurationSetName": "journeys", "MaxPrice": "0.05",
        "TimeToLive": 3600, "ProtectConfigurationId": "protect-1", "DryRun": True,
    }  # fmt: skip

    expect_sent(sms(), settings, expected)


@pytest.mark.parametrize(
    ("price", "written"), [(0.05, "0.05"), (1, "1.00"), (12.3456789, "12.34568"), (2e-5, "0.00002")]
)
def test_a_price_is_written_as_the_api_wants_it(price: float, written: str) -> None:
    """No exponent, at most five places."""
    expected = {
        "DestinationPhoneNumber": NUMBER, "OriginationIdentity": "pool-0123", "MessageBody": "Your cart waits.",
        "MessageType": "TRANSACTIONAL", "Context": CONTEXT, "MaxPrice": written,
    }  # fmt: skip

    expect_sent(sms(), {**POOL, "max_price": price}, expected)


@pytest.mark.parametrize(
    ("address", "body", "reason"),
    [
        ("0202 555 0123", "Hello", "bad_address"),
        ("+1 202 555 0123", "Hello", "bad_address"),
        ("+12025550123\n", "Hello", "bad_address"),
        ("", "Hello", "bad_address"),
        (NUMBER, " \n", "rejected"),
        (NUMBER, "a" * 1_601, "too_long"),
    ],
)
def test_what_cannot_be_sent_is_not_asked(address: str, body: str, reason: str) -> None:
    """A number that is none, nothing to say, and too much to say are refused at once."""
    with stubbed(SERVICE) as (client, _), pytest.raises(Refused) as raised:
        EumSms(client, POOL).send(sms(address, body))

    assert (reason, False) == (raised.value.reason, raised.value.gone)


def test_the_longest_text_is_sent() -> None:
    """1,600 characters pass botocore's model too."""
    expected = {
        "DestinationPhoneNumber": NUMBER, "OriginationIdentity": "pool-0123", "MessageBody": "a" * 1_600,
        "MessageType": "TRANSACTIONAL", "Context": CONTEXT,
    }  # fmt: skip

    expect_sent(sms(body="a" * 1_600), POOL, expected)


ERRORS = {
    "ThrottlingException": "busy 1",
    "InternalServerException": "unknown",
    "ResourceNotFoundException": "held 900 not_found",
    "AccessDeniedException": "held 900 not_authorized",
    "ServiceQuotaExceededException": "held 900 quota",
    "ConflictException": "held 900 misconfigured",
    "ValidationException": "ours ValidationException",
}


@pytest.mark.parametrize(("code", "expected"), ERRORS.items())
def test_every_error_has_a_meaning(code: str, expected: str) -> None:
    """What an error means that gives no reason."""
    assert expected == answered(code)


def test_no_error_of_the_model_is_forgotten() -> None:
    """Every error that botocore's model of `SendTextMessage` names is in the table above."""
    with stubbed(SERVICE) as (client, _):
        assert model_errors(client, "SendTextMessage") == set(ERRORS)


REASONS = {
    "AccessDeniedException": {
        "ACCOUNT_DISABLED": "held 900 account_disabled",
        "INSUFFICIENT_ACCOUNT_REPUTATION": "held 900 account_reputation",
    },
    "ServiceQuotaExceededException": {
        "MONTHLY_SPEND_LIMIT_REACHED_FOR_TEXT": "held 3600 spend_limit",
        "DAILY_DESTINATION_CALL_LIMIT": "held 3600 daily_limit",
    },
    "ConflictException": {
        "DESTINATION_PHONE_NUMBER_OPTED_OUT": "refused gone opted_out",
        "DESTINATION_PHONE_NUMBER_NOT_VERIFIED": "refused sandbox",
        "DESTINATION_COUNTRY_BLOCKED_BY_PROTECT_CONFIGURATION": "refused blocked",
        "DESTINATION_PHONE_NUMBER_BLOCKED_BY_PROTECT_NUMBER_OVERRIDE": "refused blocked",
        "NO_ORIGINATION_IDENTITIES_FOUND": "refused not_allowed",
    },
    "ValidationException": {
        "CHANNEL_NOT_ENABLED": "held 900 not_enabled",
        "COUNTRY_CODE_MISMATCH": "refused bad_address",
        "COUNTRY_NOT_ENABLED": "refused blocked",
        "DESTINATION_COUNTRY_BLOCKED": "refused blocked",
        "INTERNATIONAL_SENDING_NOT_SUPPORTED": "refused blocked",
        "INVALID_IDENTITY_FOR_DESTINATION_COUNTRY": "refused not_allowed",
        "MAXIMUM_SIZE_EXCEEDED": "refused too_long",
        "PRICE_OVER_THRESHOLD": "refused too_dear",
        "RESOURCE_NOT_ACCESSIBLE": "held 900 not_authorized",
        "SENDER_ID_NOT_REGISTERED": "refused not_allowed",
        "SENDER_ID_NOT_SUPPORTED": "refused not_allowed",
        "SENDER_ID_REQUIRES_REGISTRATION": "refused not_allowed",
    },
}
"""What a reason means; every other of the same error means what the error means without one."""


@pytest.mark.parametrize("code", REASONS)
def test_every_reason_of_the_model_has_a_meaning(code: str) -> None:
    """All reasons that botocore's model knows are tried, and none above is misspelt."""
    with stubbed(SERVICE) as (client, _):
        reasons = reasons_of(client, code)

    found = {reason: answered(code, Reason=reason) for reason in reasons}

    assert set(REASONS[code]) <= reasons
    assert {reason: REASONS[code].get(reason, ERRORS[code]) for reason in reasons} == found


@pytest.mark.parametrize(
    ("field", "expected"),
    [
        ("DestinationPhoneNumber", "refused bad_address"),
        ("MessageBody", "refused rejected"),
        ("OriginationIdentity", "ours ValidationException"),
    ],
)
def test_a_field_says_whose_fault_it_is(field: str, expected: str) -> None:
    """A number or a text that is not accepted is this customer's matter, anything else is ours."""
    fields = [{"Name": field, "Message": "said so"}]

    assert expected == answered("ValidationException", Reason="FIELD_VALIDATION_FAILED", Fields=fields)


def test_a_server_error_without_a_name_is_unknown() -> None:
    """Nobody knows what a 500 took."""
    assert answered("Whatever", 500) == "unknown"
