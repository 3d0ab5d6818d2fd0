"""Channel `email`: Amazon SES (v2). One call per message, its text and HTML rendered by us, nothing templated there.

Marketing carries a one-click unsubscribe header (RFC 8058). Every receipt brings back the tags of `message_tags.py`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from sojourn.adapters.botocore_errors import BUSY, HELD, Said, Table, held, ours, translated
from sojourn.adapters.message_tags import tags_of
from sojourn.adapters.senders.email_address import BadAddress, address_in, mailbox, named_mailbox
from sojourn.errors import Refused, Throttled

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sojourn.application.ports import Outgoing

SECOND, HOUR = 1.0, 3600.0
LONGEST_HEADER = 995
"""Characters of a header's value; the most that SES takes."""
_URL = re.compile(r"https://[!-;=?-~]+")
_ABOUT_ADDRESS = re.compile(
    r"illegal address|missing final '@domain'|invalid (?:email )?address|(?:user name is missing|local address"
    r"|domain (?:name )?(?:contains|starts|ends|is missing)|invalid domain name)",
    re.IGNORECASE,
)
_SUSPENDED = re.compile(r"\bsending\b.{0,80}\b(?:suspended|paused|disabled)\b", re.IGNORECASE)
_BETWEEN = re.compile(r"[\s<>,;:\"]+")
_UNVERIFIED = re.compile(r"email address(?:es)? (?:is|are) not verified", re.IGNORECASE)


class SesEmail:
    """Sends emails through SES.

    Args:
        client: `boto3.client("sesv2", config=send_config())`.
        settings: `senders.email` of the workspace: from, reply_to, configuration_set, tenant.
    """

    def __init__(self, client: Any, settings: Mapping[str, Any]) -> None:
        self._client = client
        self._settings = settings

    def send(self, outgoing: Outgoing) -> str:
        """Send an email; return SES's id of it."""
        request = self._request(outgoing)
        with translated(_table(address_in(request["FromEmailAddress"]))):
            answer = self._client.send_email(**request)
        return str(answer.get("MessageId") or outgoing.send.id)

    def _request(self, outgoing: Outgoing) -> dict[str, Any]:
        parts, settings = outgoing.rendered.parts, self._settings
        try:
            to = mailbox(outgoing.address)
        except BadAddress as error:
            raise Refused("bad_address", str(error)) from error
        message: dict[str, Any] = {
            "Subject": _content(_one_line(parts["subject"])),
            "Body": {
                kind: _content(parts[part])
                for kind, part in (("Text", "text"), ("Html", "html"))
                if parts.get(part)
            },
        }
        if outgoing.marketing:
            message["Headers"] = _unsubscribe_headers(outgoing.unsubscribe_url)
        request = {
            "FromEmailAddress": _ours("from", parts.get("from") or settings.get("from", "")),
            "Destination": {"ToAddresses": [to]},
            "Content": {"Simple": message},
            "EmailTags": [{"Name": name, "Value": value} for name, value in tags_of(outgoing.send).items()],
        }
        if reply_to := parts.get("reply_to") or settings.get("reply_to"):
            request["ReplyToAddresses"] = [_ours("reply_to", reply_to)]
        if configuration_set := settings.get("configuration_set"):
            request["ConfigurationSetName"] = configuration_set
        if tenant := settings.get("tenant"):
            request["TenantName"] = tenant
        return request


def _content(text: str) -> dict[str, str]:
    return {"Data": text, "Charset": "UTF-8"}


def _one_line(subject: str) -> str:
    """What follows a line break would be a header of somebody else's making."""
    if any(character in subject for character in "\r\n\0"):
        raise Refused("rejected", "its subject has a line break")
    return subject


def _ours(name: str, text: str) -> str:
    """An address of ours; an operator has to mend it, and nobody's message is lost meanwhile."""
    if not text:
        raise Throttled(f"no_sender: `senders.email` has no {name}", HELD)
    try:
        return named_mailbox(text)
    except BadAddress as error:
        raise Throttled(f"bad_sender: {name} is {text[:100]!r}: {error}", HELD) from error


def _unsubscribe_headers(url: str) -> list[dict[str, str]]:
    """RFC 2369 and RFC 8058: where a mail program posts to when its reader presses "unsubscribe".

    Marketing does not go out without it: Gmail and Yahoo would count it against the sender.
    """
    value = f"<{url}>"
    if not _URL.fullmatch(url) or len(value) > LONGEST_HEADER:
        raise Throttled(f"no_unsubscribe_link: {url[:100]!r} is no https URL a header can hold", HELD)
    return [
        {"Name": "List-Unsubscribe", "Value": value},
        {"Name": "List-Unsubscribe-Post", "Value": "List-Unsubscribe=One-Click"},
    ]


def _table(sender: str) -> Table:
    return {**_TABLE, "MessageRejected": lambda said: _rejected(said, sender)}


def _too_fast(said: Said) -> Exception:
    """SES says with the same codes that a second's or a day's emails are sent."""
    told = said.message.lower()
    if "daily" in told or "24" in told:
        return Throttled(said.text, HOUR)
    # A rate that is passed is passed by everybody who sends at once, and told so early.
    return Throttled(said.text, BUSY if said.code == "TooManyRequestsException" else SECOND)


def _rejected(said: Said, sender: str) -> Exception:
    if _UNVERIFIED.search(said.message):
        # A sender is named as it stood in the request, with its name or without, or by its domain.
        failed = {word.strip(".").lower() for word in _BETWEEN.split(said.message)}
        if {sender.lower(), sender.lower().rpartition("@")[2]} & failed:
            return Throttled(f"sender_not_verified: {said.text}", HELD)
        return Refused("sandbox", said.text)
    if _SUSPENDED.search(said.message):
        return Throttled(f"account_suspended: {said.text}", HELD)
    if "message length" in said.message.lower():
        return Refused("too_long", said.text)
    return Refused("rejected", said.text)


def _bad_request(said: Said) -> Exception | None:
    if _ABOUT_ADDRESS.search(said.message):
        return Refused("bad_address", said.text)
    return ours(said)


_TABLE: Table = {
    "TooManyRequestsException": _too_fast,
    "ThrottlingException": _too_fast,
    "Throttling": _too_fast,
    "LimitExceededException": _too_fast,
    "AccountSuspendedException": held("account_suspended"),
    "SendingPausedException": held("sending_paused"),
    "MailFromDomainNotVerifiedException": held("mail_from_not_verified"),
    "NotFoundException": held("not_found"),
    "BadRequestException": _bad_request,
}
"""What `SendEmail` says: the errors of its model, and `Throttling` as the SES guide has it.

An account that is suspended or paused, a MAIL FROM domain whose record is gone, a configuration set that is missing:
nothing is wrong with the message, and it goes out once an operator acted.
"""
