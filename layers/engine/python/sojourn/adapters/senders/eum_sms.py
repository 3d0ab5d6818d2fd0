"""Channel `sms`: AWS End User Messaging (`pinpoint-sms-voice-v2`), from a pool of numbers or a sender id.

Receipts bring back what `Context` holds.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sojourn.adapters.botocore_errors import Said, Table, busy, held, ours, refused, translated, unknown
from sojourn.adapters.message_tags import tags_of
from sojourn.adapters.senders.sms_text import price_text, sms_of
from sojourn.errors import Refused

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sojourn.application.ports import Outgoing

MOST_CONTEXT = 5
"""Pairs that `Context` holds; the send's version is what goes without."""
HOUR = 3600.0


class EumSms:
    """Sends SMS through End User Messaging.

    Args:
        client: `boto3.client("pinpoint-sms-voice-v2", config=send_config())`.
        settings: `senders.sms` of the workspace: pool or sender_id, configuration_set, max_price (US dollars a
            part), time_to_live (seconds), protect, dry_run.
    """

    def __init__(self, client: Any, settings: Mapping[str, Any]) -> None:
        self._client = client
        self._settings = settings

    def send(self, outgoing: Outgoing) -> str:
        """Send an SMS; return End User Messaging's id of it."""
        number, body = sms_of(outgoing)
        settings = self._settings
        request = {
            "DestinationPhoneNumber": number,
            "OriginationIdentity": settings.get("pool") or settings.get("sender_id"),
            "MessageBody": body,
            "MessageType": "PROMOTIONAL" if outgoing.marketing else "TRANSACTIONAL",
            "ConfigurationSetName": settings.get("configuration_set"),
            "MaxPrice": price_text(settings["max_price"]) if "max_price" in settings else None,
            "TimeToLive": settings.get("time_to_live"),
            "Context": dict(list(tags_of(outgoing.send).items())[:MOST_CONTEXT]),
            "ProtectConfigurationId": settings.get("protect"),
            "DryRun": settings.get("dry_run") or None,
        }
        with translated(TABLE):
            answer = self._client.send_text_message(
                **{key: value for key, value in request.items() if value is not None}
            )
        return str(answer.get("MessageId") or outgoing.send.id)


def _bad_field(said: Said) -> Exception | None:
    """Fields are what we made them, except the number and the text."""
    if "DestinationPhoneNumber" in said.fields:
        return Refused("bad_address", said.text)
    if "MessageBody" in said.fields:
        return Refused("rejected", said.text)
    return ours(said)


TABLE: Table = {
    "ThrottlingException": busy(1.0),
    "InternalServerException": unknown,
    "AccessDeniedException:ACCOUNT_DISABLED": held("account_disabled"),
    "AccessDeniedException:INSUFFICIENT_ACCOUNT_REPUTATION": held("account_reputation"),
    "ResourceNotFoundException": held("not_found"),
    "ServiceQuotaExceededException": held("quota"),
    "ServiceQuotaExceededException:MONTHLY_SPEND_LIMIT_REACHED_FOR_TEXT": held("spend_limit", HOUR),
    "ServiceQuotaExceededException:DAILY_DESTINATION_CALL_LIMIT": held("daily_limit", HOUR),
    "ConflictException": held("misconfigured"),
    "ConflictException:DESTINATION_PHONE_NUMBER_OPTED_OUT": refused("opted_out", gone=True),
    "ConflictException:DESTINATION_PHONE_NUMBER_NOT_VERIFIED": refused("sandbox"),
    "ConflictException:DESTINATION_COUNTRY_BLOCKED_BY_PROTECT_CONFIGURATION": refused("blocked"),
    "ConflictException:DESTINATION_PHONE_NUMBER_BLOCKED_BY_PROTECT_NUMBER_OVERRIDE": refused("blocked"),
    "ConflictException:NO_ORIGINATION_IDENTITIES_FOUND": refused("not_allowed"),
    "ValidationException": _bad_field,
    "ValidationException:COUNTRY_CODE_MISMATCH": refused("bad_address"),
    "ValidationException:COUNTRY_NOT_ENABLED": refused("blocked"),
    "ValidationException:DESTINATION_COUNTRY_BLOCKED": refused("blocked"),
    "ValidationException:INTERNATIONAL_SENDING_NOT_SUPPORTED": refused("blocked"),
    "ValidationException:INVALID_IDENTITY_FOR_DESTINATION_COUNTRY": refused("not_allowed"),
    "ValidationException:SENDER_ID_NOT_REGISTERED": refused("not_allowed"),
    "ValidationException:SENDER_ID_NOT_SUPPORTED": refused("not_allowed"),
    "ValidationException:SENDER_ID_REQUIRES_REGISTRATION": refused("not_allowed"),
    "ValidationException:PRICE_OVER_THRESHOLD": refused("too_dear"),
    "ValidationException:MAXIMUM_SIZE_EXCEEDED": refused("too_long"),
    "ValidationException:CHANNEL_NOT_ENABLED": held("not_enabled"),
    "ValidationException:RESOURCE_NOT_ACCESSIBLE": held("not_authorized"),
}
"""What `SendTextMessage` says, by code and reason.

What is about the country or the number is refused, so that a run goes on; what is about our account waits for an
operator; any other reason is none that this call has, and a mistake of ours.
"""
