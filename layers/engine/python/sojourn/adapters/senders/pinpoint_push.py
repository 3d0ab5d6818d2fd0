"""Sends push notifications through End User Messaging Push, which is the `SendMessages` of Pinpoint.

It takes devices' tokens as they are and answers for each what the platform said, at once. The notification is given
in the service's own fields, so its SDK in the app finds the link as it expects; `send_id` is the trace id and part
of the context.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sojourn.adapters.botocore_errors import BUSY, HELD, Table, held, refused, translated
from sojourn.adapters.senders.device import (
    APNS,
    FCM,
    ONE_DAY,
    PLATFORMS,
    apns_payload,
    custom_data,
    encoded,
    fcm_payload,
    read_device,
    urgent,
)
from sojourn.application.ports import Outgoing
from sojourn.errors import Refused, Throttled, UnknownOutcome

AGAIN = 60.0
"""In how many seconds a platform is asked again that had a passing fault."""

SENDING: Table = {
    "BadRequestException": refused("rejected"),
    "ForbiddenException": held("not_authorized"),
    "NotFoundException": held("no_application"),
    "MethodNotAllowedException": held("not_authorized"),
    "PayloadTooLargeException": refused("too_long"),
}
"""What SendMessages answers as a whole, besides what all services do."""

_NOBODY = (
    "unregistered",
    "notregistered",
    "not registered",
    "baddevicetoken",
    "invalidregistration",
    "devicetokennot",
)
"""What Apple and Google say of a token that reaches nobody."""


class PinpointPush:
    """The port `Sender`, for channel `push`.

    Args:
        client: `boto3.client("pinpoint", config=send_config())`.
        settings: `senders.push` of the workspace: application_id, which holds the platforms' credentials; sandbox,
            whether Apple's tokens are those of apps under development; time_to_live, in seconds.
    """

    def __init__(self, client: Any, settings: Mapping[str, Any]) -> None:
        self._client = client
        self._application_id = str(settings["application_id"])
        self._channels = {APNS: "APNS_SANDBOX" if settings.get("sandbox") else "APNS", FCM: "GCM"}
        self._time_to_live = int(settings.get("time_to_live", ONE_DAY))

    def send(self, outgoing: Outgoing) -> str:
        """Send to the customer's device; return the service's id of the message.

        Raises:
            Throttled, Refused, UnknownOutcome: see `Sender`.
        """
        device = read_device(outgoing.address, PLATFORMS)
        if device.platform == APNS:
            encoded(apns_payload(outgoing))
            message = {"APNSMessage": self._apns(outgoing)}
        else:
            encoded(fcm_payload(outgoing, self._time_to_live))
            message = {"GCMMessage": self._gcm(outgoing)}
        with translated(SENDING):
            answer = self._client.send_messages(
                ApplicationId=self._application_id,
                MessageRequest={
                    "Addresses": {device.token: {"ChannelType": self._channels[device.platform]}},
                    "Context": custom_data(outgoing),
                    "MessageConfiguration": message,
                    "TraceId": outgoing.send.id,
                },
            )
        results: Mapping[str, Mapping[str, Any]] = answer["MessageResponse"].get("Result", {})
        result = results.get(device.token) or next(iter(results.values()), None)
        if result is None:
            raise UnknownOutcome("the answer does not mention the device")
        return _provider_id(result, outgoing.send.id)

    def _apns(self, outgoing: Outgoing) -> dict[str, Any]:
        image = outgoing.rendered.parts.get("image")
        return {
            **_shown(outgoing),
            "APNSPushType": "alert",
            "Priority": "10" if urgent(outgoing) else "5",
            "Sound": "default",
            "ThreadId": outgoing.send.journey,
            "TimeToLive": self._time_to_live,
            **({"MediaUrl": image} if image else {}),
        }

    def _gcm(self, outgoing: Outgoing) -> dict[str, Any]:
        image = outgoing.rendered.parts.get("image")
        return {
            **_shown(outgoing),
            "Priority": "high" if urgent(outgoing) else "normal",
            "TimeToLive": self._time_to_live,
            **({"ImageUrl": image} if image else {}),
        }


def _shown(outgoing: Outgoing) -> dict[str, Any]:
    parts = outgoing.rendered.parts
    shown: dict[str, Any] = {"Title": parts["title"], "Body": parts["body"], "Action": "OPEN_APP"}
    link = parts.get("link")
    if link:
        web = link.lower().startswith(("https://", "http://"))
        shown |= {"Action": "URL" if web else "DEEP_LINK", "Url": link}
    return shown


def _provider_id(result: Mapping[str, Any], send_id: str) -> str:
    """Return the id of a notification that went out; raise what else became of it.

    A new token (`UpdatedToken`) is not kept: the app tells its customer's token itself whenever it changes.
    """
    status = str(result.get("DeliveryStatus", ""))
    said = f"{status} {result.get('StatusCode', '')}: {result.get('StatusMessage', '')}"[:500]
    match status:
        case "SUCCESSFUL" | "DUPLICATE":
            return str(result.get("MessageId") or send_id)
        case "THROTTLED":
            raise Throttled(said, BUSY)
        case "TEMPORARY_FAILURE":
            raise Throttled(said, AGAIN)
        case "OPT_OUT":
            raise Refused("opted_out", said, gone=True)
        case "PERMANENT_FAILURE":
            raise _permanent(int(result.get("StatusCode", 0)), said)
        case _:
            raise UnknownOutcome(said)


def _permanent(code: int, said: str) -> Exception:
    """Tell a token that reaches nobody from credentials that open nothing, and both from a bad notification."""
    if code in (401, 403):
        return Throttled(f"bad_credentials: {said}", HELD)
    if code == 413:
        return Refused("too_long", said)
    if code in (404, 410) or any(word in said.lower() for word in _NOBODY):
        return Refused("bad_address", said, gone=True)
    return Refused("rejected", said)
