"""Seals what a token stands for, so that nobody without a key can read it, change it or make one.

    <key id>.<sealed>

AES-SIV (RFC 5297), by the library `cryptography`: it encrypts and authenticates at once, and needs no random number,
so that the same stands for the same. The key is derived from the deployment's secret for one purpose alone
(HMAC-SHA512 as in RFC 5869, 64 bytes for AES-256): a token of one purpose is none of another. What is sealed is JSON,
deflated, as a text message has little room. It knows neither links nor tasks.
"""  # fmt: skip

from __future__ import annotations

import hmac
import json
import zlib
from base64 import urlsafe_b64decode, urlsafe_b64encode
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from sojourn.adapters.links.keys import Keys

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers.aead import AESSIV

LONGEST_TOKEN = 8_192
"""In characters; what stands before functions and web sites takes no addresses that are much longer."""
_LONGEST_VALUE = 65_536
"""In bytes, once it is inflated."""
_RAW = -15
"""Deflated data alone, without the header and checksum of zlib: the seal is checksum enough."""


def seal(value: Any, keys: Keys, purpose: bytes) -> str:
    """Return the token that stands for a JSON value."""
    raw = json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode("utf-8", "surrogatepass")
    # With little memory: to clear the usual quarter of a megabyte takes ten times as long as all else here.
    deflate = zlib.compressobj(9, zlib.DEFLATED, -12, 1)
    small = deflate.compress(raw) + deflate.flush()
    key_id = keys.current
    sealed = _cipher(keys.secrets[key_id], purpose).encrypt(small, [key_id.encode()])
    return f"{key_id}.{urlsafe_b64encode(sealed).decode().rstrip('=')}"


def unseal(token: str, keys: Keys, purpose: bytes) -> Any:
    """Return the value that a token stands for; None for anything that none of the keys has sealed for this."""
    if len(token) > LONGEST_TOKEN or not token.isascii():
        return None
    key_id, _, text = token.partition(".")
    secret = keys.secrets.get(key_id)
    if secret is None:
        return None
    try:
        sealed = urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except ValueError:
        return None
    # Python reads base64 that says the same in other ways too: one token is enough.
    if urlsafe_b64encode(sealed).decode().rstrip("=") != text:
        return None
    from cryptography.exceptions import InvalidTag

    try:
        small = _cipher(secret, purpose).decrypt(sealed, [key_id.encode()])
    except (InvalidTag, ValueError):
        return None
    raw = zlib.decompressobj(_RAW).decompress(small, _LONGEST_VALUE)
    return json.loads(raw.decode("utf-8", "surrogatepass"))


@lru_cache(maxsize=64)
def _cipher(secret: bytes, purpose: bytes) -> AESSIV:
    # Imported here, as it takes 30 ms: not every function that has the keys makes a token.
    from cryptography.hazmat.primitives.ciphers.aead import AESSIV

    return AESSIV(hmac.digest(secret, purpose + b"\x01", "sha512"))
