"""Makes the links that messages carry, and reads them again: everything a link stands for is sealed in it.

    https://links.example.com/c/<key id>.<what it stands for, sealed>

`/c/` was followed, `/u/` ends this kind of message, `/p/` leads to what the customer wants to hear about, `/o/` is
the picture that tells that an email was opened. No table is asked, so a link works for as long as its key is kept;
and as the address it leads to is sealed in it too, nobody can make one of ours lead anywhere else. The first
links (`<key id>.<payload>.<signature>`) were signed only, and readable to whoever had them: they work on. It knows no
HTTP.
"""  # fmt: skip

from __future__ import annotations

import hashlib
import hmac
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable
from typing import NamedTuple

from sojourn.adapters.links.keys import Keys
from sojourn.adapters.links.sealed import LONGEST_TOKEN, seal, unseal
from sojourn.application.ports import NO_PAGE, Page
from sojourn.domain.customer.rows import Send

CLICK, UNSUBSCRIBE, PREFERENCES, OPEN = "c", "u", "p", "o"
WEB = ("https://", "http://")
PICTURE = ".gif"
"""What the address of a picture ends with, as some mail programs look for it."""
_PURPOSE = b"sojourn/links/2"
_SIGNED_PURPOSE = b"sojourn/links/1"
# Half of SHA-256's 32 bytes: RFC 2104, section 5, asks for no less.
_SIGNATURE_BYTES = 16
_LONGEST_SAID = 100
"""So much of what a page is told: nothing of it has to be longer, and anything may stand in a profile."""


class Link(NamedTuple):
    """What a link stands for.

    The order is what lies in people's mailboxes: what is added comes last, and has a default.

    Args:
        url: where it leads; empty but for a click.
        locale, title, brand: for the page behind it (`sojourn.application.ports.Page`); empty where there is none.
    """

    kind: str
    customer: str
    send: str
    journey: str
    run: str
    step: str
    message: str
    topic: str
    channel: str
    url: str = ""
    locale: str = ""
    title: str = ""
    brand: str = ""


_NEEDED = len(Link._fields) - len(Link._field_defaults)


class SignedLinks:
    """Links under one address.

    Args:
        base_url: begins with `https://`; what is below it belongs to these links.
        keys: asked for every link, so that a key may be changed while functions live.
    """

    def __init__(self, base_url: str, keys: Callable[[], Keys]) -> None:
        if not base_url.startswith("https://"):
            raise ValueError(f'links begin with "https://", not with "{base_url}"')
        self._base = base_url.rstrip("/")
        self._keys = keys

    def tracked(self, send: Send, url: str) -> str:
        """Return a link that leads to *url* and tells us it was followed.

        What no browser opens stays as it is, and so does what would make the link too long to be read.
        """
        if not url.lower().startswith(WEB) or len(url) > LONGEST_TOKEN:
            return url
        made = self._made(CLICK, send, url=url)
        return made if len(made) - len(self._base) <= LONGEST_TOKEN else url

    def unsubscribe(self, send: Send, page: Page = NO_PAGE) -> str:
        """Return the link that ends this kind of message."""
        return self._made(UNSUBSCRIBE, send, page=page)

    def preferences(self, send: Send, page: Page = NO_PAGE) -> str:
        """Return the link to what the customer wants to hear about."""
        return self._made(PREFERENCES, send, page=page)

    def opened(self, send: Send) -> str:
        """Return the address of the picture that tells us the message was opened."""
        return self._made(OPEN, send) + PICTURE

    def read(self, token: str) -> Link | None:
        """Return what a link of ours stands for; None for anything that none of our keys has made."""
        return read(token, self._keys())

    def _made(self, kind: str, send: Send, url: str = "", page: Page = NO_PAGE) -> str:
        link = Link(
            kind, send.customer, send.id, send.journey, send.run, send.step, send.message, send.topic,
            send.channel, url, *(said[:_LONGEST_SAID] for said in page),
        )  # fmt: skip
        told = list(link)
        while told[-1] == "":
            told.pop()
        return f"{self._base}/{kind}/{seal(told, self._keys(), _PURPOSE)}"


def read(token: str, keys: Keys) -> Link | None:
    """Return what a token stands for; None for anything that none of the keys has made.

    What a newer version than this one has put in besides is passed over.
    """
    told = _signed(token, keys) if token.count(".") == 2 else unseal(token, keys, _PURPOSE)
    if told is None:
        return None
    return Link(*told[: len(Link._fields)], *[""] * (_NEEDED - len(told)))


def _signed(token: str, keys: Keys) -> list[str] | None:
    """Return what one of the first links stands for; they were signed only."""
    if len(token) > LONGEST_TOKEN or not token.isascii():
        return None
    key_id, payload, signature = token.split(".")
    secret = keys.secrets.get(key_id)
    if secret is None or not hmac.compare_digest(_signature(secret, key_id, payload), signature):
        return None
    told: list[str] = json.loads(urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    return told


def _signature(secret: bytes, key_id: str, payload: str) -> str:
    """Sign for this one purpose: a key that signs other things too must not make a link by accident."""
    signed = b".".join((_SIGNED_PURPOSE, key_id.encode(), payload.encode()))
    return _text(hmac.new(secret, signed, hashlib.sha256).digest()[:_SIGNATURE_BYTES])


def _text(raw: bytes) -> str:
    return urlsafe_b64encode(raw).decode().rstrip("=")
