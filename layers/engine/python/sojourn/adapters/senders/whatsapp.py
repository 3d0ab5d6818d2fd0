"""Sends WhatsApp messages through End User Messaging Social: templates that Meta approved, and free text.

The service passes Meta's own message object through. That free text is only for 24 hours after the customer last
wrote, the use case has asked before; where Meta sees that differently, it says so here or, mostly, later.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from sojourn.adapters.botocore_errors import (
    EVERYWHERE,
    Meaning,
    Said,
    Table,
    busy,
    held,
    refused,
    translated,
    unknown,
)
from sojourn.adapters.message_tags import tags_of
from sojourn.application.ports import Outgoing
from sojourn.errors import Refused

API_VERSION = "v23.0"
MAX_TEXT = 4_096
"""Characters of a free text."""
MAX_CALLBACK_DATA = 512
"""Characters that Meta gives back with a message's statuses."""
_LINK = re.compile(r"https?://", re.IGNORECASE)
_CODE = re.compile(r"(?<!\d)(\d{5,6})(?!\d)")

META: dict[str, Meaning] = {
    "80007": busy(60.0),  # the account's rate limit
    "130429": busy(),  # throughput
    "131016": busy(60.0),  # service unavailable for now
    "131056": busy(6.0),  # too many to one number
    "131048": held("spam_limit"),
    "131031": held("account_locked"),
    "131042": held("payment"),
    "132015": held("template_paused"),
    "133010": held("number_not_registered"),
    "131047": refused("outside_window"),
    "131026": refused("bad_address"),
    "131021": refused("bad_address"),  # sender and recipient are one
    "131030": refused("sandbox"),  # the recipient is not on the test number's list
    "131050": refused("opted_out"),  # of marketing; other messages still reach them
    "131049": refused("blocked"),  # too much marketing from everybody lately
    "130472": refused("blocked"),  # part of an experiment of Meta
    "131051": refused("rejected"),
    "132000": refused("rejected"),  # number of parameters
    "132001": refused("rejected"),  # no such template in this language
    "132005": refused("too_long"),  # the template, filled in
    "132007": refused("rejected"),
    "132012": refused("rejected"),  # form of a parameter
    "132016": refused("rejected"),  # template disabled for good
}
"""What Meta's error codes mean, where an answer mentions one. Source: Meta, "Cloud API error codes"."""


def _with_code(otherwise: Meaning) -> Meaning:
    def meaning(said: Said) -> Exception | None:
        known = next((META[code] for code in _CODE.findall(said.message) if code in META), otherwise)
        return known(said)

    return meaning


SENDING: Table = {
    "ValidationException": _with_code(refused("rejected")),
    "InvalidParametersException": _with_code(refused("rejected")),
    "ResourceNotFoundException": held("no_phone_number"),
    "ThrottledRequestException": busy(),
    "AccessDeniedException": _with_code(EVERYWHERE["AccessDeniedException"]),
    "DependencyException": _with_code(unknown),
    "InternalServiceException": unknown,
}
"""What SendWhatsAppMessage answers besides what all services do."""


class WhatsApp:
    """The port `Sender`, for channel `whatsapp`.

    Args:
        client: `boto3.client("socialmessaging", config=send_config())`.
        settings: `senders.whatsapp` of the workspace: phone_number_id, the number that sends (`phone-number-id-…` or
            its ARN); api_version, of Meta's API.
    """

    def __init__(self, client: Any, settings: Mapping[str, Any]) -> None:
        self._client = client
        self._phone_number_id = str(settings["phone_number_id"])
        self._api_version = str(settings.get("api_version", API_VERSION))

    def send(self, outgoing: Outgoing) -> str:
        """Send a template or a text to the customer's phone; return Meta's id of the message.

        Raises:
            Throttled, Refused, UnknownOutcome: see `Sender`.
        """
        message = {
            "messaging_product": "whatsapp",
            "recipient_type": "individual",
            "to": outgoing.address,
            "biz_opaque_callback_data": _callback_data(outgoing),
            **(_template(outgoing) if outgoing.rendered.parts.get("template") else _text(outgoing)),
        }
        with translated(SENDING):
            answer = self._client.send_whatsapp_message(
                originationPhoneNumberId=self._phone_number_id,
                metaApiVersion=self._api_version,
                message=json.dumps(message, ensure_ascii=False, separators=(",", ":")).encode(),
            )
        return str(answer.get("messageId") or outgoing.send.id)


def _callback_data(outgoing: Outgoing) -> str:
    """Return what comes back with every status of the message: as many of the send's tags as there is room for."""
    kept: dict[str, str] = {}
    text = ""
    for name, value in tags_of(outgoing.send).items():
        kept[name] = value
        longer = json.dumps(kept, separators=(",", ":"))
        if len(longer) > MAX_CALLBACK_DATA:
            break
        text = longer
    return text


def _text(outgoing: Outgoing) -> dict[str, Any]:
    body = outgoing.rendered.parts["body"]
    if len(body) > MAX_TEXT:
        raise Refused("too_long", f"the text has {len(body)} characters, {MAX_TEXT} are allowed")
    return {"type": "text", "text": {"body": body, "preview_url": _LINK.search(body) is not None}}


def _template(outgoing: Outgoing) -> dict[str, Any]:
    """Return a template message.

    `parameters` is a list. What is a text fills the template's body, in order; a mapping with `parameters` of its own
    is a component as Meta writes it (`{type: header, parameters: […]}`), any other mapping one of the body's.
    """
    parts = outgoing.rendered.parts
    in_body: list[dict[str, Any]] = []
    components: list[dict[str, Any]] = []
    for number, given in enumerate(json.loads(parts.get("parameters") or "[]"), 1):
        if isinstance(given, dict) and "parameters" in given:
            components.append(given)
        else:
            in_body.append(given if isinstance(given, dict) else _parameter(given, number))
    if in_body:
        components.append({"type": "body", "parameters": in_body})
    template: dict[str, Any] = {
        "name": parts["template"],
        "language": {"code": parts.get("language") or outgoing.rendered.locale.replace("-", "_")},
    }
    if components:
        template["components"] = components
    return {"type": "template", "template": template}


def _parameter(given: Any, number: int) -> dict[str, Any]:
    """Meta takes no empty parameter, none with a line break or tab, and none with more than four spaces on end."""
    text = " ".join(str(given).split())
    if not text:
        raise Refused("rejected", f"parameter {number} of the template is empty")
    return {"type": "text", "text": text}
