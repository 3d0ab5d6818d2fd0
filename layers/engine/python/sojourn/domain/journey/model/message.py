"""`messages/<name>.yaml`: content for one or more channels and locales."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field, Tag

from sojourn.domain.journey.model.authored import Authored, Text, form_of


class EmailContent(Authored):
    """An email: MJML or HTML (a file beside the message, or the text itself) and a text part made if absent."""

    subject: Text
    preheader: Text | None = None
    mjml: str | None = None
    html: str | None = None
    text: str | None = None
    from_: Text | None = Field(None, alias="from")
    reply_to: Text | None = None


class SmsContent(Authored):
    """A text message."""

    body: Text


SmsForm = Annotated[
    Annotated[Text, Tag("text")] | Annotated[SmsContent, Tag("sms")], form_of({"body": "sms"}, text="text")
]


class PushContent(Authored):
    """A push notification."""

    title: Text
    body: Text
    link: Text | None = None
    image: Text | None = None


class WhatsAppContent(Authored):
    """An approved template, or free text inside the 24-hour window."""

    template: Text | None = None
    language: Text | None = None
    parameters: tuple[Text, ...] = ()
    body: Text | None = None


class InAppContent(Authored):
    """A message in the customer's inbox."""

    title: Text
    body: Text
    link: Text | None = None
    expires: Text | None = None


class WebhookContent(Authored):
    """A message handed to another system."""

    url: Text
    body: Any


class ChannelContents(Authored):
    """One locale's content, per channel."""

    email: EmailContent | None = None
    sms: SmsForm | None = None
    push: PushContent | None = None
    whatsapp: WhatsAppContent | None = None
    in_app: InAppContent | None = None
    webhook: WebhookContent | None = None


class Message(ChannelContents):
    """A message; the contents outside `locales` are the workspace locale's."""

    title: Text | None = None
    locales: dict[str, ChannelContents] = {}
