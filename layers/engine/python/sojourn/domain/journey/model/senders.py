"""`senders` in `workspace.yaml`: who speaks on each channel, through which provider, and how fast.

What a provider can be told beyond that (which numbers a pool holds, where receipts go) is set up where the provider
is, not here. `sojourn.domain.decide.senders` turns this into the plain settings that adapters read.
"""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from sojourn.domain.journey.model.authored import Authored, DurationText, Text
from sojourn.domain.time.durations import DurationError, parse_duration

SHORTEST_LIFE = timedelta(seconds=5)
"""The shortest time for which a provider tries to deliver a message: End User Messaging's bound of `TimeToLive`."""
SMS_LIFE, PUSH_LIFE = timedelta(hours=72), timedelta(days=28)
"""The longest: End User Messaging's for SMS, Firebase Cloud Messaging's for push."""


class _Like:
    """Says in words what a text has to look like; editors are told the pattern."""

    def __init__(self, pattern: str, said: str) -> None:
        self.pattern = re.compile(pattern)
        self.said = said

    def __call__(self, text: str) -> str:
        if not self.pattern.fullmatch(text):
            raise ValueError(self.said)
        return text


class _Life:
    """Says how long a message may wait to be delivered."""

    def __init__(self, longest: timedelta, said: str) -> None:
        self.longest = longest
        self.said = f"must be 5 seconds to {said}"

    def __call__(self, text: str) -> str:
        try:
            life = parse_duration(text)
        except DurationError:
            return text  # SJ201 says so
        if not SHORTEST_LIFE <= life <= self.longest:
            raise ValueError(self.said)
        return text


_NAMED = _Like(r"[A-Za-z0-9_-]{1,64}", "use up to 64 letters, digits, - and _")
_SHOWN = _Like(
    r"(?=.*[A-Za-z])[A-Za-z0-9]{1,11}", "use up to 11 letters and digits, at least one of them a letter"
)
_VERSION = _Like(r"v\d{1,3}\.\d{1,2}", "write it as Meta does: v23.0")

Rate = Annotated[float, Field(gt=0, le=100_000, description="messages a second, over everything that sends")]
Named = Annotated[str, AfterValidator(_NAMED), Field(json_schema_extra={"pattern": "^[A-Za-z0-9_-]{1,64}$"})]
ApplicationArn = Annotated[Text, Field(examples=["arn:aws:sns:eu-central-1:123456789012:app/APNS/shop"])]


class Sender(Authored):
    """What every channel's sender can say."""

    rate: Rate | None = None


class EmailSender(Sender):
    """Whom emails come from, by Amazon SES."""

    from_: Text = Field(alias="from", examples=["Acme <hello@acme.example>"])
    reply_to: Text | None = None
    configuration_set: Named | None = Field(None, description="an SES configuration set")
    tenant: Named | None = Field(None, description="an SES tenant, whose reputation is kept apart")


class SmsSender(Sender):
    """Whom SMS come from: an origination pool of AWS End User Messaging, or Amazon SNS."""

    provider: Literal["end_user_messaging", "sns"] = "end_user_messaging"
    pool: Text | None = Field(None, description="the origination pool; End User Messaging only")
    sender_id: Annotated[str, AfterValidator(_SHOWN)] | None = Field(
        None, description="what phones show instead of a number, in countries that allow it"
    )
    configuration_set: Named | None = None
    max_price: Annotated[float, Field(gt=0, le=99.99)] | None = Field(
        None, description="US dollars a part of an SMS may cost at most; a dearer one is not sent"
    )
    time_to_live: Annotated[DurationText, AfterValidator(_Life(SMS_LIFE, "72 hours"))] | None = Field(
        None, description="how long carriers try to deliver it: 5 seconds to 72 hours"
    )
    protect: Named | None = Field(None, description="a protect configuration: countries that get no SMS")
    dry_run: bool = Field(False, description="everything is checked, nothing is sent, nothing is charged")


class PushSender(Sender):
    """Which app's devices get push messages: platform applications of Amazon SNS, or AWS End User Messaging Push."""

    provider: Literal["sns", "pinpoint"] = "sns"
    apns: ApplicationArn | None = Field(None, description="the platform application for Apple's devices")
    fcm: ApplicationArn | None = Field(None, description="the platform application for Android's devices")
    application_id: Text | None = Field(None, description="the application of End User Messaging Push")
    sandbox: bool = Field(False, description="Apple's development service; End User Messaging Push only")
    time_to_live: Annotated[DurationText, AfterValidator(_Life(PUSH_LIFE, "28 days"))] | None = Field(
        None, description="how long a device that is off is waited for: 5 seconds to 28 days"
    )


class WhatsAppSender(Sender):
    """Which WhatsApp number speaks, by AWS End User Messaging Social."""

    phone_number_id: Text
    api_version: Annotated[str, AfterValidator(_VERSION)] | None = Field(None, examples=["v23.0"])


class WebhookSender(Sender):
    """How fast webhooks are called."""


class Senders(Authored):
    """Who speaks, per channel."""

    email: EmailSender | None = None
    sms: SmsSender | None = None
    push: PushSender | None = None
    whatsapp: WhatsAppSender | None = None
    webhook: WebhookSender | None = None
