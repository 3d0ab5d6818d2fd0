"""Reads what somebody who writes back asks of the sender: to stop, to go on, or for help.

Only a message that is such a word and nothing else asks for it, whatever its case, accents, punctuation and spaces
(`Opt out!`, `Arrêt`); a plain STOP may have more behind it, for "STOP please" is no reply. It knows neither the
customer nor the channel.
"""

from __future__ import annotations

import re
from unicodedata import combining, normalize

STOP, START, HELP = "stop", "start", "help"

_STOP_WORDS = frozenset((
    # Those that AWS End User Messaging hears by itself ("Required opt-out list keywords").
    "ARRET", "CANCEL", "END", "OPTOUT", "QUIT", "REMOVE", "STOP", "TD", "UNSUBSCRIBE",
    # Those besides that the FCC (47 CFR 64.1200(a)(10)) and US carriers name, and one that Europeans write.
    "REVOKE", "STOPALL", "STOPP",
))  # fmt: skip
_PLAIN_STOP_WORDS = frozenset(("STOP", "STOPALL", "UNSUBSCRIBE", "ARRET", "STOPP"))
"""The words that are meant so whatever follows them."""
_ALONE = {**dict.fromkeys(_STOP_WORDS, STOP), "START": START, "UNSTOP": START, "HELP": HELP, "INFO": HELP}
"""The words that mean something to the sender only if nothing stands beside them."""


def asked(text: str) -> str:
    """Return what a message asks of the sender: `STOP`, `START`, `HELP`, or "" for a reply like any other."""
    plain = "".join(one for one in normalize("NFKD", text) if not combining(one))
    words = [word for word in re.split(r"[\W_]+", plain.upper()) if word]
    if words and words[0] in _PLAIN_STOP_WORDS:
        return STOP
    return _ALONE.get("".join(words), "")
