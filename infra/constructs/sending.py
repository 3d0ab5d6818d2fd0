"""As whom `send` may send: from the workspace's senders to permissions, channel by channel.

A channel without a sender gets none. In-app messages are rows of the table, and webhooks are no call to AWS.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from infra.constructs.policies import Allow, arn

Senders = Mapping[str, Mapping[str, Any]]


def allowed_sending(
    senders: Senders, from_addresses: Collection[str] = (), configuration_set: str = "", *, local: bool
) -> list[Allow]:
    """Return what `send` may call for the workspace's *senders*.

    Args:
        from_addresses: as whom emails are sent; configuration_set: with which.
        local: the embedded AWS knows no resource and no address in `ses:SendEmail`, and names a device's endpoint
            like its application.
    """
    email = senders.get("email", {})
    with_set = configuration_set or str(email.get("configuration_set", ""))
    emails = _email(email, from_addresses, with_set, local=local) if from_addresses else []
    return emails + [
        allow
        for channel, allowed in (("sms", _sms), ("push", _push), ("whatsapp", _whatsapp))
        if channel in senders
        for allow in allowed(senders[channel], local=local)
    ]


def _email(
    sender: Mapping[str, Any], addresses: Collection[str], configuration_set: str, *, local: bool
) -> list[Allow]:
    # While an account is in SES's sandbox, SES asks for permission on the recipient's identity as well: so any
    # identity of this account, and the condition says from whom.
    resources = [arn("ses", "identity/*")]
    if configuration_set:
        resources.append(arn("ses", f"configuration-set/{configuration_set}"))
    if sender.get("tenant"):
        resources.append(arn("ses", f"tenant/{sender['tenant']}/*"))
    why = "in SES's sandbox the recipient's identity is asked for too; the condition says from whom"
    if local:
        return [Allow(("ses:SendEmail",), ["*"], why)]
    return [
        Allow(("ses:SendEmail",), resources, why, {"StringEquals": {"ses:FromAddress": sorted(addresses)}}),
    ]


def _sms(sender: Mapping[str, Any], *, local: bool) -> list[Allow]:
    if sender.get("provider") == "sns":
        return [_publish_to_phones()]
    named = (
        ("pool", "pool"), ("sender_id", "sender-id"), ("configuration_set", "configuration-set"),
        ("protect", "protect-configuration"),
    )  # fmt: skip
    resources = [arn("sms-voice", f"{kind}/{_id(sender[key])}") for key, kind in named if sender.get(key)]
    return [
        Allow(
            ("sms-voice:SendTextMessage",),
            [f"{resource}/*" if ":sender-id/" in resource else resource for resource in resources]
            or [arn("sms-voice", "*")],
            "a sender id's ARN ends with a country; without a pool any number of the account may send",
        )
    ]


def _publish_to_phones() -> Allow:
    everything = arn("sns", "*", region="*", account="*")
    return Allow(
        ("sns:Publish",),
        [],
        "a phone number has no ARN; every topic and device has, and is shut out",
        but=[everything],
    )


def _push(sender: Mapping[str, Any], *, local: bool) -> list[Allow]:
    if sender.get("provider") == "pinpoint":
        application = arn("mobiletargeting", f"apps/{sender['application_id']}/messages")
        return [Allow(("mobiletargeting:SendMessages",), [application])]
    applications = [str(sender[kind]) for kind in ("apns", "fcm") if sender.get(kind)]
    devices = [application.replace(":app/", ":endpoint/", 1) + "/*" for application in applications]
    if local:
        devices += [f"{application}/*" for application in applications]
    return [
        Allow(("sns:Publish",), devices, "every device has an endpoint of its own"),
        Allow(
            ("sns:CreatePlatformEndpoint", "sns:DeleteEndpoint", "sns:SetEndpointAttributes"),
            ["*"],
            "SNS knows no resource for endpoints' own calls",
        ),
    ]


def allowed_asking(senders: Senders) -> list[Allow]:
    """Return what `feedback` may ask of the workspace's devices: which customer's one is whom a push did not reach."""
    push = senders.get("push", {})
    applications = [str(push[kind]) for kind in ("apns", "fcm") if push.get(kind)]
    if not applications:
        return []
    devices = [application.replace(":app/", ":endpoint/", 1) + "/*" for application in applications]
    return [Allow(("sns:GetEndpointAttributes",), devices, "every device has an endpoint of its own")]


def _whatsapp(sender: Mapping[str, Any], *, local: bool) -> list[Allow]:
    number = arn("social-messaging", f"phone-number-id/{_id(sender['phone_number_id'])}")
    return [Allow(("social-messaging:SendWhatsAppMessage",), [number])]


def _id(text: Any) -> str:
    """The id in an ARN, or the id itself."""
    return str(text).rpartition("/")[2]
