"""What travels with a message through its provider and comes back in every receipt: which send of whom it was.

Providers limit what such a tag may hold (SES: ASCII letters, digits, `_` and `-`), and the ids of customers hold
anything, so a value that does not fit travels as base64url. `tag_text` reads both back.
"""

from __future__ import annotations

import base64
import binascii
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sojourn.domain.customer.rows import Send

LONGEST = 255
"""Characters of a value; SES says fewer than 256."""
_ENCODED = "b64_"
_PLAIN = re.compile(r"[A-Za-z0-9_-]+")


def tags_of(send: Send) -> dict[str, str]:
    """Return the tags of a send by name, the most important first; one that has no value is left out.

    A receipt may come before its send is written down as sent, so it must be possible to find the send's row
    from these alone: that takes `customer` and `send`. So a customer whose id `fits` not is not let in.
    """
    values = {
        "send": send.id, "customer": send.customer, "journey": send.journey, "run": send.run,
        "step": send.step, "version": send.version,
    }  # fmt: skip
    found = {name: tag_value(value) for name, value in values.items()}
    return {name: value for name, value in found.items() if _fits(value)}


def fits(text: str) -> bool:
    """Say whether a text can travel as a tag: 255 letters, digits, `_` and `-`, or 188 bytes of anything else."""
    return _fits(tag_value(text))


def tag_value(text: str) -> str:
    """Return *text* as a tag's value: as it is, or `b64_` and its UTF-8 in base64url without padding."""
    if not text or (_PLAIN.fullmatch(text) and not text.startswith(_ENCODED)):
        return text
    return _ENCODED + base64.urlsafe_b64encode(text.encode("utf-8", "surrogatepass")).decode().rstrip("=")


def _fits(value: str) -> bool:
    return 0 < len(value) <= LONGEST


def tag_text(value: str) -> str:
    """Return the text that `tag_value` made *value* of.

    Raises:
        ValueError: *value* is none that it makes.
    """
    if not value.startswith(_ENCODED):
        return value
    encoded = value.removeprefix(_ENCODED)
    try:
        raw = base64.b64decode(encoded + "=" * (-len(encoded) % 4), altchars=b"-_", validate=True)
        return raw.decode("utf-8", "surrogatepass")
    except (binascii.Error, UnicodeDecodeError) as error:
        raise ValueError(f'"{value[:80]}" is no tag of a message') from error
