"""Channel `sms` through Amazon SNS: no pools, no receipts by tag, but no origination number to set up either.

SNS takes an SMS whether or not it can be delivered, and says little about why not.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from sojourn.adapters.botocore_errors import Said, Table, busy, held, ours, refused, translated, unknown
from sojourn.adapters.senders.sms_text import price_text, sms_of
from sojourn.errors import Refused

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sojourn.application.ports import Outgoing

_OPTED_OUT = re.compile(r"opted[ -]?out", re.IGNORECASE)
_SANDBOX = re.compile(r"sandbox|not verified", re.IGNORECASE)
_NUMBER = re.compile(r"phone ?number", re.IGNORECASE)


class SnsSms:
    """Sends SMS through SNS.

    Args:
        client: `boto3.client("sns", config=send_config())`.
        settings: `senders.sms` of the workspace: sender_id, max_price (US dollars a message).
    """

    def __init__(self, client: Any, settings: Mapping[str, Any]) -> None:
        self._client = client
        self._settings = settings

    def send(self, outgoing: Outgoing) -> str:
        """Send an SMS; return SNS's id of it."""
        number, body = sms_of(outgoing)
        attributes = {
            "AWS.SNS.SMS.SMSType": ("String", "Promotional" if outgoing.marketing else "Transactional")
        }
        if sender_id := self._settings.get("sender_id"):
            attributes["AWS.SNS.SMS.SenderID"] = ("String", sender_id)
        if max_price := self._settings.get("max_price"):
            attributes["AWS.SNS.SMS.MaxPrice"] = ("Number", price_text(max_price))
        with translated(TABLE):
            answer = self._client.publish(
                PhoneNumber=number,
                Message=body,
                MessageAttributes={
                    name: {"DataType": kind, "StringValue": value}
                    for name, (kind, value) in attributes.items()
                },
            )
        return str(answer.get("MessageId") or outgoing.send.id)


def _parameter(said: Said) -> Exception | None:
    """SNS has one code for a number it cannot send to and for a request that is wrong: only the words differ."""
    if _OPTED_OUT.search(said.message):
        return Refused("opted_out", said.text, gone=True)
    if _SANDBOX.search(said.message):
        return Refused("sandbox", said.text)
    if _NUMBER.search(said.message):
        return Refused("bad_address", said.text)
    return ours(said)


TABLE: Table = {
    "Throttled": busy(),
    "OptedOut": refused("opted_out", gone=True),
    "InvalidParameter": _parameter,
    "ParameterValueInvalid": _parameter,
    "ValidationException": _parameter,
    "UserError": _parameter,
    "AuthorizationError": held("not_authorized"),
    "InternalError": unknown,
    "KMSThrottling": busy(),
}
"""What `Publish` to a number says; the codes that are about topics, endpoints and their keys it does not say."""
