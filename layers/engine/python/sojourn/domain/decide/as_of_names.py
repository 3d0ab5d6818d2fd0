"""The names under which a profile's `as_of` has what is no attribute's: words about consent, keywords, hearsay.

Attributes stand there under their own names, and whoever tells them makes those up: none may be one of these. It knows
what each is for, and nothing of customers.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

AsOf = Mapping[str, datetime]
CONSENT, KEYWORD, HEARSAY = "consent:", "keyword:", "hearsay:"
HEARSAY_WORD = "hearsay-word:"
HEARSAY_LEFT = {"complaint": "hearsay-complaint:", "stop": "hearsay-stop:"}
_LEFT = tuple(HEARSAY_LEFT.values())
_OWN = (CONSENT, KEYWORD, HEARSAY, HEARSAY_WORD, *_LEFT)


def consent_name(topic: str, channel: str) -> str:
    """Return the name of when a word about consent was said."""
    return f"{CONSENT}{topic}:{channel}"


def keyword_name(channel: str) -> str:
    """Return the name of when the customer said STOP or START on a channel last."""
    return f"{KEYWORD}{channel}"


def hearsay_name(kind: str) -> str:
    """Return the name of since when an address, or the zone, is known by hearsay."""
    return f"{HEARSAY}{kind}"


def word_name(channel: str) -> str:
    """Return the name of when that was said for which a channel is suppressed, if it goes with its address."""
    return f"{HEARSAY_WORD}{channel}"


def left_name(channel: str, why: str, key: str) -> str:
    """Return the name of when such a word was said at an address that the customer does not have now.

    Args:
        why: `complaint` or `stop`.
        key: of the address, see `address_key`.
    """
    return f"{HEARSAY_LEFT[why]}{channel}:{key}"


def is_left(name: str) -> bool:
    """Say whether it is the name of such a word."""
    return name.startswith(_LEFT)


def without(as_of: AsOf, *names: str) -> AsOf:
    """Return since when what is known, without some names; the same object where there is none of them."""
    if not any(name in as_of for name in names):
        return as_of
    return {name: at for name, at in as_of.items() if name not in names}


def is_own(name: str) -> bool:
    """Say whether no attribute may have this name."""
    return name.startswith(_OWN)
