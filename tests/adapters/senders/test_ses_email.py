"""Emails through Amazon SES: what is asked of it, and what its answers mean. botocore checks every request."""

from __future__ import annotations

from typing import Any

import boto3
import pytest
from moto import mock_aws
from moto.sesv2.models import sesv2_backends

from sojourn.adapters.botocore_errors import send_config
from sojourn.adapters.senders.ses_email import SesEmail
from sojourn.errors import Refused
from tests.support.aws_sends import model_errors, outgoing, stubbed, told

SETTINGS = {"from": "Acme Bikes <hello@acme.example>", "rate": 14.0}
ACCOUNT = "123456789012"
"""The account that moto plays."""
UNSUBSCRIBE = "https://links.acme.example/u/abc"
TAGS = [
    {"Name": "send", "Value": "5f2a9c"},
    {"Name": "customer", "Value": "ana"},
    {"Name": "journey", "Value": "abandoned-cart"},
    {"Name": "run", "Value": "run-1"},
    {"Name": "step", "Value": "reminder"},
    {"Name": "version", "Value": "a1b2c3"},
]


def email(address: str = "ana@example.com", **more: Any) -> Any:
    """Return an email on its way."""
    return outgoing(
        address, **{"subject": "Your cart", "text": "It waits.", "html": "<p>It waits.</p>", **more}
    )


def asked(message: Any, settings: dict[str, Any] | None = None) -> dict[str, Any]:
    """Return what SES is asked for a message."""
    requests: list[dict[str, Any]] = []
    with stubbed("sesv2") as (client, stub):
        client.meta.events.register_first(
            "provide-client-params.sesv2.SendEmail", lambda params, **_: requests.append(params)
        )
        stub.add_response("send_email", {"MessageId": "ses-1"})

        assert SesEmail(client, settings or SETTINGS).send(message) == "ses-1"

    return requests[0]


def answered(code: str, message: str = "", address: str = "ana@example.com", status: int = 400) -> str:
    """Say what an error of SES comes to."""
    with stubbed("sesv2") as (client, stub):
        stub.add_client_error("send_email", code, message, status)

        return told(lambda: SesEmail(client, SETTINGS).send(email(address)))


def test_an_email_is_sent_as_it_was_rendered() -> None:
    """Subject, text and HTML go out in UTF-8, from the workspace's sender, with the tags of the send."""
    message = {
        "Subject": {"Data": "Ihr Fahrrad für Größere", "Charset": "UTF-8"},
        "Body": {
            "Text": {"Data": "It waits.", "Charset": "UTF-8"},
            "Html": {"Data": "<p>It waits.</p>", "Charset": "UTF-8"},
        },
    }

    request = asked(email(subject="Ihr Fahrrad für Größere"))

    assert {
        "FromEmailAddress": "Acme Bikes <hello@acme.example>",
        "Destination": {"ToAddresses": ["ana@example.com"]},
        "Content": {"Simple": message},
        "EmailTags": TAGS,
    } == request


def test_the_settings_of_the_workspace_are_used() -> None:
    """Reply-to, configuration set and tenant go along."""
    more = {"reply_to": "service@acme.example", "configuration_set": "journeys", "tenant": "acme"}

    request = asked(email(), {**SETTINGS, **more})

    assert request["ReplyToAddresses"] == ["service@acme.example"]
    assert (request["ConfigurationSetName"], request["TenantName"]) == ("journeys", "acme")


def test_a_message_may_have_a_sender_of_its_own() -> None:
    """`from` and `reply_to` of a message go before those of the workspace."""
    own = {"from": "Räder <rad@acme.example>", "reply_to": "rad-antwort@acme.example"}

    request = asked(email(**own), {**SETTINGS, "reply_to": "service@acme.example"})

    assert request["FromEmailAddress"] == "=?utf-8?b?UsOkZGVy?= <rad@acme.example>"
    assert request["ReplyToAddresses"] == ["rad-antwort@acme.example"]


def test_marketing_carries_a_one_click_unsubscribe() -> None:
    """Marketing has both headers of RFC 8058; a transactional email has neither."""
    headers = [
        {"Name": "List-Unsubscribe", "Value": f"<{UNSUBSCRIBE}>"},
        {"Name": "List-Unsubscribe-Post", "Value": "List-Unsubscribe=One-Click"},
    ]

    marketing = asked(email(marketing=True, unsubscribe_url=UNSUBSCRIBE))
    transactional = asked(email(unsubscribe_url=UNSUBSCRIBE))

    assert headers == marketing["Content"]["Simple"]["Headers"]
    assert "Headers" not in transactional["Content"]["Simple"]


@pytest.mark.parametrize(
    "url",
    [
        "", "http://links.acme.example/u/abc", "mailto:stop@acme.example", "https://a.example/\r\nBcc: x@a.example",
        "https://a.example/a>, <mailto:x@a.example", "https://a.example/a b", "https://a.example/ü",
        "https://a.example/" + "a" * 1_000,
    ],
)  # fmt: skip
def test_marketing_without_a_way_out_waits(url: str) -> None:
    """Without an https URL that fits a header, marketing is not sent, and nothing is asked of SES."""
    with stubbed("sesv2") as (client, _):
        sender = SesEmail(client, SETTINGS)

        assert (
            told(lambda: sender.send(email(marketing=True, unsubscribe_url=url)))
            == "held 900 no_unsubscribe_link"
        )


def test_any_customer_id_fits_a_tag() -> None:
    """An id that SES would not take as a tag is encoded."""
    request = asked(email(customer="ana@example.com"))

    assert {"Name": "customer", "Value": "b64_YW5hQGV4YW1wbGUuY29t"} in request["EmailTags"]


def test_a_domain_in_another_script_becomes_punycode() -> None:
    """The address goes out in ASCII."""
    assert asked(email("ana@bücher.example"))["Destination"] == {"ToAddresses": ["ana@xn--bcher-kva.example"]}


@pytest.mark.parametrize("address", ["ana@example.com, bo@example.com", "Ana <ana@example.com>", "ana", ""])
def test_what_is_no_address_is_refused_before_ses_is_asked(address: str) -> None:
    """A bad address never reaches SES, which would read a list out of it."""
    with stubbed("sesv2") as (client, _), pytest.raises(Refused) as raised:
        SesEmail(client, SETTINGS).send(email(address))

    assert (raised.value.reason, raised.value.gone) == ("bad_address", False)


def test_no_line_break_reaches_a_header() -> None:
    """A subject with a line break is refused, a sender with one waits for whoever set it up."""
    with stubbed("sesv2") as (client, _):
        sender = SesEmail(client, {"from": "hello@acme.example\r\nBcc: x@a.example"})

        assert told(lambda: sender.send(email(subject="Hi\r\nBcc: x@a.example"))) == "refused rejected"
        assert told(lambda: sender.send(email())) == "held 900 bad_sender"


@pytest.mark.parametrize(
    ("settings", "expected"), [({}, "held 900 no_sender"), ({"from": "Acme"}, "held 900 bad_sender")]
)
def test_nobody_sends_as_nobody(settings: dict[str, str], expected: str) -> None:
    """Without a sender, or with one that is no address, messages wait for an operator."""
    with stubbed("sesv2") as (client, _):
        assert expected == told(lambda: SesEmail(client, settings).send(email()))


UNVERIFIED = "Email address is not verified. The following identities failed the check in region EU-CENTRAL-1"
ERRORS = [
    ("TooManyRequestsException", "", "busy 2"),
    ("TooManyRequestsException", "Maximum sending rate exceeded.", "busy 2"),
    ("TooManyRequestsException", "Daily message quota exceeded.", "busy 3600"),
    ("ThrottlingException", "Maximum sending rate exceeded.", "busy 1"),
    ("ThrottlingException", "Daily message quota exceeded.", "busy 3600"),
    ("Throttling", "Maximum sending rate exceeded.", "busy 1"),
    ("LimitExceededException", "Daily message quota exceeded", "busy 3600"),
    ("AccountSuspendedException", "", "held 900 account_suspended"),
    ("SendingPausedException", "Sending paused for this account.", "held 900 sending_paused"),
    ("MailFromDomainNotVerifiedException", "", "held 900 mail_from_not_verified"),
    ("NotFoundException", "Configuration set <journeys> does not exist.", "held 900 not_found"),
    ("MessageRejected", "Message contains a virus", "refused rejected"),
    ("MessageRejected", "Sending suspended for this account", "held 900 account_suspended"),
    ("MessageRejected", "Sending paused for this account. For more information", "held 900 account_suspended"),
    ("MessageRejected", "Email sending for the account is disabled.", "held 900 account_suspended"),
    ("MessageRejected", "Message length is more than 41943040 bytes long", "refused too_long"),
    ("MessageRejected", f"{UNVERIFIED}: ana@example.com", "refused sandbox"),
    ("MessageRejected", f"{UNVERIFIED}: Hello@acme.example", "held 900 sender_not_verified"),
    ("MessageRejected", f"{UNVERIFIED}: ana@example.com, hello@acme.example", "held 900 sender_not_verified"),
    ("MessageRejected", f"{UNVERIFIED}: Acme Bikes <hello@acme.example>", "held 900 sender_not_verified"),
    (
        "MessageRejected", f"{UNVERIFIED}: Acme Bikes <hello@acme.example>, hello@acme.example",
        "held 900 sender_not_verified",
    ),
    (
        "MessageRejected", f'{UNVERIFIED}: "Acme, Inc." <hello@acme.example>; x@y.example',
        "held 900 sender_not_verified",
    ),
    ("MessageRejected", f"{UNVERIFIED}: ana@example.com, acme.example.", "held 900 sender_not_verified"),
    ("MessageRejected", f"{UNVERIFIED}: Ana <ana@example.com>", "refused sandbox"),
    ("MessageRejected", f"{UNVERIFIED}: hello@acme.example.org", "refused sandbox"),
    ("BadRequestException", "Missing final '@domain'", "refused bad_address"),
    ("BadRequestException", "Illegal address", "refused bad_address"),
    ("BadRequestException", "Local address contains dot-dot", "refused bad_address"),
    ("BadRequestException", "Domain contains illegal character", "refused bad_address"),
    ("BadRequestException", "Invalid value for header", "ours BadRequestException"),
    ("AccessDeniedException", "User is not authorized to perform: ses:SendEmail", "held 900 not_authorized"),
    ("UnrecognizedClientException", "", "held 900 bad_credentials"),
    ("InternalFailure", "", "unknown"),
    ("ValidationError", "", "ours ClientError"),
]  # fmt: skip


@pytest.mark.parametrize(("code", "message", "expected"), ERRORS)
def test_every_error_of_ses_has_a_meaning(code: str, message: str, expected: str) -> None:
    """What waits, what is refused for good, and what nobody knows."""
    assert expected == answered(code, message)


def test_no_error_of_the_model_is_forgotten() -> None:
    """Every error that botocore's model of `SendEmail` names is in the table above."""
    with stubbed("sesv2") as (client, _):
        assert model_errors(client, "SendEmail") <= {code for code, _, _ in ERRORS}


@mock_aws
def test_an_email_arrives_in_a_mocked_ses() -> None:
    """A real client sends to moto: a verified sender's email is stored there under the id that was returned."""
    client = boto3.client("sesv2", region_name="eu-central-1", config=send_config())
    client.create_email_identity(EmailIdentity="hello@acme.example")

    message_id = SesEmail(client, SETTINGS).send(email(marketing=True, unsubscribe_url=UNSUBSCRIBE))

    stored = {
        message.id: message for message in sesv2_backends[ACCOUNT]["eu-central-1"].core_backend.sent_messages
    }
    assert {"ToAddresses": ["ana@example.com"]}.items() <= stored[message_id].destinations.items()
    assert stored[message_id].subject == "Your cart"
