"""Puts together whoever sends on a channel: made when the first message for it comes, from the workspace's settings.

So a function that sends emails never imports what text messages need. The settings come with the catalogue, and a
deployment may change them while functions live: then the sender is made anew.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from sojourn.application.ports import Clock, Sender
from sojourn.aws_runtime.clients import Clients
from sojourn.aws_runtime.secrets import SigningKeys

Senders = Mapping[str, Mapping[str, Any]]


class ChannelSenders(Mapping[str, Sender]):
    """The senders by channel.

    Args:
        settings: what the workspace says of its senders now.
        configuration_set: the deployment's, by which SES tells what became of emails; the workspace's own goes before.
    """

    def __init__(
        self, clients: Clients, table: str, clock: Clock, keys: SigningKeys, settings: Callable[[], Senders],
        zone: Callable[[], str], configuration_set: str = "",
    ) -> None:  # fmt: skip
        self._clients = clients
        self._table = table
        self._clock = clock
        self._keys = keys
        self._settings = settings
        self._zone = zone
        self._configuration_set = configuration_set
        self._made: dict[str, tuple[str, Sender]] = {}
        self._makers: dict[str, Callable[[Mapping[str, Any]], Sender]] = {
            "email": self._email, "sms": self._sms, "push": self._push, "whatsapp": self._whatsapp,
            "in_app": self._in_app, "webhook": self._webhook,
        }  # fmt: skip

    def __getitem__(self, channel: str) -> Sender:
        settings = self._settings().get(channel, {})
        read = json.dumps(settings, sort_keys=True)
        made = self._made.get(channel)
        if made is None or made[0] != read or channel == "webhook":
            made = self._made[channel] = (read, self._makers[channel](settings))
        return made[1]

    def __iter__(self) -> Iterator[str]:
        return iter(self._makers)

    def __len__(self) -> int:
        return len(self._makers)

    def _email(self, settings: Mapping[str, Any]) -> Sender:
        from sojourn.adapters.senders.ses_email import SesEmail

        own = {"configuration_set": self._configuration_set} if self._configuration_set else {}
        return SesEmail(self._clients.to_send("sesv2"), {**own, **settings})

    def _sms(self, settings: Mapping[str, Any]) -> Sender:
        if settings.get("provider") == "sns":
            from sojourn.adapters.senders.sns_sms import SnsSms

            return SnsSms(self._clients.to_send("sns"), settings)
        from sojourn.adapters.senders.eum_sms import EumSms

        return EumSms(self._clients.to_send("pinpoint-sms-voice-v2"), settings)

    def _push(self, settings: Mapping[str, Any]) -> Sender:
        if settings.get("provider") == "pinpoint":
            from sojourn.adapters.senders.pinpoint_push import PinpointPush

            return PinpointPush(self._clients.to_send("pinpoint"), settings)
        from sojourn.adapters.senders.sns_push import SnsPush

        return SnsPush(self._clients.to_send("sns"), settings)

    def _whatsapp(self, settings: Mapping[str, Any]) -> Sender:
        from sojourn.adapters.senders.whatsapp import WhatsApp

        return WhatsApp(self._clients.to_send("socialmessaging"), settings)

    def _in_app(self, _settings: Mapping[str, Any]) -> Sender:
        from sojourn.adapters.senders.in_app import InApp

        return InApp(self._clients.now("dynamodb"), self._table, self._clock, self._zone())

    def _webhook(self, _settings: Mapping[str, Any]) -> Sender:
        from sojourn.adapters.senders.webhook import Webhook
        from sojourn.adapters.webhooks.signature import Signer

        return Webhook(Signer(self._keys()), self._clock)
