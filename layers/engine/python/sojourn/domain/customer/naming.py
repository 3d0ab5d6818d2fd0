"""What an event is called inside, however people write it outside: "Order Completed" is `order_completed`.

A journey names events as identifiers, other systems as they like. One function, so that every way in gives one name
to one event. It knows no event.
"""

from __future__ import annotations

import re
import unicodedata

LONGEST_NAME = 60
"""Characters of a name."""
_IS_ONE = re.compile(r"[a-z_][a-z0-9_]*")
_WORDS = re.compile(r"[A-Z]+(?![a-z])[0-9]*|[A-Z]?[a-z][a-z0-9]*|[0-9]+[a-z]*")
# Letters of the Latin alphabet that are no base letter with a mark, and so have nothing to be taken apart into.
_LETTERS = str.maketrans(
    {
        "ß": "ss", "ẞ": "SS", "æ": "ae", "Æ": "AE", "œ": "oe", "Œ": "OE", "ø": "o", "Ø": "O", "ł": "l", "Ł": "L",
        "đ": "d", "Đ": "D", "ð": "d", "Ð": "D", "þ": "th", "Þ": "Th", "ı": "i",
    }
)  # fmt: skip
_APOSTROPHES = re.compile("['\u2018\u2019\u02bc]")


class Unnamed(ValueError):
    """A text makes no name; the message is why, and does not quote it."""


def event_name(text: str) -> str:
    """Return the identifier that stands for an event's name.

    Words go by spaces, signs and capitals (`orderCompleted`, `HTTPError`), digits stay with their word (`Step2` is
    `step2`), Latin letters lose their marks (`Bestellung geprüft` is `bestellung_gepruft`). A name that is
    an identifier in small letters already is left alone, so a name's name is itself.

    Raises:
        Unnamed: nothing of it is a Latin letter or a digit, or the name would be longer than `LONGEST_NAME`.
    """
    name = text if _IS_ONE.fullmatch(text) else _made(text)
    if not name.strip("_"):
        raise Unnamed("a name needs a Latin letter or a digit")
    if len(name) > LONGEST_NAME:
        raise Unnamed(f"as an identifier it is longer than {LONGEST_NAME} characters")
    return name


def _made(text: str) -> str:
    bare = unicodedata.normalize("NFKD", _APOSTROPHES.sub("", text).translate(_LETTERS))
    plain = "".join(one for one in bare if not unicodedata.combining(one))
    name = "_".join(found.lower() for found in _WORDS.findall(plain))
    return f"_{name}" if name[:1].isdigit() else name
