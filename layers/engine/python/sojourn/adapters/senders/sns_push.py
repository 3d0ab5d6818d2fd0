"""Sends push notifications through SNS platform endpoints, to Apple's and Google's services.

A token becomes an endpoint of the platform's application, which is made when it is first needed (making it again
finds it). Whether a device took a notification SNS learns later; a token that reaches nobody it disables, and tells
whoever publishes next: then the endpoint is removed and the address is gone.
"""

from __future__ import annotations

import contextlib
import json
import re
from collections import OrderedDict
from collections.abc import Iterator, Mapping
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from sojourn.adapters.botocore_errors import (
    BUSY,
    HELD,
    Meaning,
    Said,
    Table,
    busy,
    held,
    refused,
    translated,
)
from sojourn.adapters.senders.device import (
    APNS,
    ONE_DAY,
    PLATFORMS,
    Device,
    apns_payload,
    encoded,
    fcm_payload,
    read_device,
    urgent,
)
from sojourn.application.ports import Outgoing
from sojourn.errors import Refused, Throttled, UnknownOutcome

_EXISTS = re.compile(r"Endpoint (arn:\S+) already exists with the same Token")
_NO_SUCH_ENDPOINT = "No endpoint found"


def _invalid_when_preparing(said: Said) -> Exception:
    if "Token" in said.message:
        return Refused("bad_address", said.text, gone=True)
    return Throttled(f"bad_settings: {said.text}", HELD)


def _invalid_when_publishing(said: Said) -> Exception:
    if "too long" in said.message:
        return Refused("too_long", said.text)
    return Refused("rejected", said.text)


PREPARING: Table = {
    "InvalidParameter": _invalid_when_preparing,
    "NotFound": held("no_application"),
}
"""What CreatePlatformEndpoint and SetEndpointAttributes answer besides what all services do."""

_KEY: Meaning = held("encryption_key")
PUBLISHING: Table = {
    "EndpointDisabled": refused("bad_address", gone=True),
    "NotFound": held("no_endpoint"),
    "PlatformApplicationDisabled": held("application_disabled"),
    "InvalidParameter": _invalid_when_publishing,
    "ParameterValueInvalid": refused("rejected"),
    "ValidationException": refused("rejected"),
    **dict.fromkeys(
        ("KMSDisabled", "KMSInvalidState", "KMSNotFound", "KMSOptInRequired", "KMSAccessDenied"), _KEY
    ),
    "KMSThrottling": busy(),
}
"""What Publish answers besides what all services do."""


class SnsPush:
    """The port `Sender`, for channel `push`.

    Args:
        client: `boto3.client("sns", config=send_config())`.
        settings: `senders.push` of the workspace: apns and fcm, the ARNs of the platform applications for Apple
            (APNS or APNS_SANDBOX) and Google (GCM), at least one; time_to_live, in seconds.
        endpoints: how many endpoints' ARNs are kept in memory.
    """

    def __init__(self, client: Any, settings: Mapping[str, Any], endpoints: int = 10_000) -> None:
        self._client = client
        self._applications = {name: str(settings[name]) for name in PLATFORMS if settings.get(name)}
        self._time_to_live = int(settings.get("time_to_live", ONE_DAY))
        self._room = endpoints
        self._endpoints: OrderedDict[tuple[str, Device], str] = OrderedDict()

    def send(self, outgoing: Outgoing) -> str:
        """Publish to the endpoint of the customer's device; return SNS's id of the message.

        Raises:
            Throttled, Refused, UnknownOutcome: see `Sender`.
        """
        device = read_device(outgoing.address, self._applications)
        message = self._message(outgoing, device)
        key = (outgoing.send.customer, device)
        known = key in self._endpoints
        try:
            return self._publish(self._endpoint(*key), message)
        except _GoneEndpoint as gone:
            # Removed since we kept its ARN: nothing was sent, and a new one is a call away.
            self._endpoints.pop(key, None)
            if not known:
                raise Throttled(str(gone), BUSY) from gone
        return self._publish(self._endpoint(*key), message)

    # -- the message

    def _message(self, outgoing: Outgoing, device: Device) -> dict[str, Any]:
        platform = self._platform(device)
        if device.platform == APNS:
            payload = encoded(apns_payload(outgoing))
            attributes = {
                "AWS.SNS.MOBILE.APNS.PUSH_TYPE": "alert",
                "AWS.SNS.MOBILE.APNS.PRIORITY": "10" if urgent(outgoing) else "5",
                f"AWS.SNS.MOBILE.{platform}.TTL": str(self._time_to_live),
            }
        else:
            message = fcm_payload(outgoing, self._time_to_live)
            encoded(message)
            payload = json.dumps(
                {"fcmV1Message": {"message": message}}, ensure_ascii=False, separators=(",", ":")
            )
            attributes = {}
        return {
            "MessageStructure": "json",
            # "default" must be there, and is for platforms that have no payload of their own.
            "Message": json.dumps({"default": outgoing.rendered.parts["body"], platform: payload}),
            "MessageAttributes": {
                name: {"DataType": "String", "StringValue": value} for name, value in attributes.items()
            },
        }

    def _platform(self, device: Device) -> str:
        """Return what SNS calls the platform: the ARN of an application ends `app/APNS_SANDBOX/its-name`."""
        return self._applications[device.platform].split("/")[1]

    # -- the endpoint

    def _endpoint(self, customer: str, device: Device) -> str:
        key = (customer, device)
        if key in self._endpoints:
            self._endpoints.move_to_end(key)
            return self._endpoints[key]
        with _nothing_sent():
            try:
                made = self._client.create_platform_endpoint(
                    PlatformApplicationArn=self._applications[device.platform],
                    Token=device.token,
                    CustomUserData=customer,
                )
                arn = str(made["EndpointArn"])
            except ClientError as error:
                arn = _existing(error)
                # It was another customer's, or the app made it. Were it disabled, it stays so: Publish will say.
                self._client.set_endpoint_attributes(EndpointArn=arn, Attributes={"CustomUserData": customer})
        self._endpoints[key] = arn
        if len(self._endpoints) > self._room:
            self._endpoints.popitem(last=False)
        return arn

    def _publish(self, endpoint: str, message: dict[str, Any]) -> str:
        try:
            with translated(PUBLISHING):
                try:
                    return str(
                        self._client.publish(TargetArn=endpoint, **message).get("MessageId") or endpoint
                    )
                except ClientError as error:
                    if _is_gone(error):
                        raise _GoneEndpoint(str(error)) from error
                    raise
        except Refused as error:
            if error.gone:
                self._remove(endpoint)
            raise

    def _remove(self, endpoint: str) -> None:
        for key in [key for key, arn in self._endpoints.items() if arn == endpoint]:
            del self._endpoints[key]
        with contextlib.suppress(ClientError, BotoCoreError):
            # That the address is gone is what counts; an endpoint that is left is found disabled next time.
            self._client.delete_endpoint(EndpointArn=endpoint)


class _GoneEndpoint(Exception):
    """Publish found no such endpoint."""


def _is_gone(error: ClientError) -> bool:
    told = error.response.get("Error", {})
    code, message = told.get("Code", ""), str(told.get("Message", ""))
    return code == "NotFound" or (code == "InvalidParameter" and _NO_SUCH_ENDPOINT in message)


def _existing(error: ClientError) -> str:
    """Return the endpoint that has this token already, with other attributes; raise *error* if it says no such."""
    found = _EXISTS.search(str(error.response.get("Error", {}).get("Message", "")))
    if found is None:
        raise error
    return found[1]


@contextlib.contextmanager
def _nothing_sent() -> Iterator[None]:
    """Around what comes before Publish: however it fails, no message has left."""
    try:
        with translated(PREPARING):
            yield
    except UnknownOutcome as error:
        raise Throttled(str(error), BUSY) from error
