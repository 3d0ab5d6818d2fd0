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
