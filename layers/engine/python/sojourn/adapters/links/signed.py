"""Makes the links that messages carry, and reads them again: everything a link stands for is signed and in it.

    https://links.example.com/c/<key id>.<what it stands for>.<signature>

`/c/` was followed, `/u/` ends this kind of message, `/p/` leads to what the customer wants to hear about. No table
is asked, so a link works for as long as its key is kept; and as the address it leads to is signed too, nobody can
make one of ours lead anywhere else. It knows no HTTP.
"""  # fmt: skip

from __future__ import annotations

import hashlib
import hmac
import json
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from sojourn.domain.customer.rows import Send

CLICK, UNSUBSCRIBE, PREFERENCES = "c", "u", "p"
LONGEST_TOKEN = 8_192
"""In characters; what stands before functions and web sites takes no addresses that are much longer."""
WEB = ("https://", "http://")
KEY_ID = re.compile(r"[A-Za-z0-9_-]{1,32}")
_PURPOSE = b"sojourn/links/1"
# Half of SHA-256's 32 bytes: RFC 2104, section 5, asks for no less; a text message has no room for more.
_SIGNATURE_BYTES = 16


@dataclass(frozen=True, slots=True)
class Keys:
    """The keys that sign.

    Args:
        current: the id of the one that signs now; the others still read what they signed.
        secrets: key id -> secret.
    """

    current: str
    secrets: Mapping[str, bytes]

    def __post_init__(self) -> None:
        if self.current not in self.secrets:
            raise ValueError(f'there is no key "{self.current}"')
        for name, secret in self.secrets.items():
            if not KEY_ID.fullmatch(name):
                raise ValueError(f'"{name}" is no id of a key: letters, digits, "-" and "_", at most 32')
            if len(secret) < 16:
                raise ValueError(f'the key "{name}" is shorter than 16 bytes')


class Link(NamedTuple):
    """What a link stands for; `url` is where it leads, empty but for a click.

    The order is what lies in people's mailboxes: what is added comes last, and has a default.
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
        if not url.lower().startswith(WEB):
            return url
        made = self._made(CLICK, send, url)
        return made if len(made) - len(self._base) <= LONGEST_TOKEN else url

    def unsubscribe(self, send: Send) -> str:
        """Return the link that ends this kind of message."""
        return self._made(UNSUBSCRIBE, send)

    def preferences(self, send: Send) -> str:
        """Return the link to what the customer wants to hear about."""
        return self._made(PREFERENCES, send)

    def read(self, token: str) -> Link | None:
        """Return what a link of ours stands for; None for anything that none of our keys has signed."""
        return read(token, self._keys())

    def _made(self, kind: str, send: Send, url: str = "") -> str:
        link = Link(
            kind, send.customer, send.id, send.journey, send.run, send.step, send.message, send.topic,
            send.channel, url,
        )  # fmt: skip
        payload = _text(json.dumps(link, separators=(",", ":")).encode())
        keys = self._keys()
        key_id = keys.current
        signature = _signature(keys.secrets[key_id], key_id, payload)
        return f"{self._base}/{kind}/{key_id}.{payload}.{signature}"


def read(token: str, keys: Keys) -> Link | None:
    """Return what a token stands for; None for anything that none of the keys has signed.

    What a newer version than this one has signed besides is passed over.
    """
    if len(token) > LONGEST_TOKEN or not token.isascii():
        return None
    key_id, _, rest = token.partition(".")
    payload, _, signature = rest.partition(".")
    secret = keys.secrets.get(key_id)
    if secret is None or not hmac.compare_digest(_signature(secret, key_id, payload), signature):
        return None
    return Link(*json.loads(urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))[: len(Link._fields)])


def _signature(secret: bytes, key_id: str, payload: str) -> str:
    """Sign for this one purpose: a key that signs other things too must not make a link by accident."""
    signed = b".".join((_PURPOSE, key_id.encode(), payload.encode()))
    return _text(hmac.new(secret, signed, hashlib.sha256).digest()[:_SIGNATURE_BYTES])


def _text(raw: bytes) -> str:
    return urlsafe_b64encode(raw).decode().rstrip("=")
