"""WhatsApp: what Meta is handed, and what its answers and the service's mean."""

from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.exceptions import ReadTimeoutError

from sojourn.adapters.botocore_errors import EVERYWHERE
from sojourn.adapters.senders.whatsapp import MAX_CALLBACK_DATA, MAX_TEXT, META, SENDING, WhatsApp
from sojourn.errors import Refused, UnknownOutcome
from tests.support.aws_sends import model_errors, outgoing, stubbed, told

NUMBER = "+12025550123"
PHONE = "phone-number-id-01234567890123456789012345678901"
SETTINGS = {"phone_number_id": PHONE}
TAGS = json.dumps(
    {"send": "5f2a9c", "customer": "ana", "journey": "abandoned-cart", "run": "run-1", "step": "reminder"}
    | {"version": "a1b2c3"},
    separators=(",", ":"),
)


class Recording:
    """A client that keeps what it was asked."""

    def __init__(self, answer: dict[str, Any] | None = None) -> None:
        self.asked: list[dict[str, Any]] = []
        self._answer = {"messageId": "wamid.1"} if answer is None else answer

    def send_whatsapp_message(self, **asked: Any) -> dict[str, Any]:
        self.asked.append(asked)
        return self._answer


def message_of(**parts: Any) -> dict[str, Any]:
    """Return what Meta gets of a message with these parts."""
    client = Recording()
    WhatsApp(client, SETTINGS).send(outgoing(NUMBER, **parts))
    message: dict[str, Any] = json.loads(client.asked[0]["message"])
    return message


def template_of(**parts: Any) -> dict[str, Any]:
    """Return the template within it."""
    template: dict[str, Any] = message_of(**({"template": "cart_waiting", "language": "en"} | parts))[
        "template"
    ]
    return template


def test_a_template_is_sent_from_the_number() -> None:
    """The whole request, checked by botocore's model: number, version, and Meta's message as JSON."""
    message = {
        "messaging_product": "whatsapp",
        "recipient_type": "individual",
        "to": NUMBER,
        "biz_opaque_callback_data": TAGS,
        "type": "template",
        "template": {
            "name": "cart_waiting",
            "language": {"code": "pt_BR"},
            "components": [{"type": "body", "parameters": [{"type": "text", "text": "Ol\u00e1"}]}],
        },
    }
    expected = {
        "originationPhoneNumberId": PHONE,
        "metaApiVersion": "v21.0",
        "message": json.dumps(message, ensure_ascii=False, separators=(",", ":")).encode(),
    }
    with stubbed("socialmessaging") as (client, stub):
        stub.add_response("send_whatsapp_message", {"messageId": "wamid.1"}, expected)
        parts = {"template": "cart_waiting", "language": "pt_BR", "parameters": '["Ol\u00e1"]'}

        sender = WhatsApp(client, SETTINGS | {"api_version": "v21.0"})
        assert sender.send(outgoing(NUMBER, **parts)) == "wamid.1"


@pytest.mark.parametrize(("body", "preview"), [("Hello", False), ("See HTTPS://acme.example/", True)])
def test_a_free_text_is_sent_as_text(body: str, preview: bool) -> None:
    """Where it has a link, the link is shown as a card."""
    message = message_of(body=body)

    assert message["type"] == "text"
    assert message["text"] == {"body": body, "preview_url": preview}


def test_a_template_without_parameters_has_no_components() -> None:
    """Meta takes an empty list for a mistake."""
    assert template_of(parameters="[]") == {"name": "cart_waiting", "language": {"code": "en"}}


def test_the_language_is_that_of_the_content_unless_said() -> None:
    """Meta writes locales with an underscore."""
    client = Recording()
    message = outgoing(NUMBER, template="cart_waiting")
    object.__setattr__(message.rendered, "locale", "pt-BR")

    WhatsApp(client, SETTINGS).send(message)

    assert json.loads(client.asked[0]["message"])["template"]["language"] == {"code": "pt_BR"}


def test_parameters_are_texts_parameters_or_components() -> None:
    """Texts and parameters of Meta's own form fill the body in order; a component stands for itself."""
    currency = {
        "type": "currency",
        "currency": {"fallback_value": "$10", "code": "USD", "amount_1000": 10_000},
    }
    header = {
        "type": "header",
        "parameters": [{"type": "image", "image": {"link": "https://acme.example/i.png"}}],
    }

    template = template_of(parameters=json.dumps([header, "Ana", currency, 7]))

    body = [{"type": "text", "text": "Ana"}, currency, {"type": "text", "text": "7"}]
    assert template["components"] == [header, {"type": "body", "parameters": body}]


def test_spaces_that_meta_refuses_become_one() -> None:
    """No line breaks, tabs or many spaces on end in a parameter."""
    template = template_of(parameters=json.dumps(["  two\nlines\tand      spaces "]))

    assert template["components"][0]["parameters"] == [{"type": "text", "text": "two lines and spaces"}]


def test_an_empty_parameter_is_refused_before_anything_is_asked() -> None:
    """Meta would refuse the message; the reason names the parameter."""
    client = Recording()
    message = outgoing(NUMBER, template="cart_waiting", parameters='["Ana", " "]')

    with pytest.raises(Refused, match="parameter 2 of the template is empty"):
        WhatsApp(client, SETTINGS).send(message)

    assert client.asked == []


@pytest.mark.parametrize(("size", "said"), [(MAX_TEXT, "taken"), (MAX_TEXT + 1, "refused too_long")])
def test_a_text_that_is_too_long_is_refused_before_anything_is_asked(size: int, said: str) -> None:
    """WhatsApp's limit is in characters."""
    client = Recording()

    assert told(lambda: WhatsApp(client, SETTINGS).send(outgoing(NUMBER, body="x" * size))) == said
    assert len(client.asked) == (said == "taken")


def test_what_comes_back_with_every_status_finds_the_send() -> None:
    """Customer and send are in it, even where a long name leaves no room for the rest."""
    client = Recording()

    WhatsApp(client, SETTINGS).send(outgoing(NUMBER, body="Hello", customer="a" * 250))

    data = json.loads(client.asked[0]["message"])["biz_opaque_callback_data"]
    assert len(data) <= MAX_CALLBACK_DATA
    assert {"send": "5f2a9c", "customer": "a" * 250}.items() <= json.loads(data).items()


def test_without_an_id_of_its_own_the_sends_counts() -> None:
    """The answer may leave the id out."""
    assert WhatsApp(Recording({}), SETTINGS).send(outgoing(NUMBER, body="Hello")) == "5f2a9c"


def answered(code: str, status: int, text: str = "said so") -> str:
    """Say what an error of the service comes to."""
    with stubbed("socialmessaging") as (client, stub):
        stub.add_client_error("send_whatsapp_message", code, text, status)

        return told(lambda: WhatsApp(client, SETTINGS).send(outgoing(NUMBER, body="Hello")))


CODES = {
    "ValidationException": (400, "refused rejected"),
    "InvalidParametersException": (400, "refused rejected"),
    "AccessDeniedException": (403, "held 900 not_authorized"),
    "ResourceNotFoundException": (404, "held 900 no_phone_number"),
    "ThrottledRequestException": (429, "busy 2"),
    "InternalServiceException": (500, "unknown"),
    "DependencyException": (502, "unknown"),
    "ServiceUnavailable": (503, "unknown"),
    "ThrottlingException": (429, "busy 2"),
}


@pytest.mark.parametrize("code", CODES)
def test_what_the_service_says(code: str) -> None:
    """Every error of SendWhatsAppMessage is told apart."""
    status, said = CODES[code]

    assert answered(code, status) == said


def test_no_error_of_the_model_was_forgotten() -> None:
    """What botocore's model says the operation answers is in the table or the same everywhere."""
    with stubbed("socialmessaging") as (client, _):
        errors = model_errors(client, "SendWhatsAppMessage")

    assert errors - set(SENDING) - set(EVERYWHERE) == set()
    assert errors - set(CODES) == set()


OF_META = {
    "80007": "busy 60",
    "130429": "busy 2",
    "131016": "busy 60",
    "131056": "busy 6",
    "131048": "held 900 spam_limit",
    "131031": "held 900 account_locked",
    "131042": "held 900 payment",
    "132015": "held 900 template_paused",
    "133010": "held 900 number_not_registered",
    "131047": "refused outside_window",
    "131026": "refused bad_address",
    "131021": "refused bad_address",
    "131030": "refused sandbox",
    "131050": "refused opted_out",
    "131049": "refused blocked",
    "130472": "refused blocked",
    "131051": "refused rejected",
    "132000": "refused rejected",
    "132001": "refused rejected",
    "132005": "refused too_long",
    "132007": "refused rejected",
    "132012": "refused rejected",
    "132016": "refused rejected",
}


@pytest.mark.parametrize("code", OF_META)
def test_what_meta_says(code: str) -> None:
    """Where the service's error quotes a code of Meta, that decides, whichever error it is in."""
    errors = (
        "InvalidParametersException",
        "ValidationException",
        "DependencyException",
        "AccessDeniedException",
    )

    said = {answered(error, CODES[error][0], f"(#{code}) Meta says so") for error in errors}

    assert said == {OF_META[code]}


def test_every_code_of_meta_is_tested() -> None:
    """A code that is added needs a meaning here too."""
    assert set(OF_META) == set(META)


@pytest.mark.parametrize("text", ["(#100) Invalid parameter", "phone 12025550131047 is odd", "13104", ""])
def test_numbers_that_are_no_code_of_meta_decide_nothing(text: str) -> None:
    """A phone number that has a code in it is no code."""
    assert answered("InvalidParametersException", 400, text) == "refused rejected"


def test_no_answer_leaves_doubt() -> None:
    """A request that was sent and not answered may have worked."""

    class Silent:
        def send_whatsapp_message(self, **_: Any) -> Any:
            raise ReadTimeoutError(endpoint_url="social-messaging")

    with pytest.raises(UnknownOutcome):
        WhatsApp(Silent(), SETTINGS).send(outgoing(NUMBER, body="Hello"))
