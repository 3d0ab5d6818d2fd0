"""What every provider of SMS wants: a number in E.164, and a text of a length it takes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sojourn.errors import Refused

if TYPE_CHECKING:
    from sojourn.application.ports import Outgoing

LONGEST = 1_600
"""Characters of an SMS; the most that End User Messaging and SNS take."""
_E164 = re.compile(r"\+[1-9][0-9]{6,14}")


def sms_of(outgoing: Outgoing) -> tuple[str, str]:
    """Return the number and the text of an SMS.

    Raises:
        Refused: the number is none, or the text is empty or too long.
    """
    if not _E164.fullmatch(outgoing.address):
        raise Refused("bad_address", f"{outgoing.address[:30]!r} is no phone number in E.164")
    body = outgoing.rendered.parts["body"]
    if not body.strip():
        raise Refused("rejected", "the SMS is empty")
    if len(body) > LONGEST:
        raise Refused("too_long", f"the SMS has {len(body):,} characters; {LONGEST:,} are the most")
    return outgoing.address, body


def price_text(dollars: float) -> str:
    """Return a price as both providers want it: `0.05`, never `5e-02`."""
    return f"{dollars:.5f}".rstrip("0").ljust(4, "0") if dollars >= 1e-5 else "0.00001"
