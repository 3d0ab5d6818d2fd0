"""Which language a customer reads a message in: the exact one, else a broader one, else the message's own."""

from __future__ import annotations

import re

_TAG = re.compile(r"[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{1,8})*")


def is_locale(text: str) -> bool:
    """Tell whether *text* has the form of a language tag (BCP 47), `de`, `pt-BR`, `zh_Hant_TW`."""
    return bool(_TAG.fullmatch(text))


def canonical(locale: str) -> str:
    """Return *locale* in the one form in which two are compared: hyphens and lower case."""
    return locale.replace("_", "-").casefold()


def language_tag(locale: str) -> str:
    """Return a locale as a language tag is written (RFC 5646, section 2.1.1), for those outside who read it.

    >>> language_tag("zh_hant_tw"), language_tag("PT-br"), language_tag("de-x-ab")
    ('zh-Hant-TW', 'pt-BR', 'de-x-ab')
    """
    first, *others = canonical(locale).split("-")
    parts = [first]
    for part in others:
        # What follows a single letter, as in "x-ab", is no script and no region.
        plain_part = any(len(one) == 1 for one in parts) or len(part) not in (2, 4)
        parts.append(part if plain_part else part.upper() if len(part) == 2 else part.capitalize())
    return "-".join(parts)


def fallbacks(locale: str | None, default: str) -> tuple[str, ...]:
    """Return the locales to try, canonical, in order: `de-AT` gives `de-at`, `de`, then those of the default."""
    chain: list[str] = []
    for start in (locale or "", default):
        tag = canonical(start)
        while tag:
            if tag not in chain:
                chain.append(tag)
            tag = tag.rpartition("-")[0]
    return tuple(chain)
