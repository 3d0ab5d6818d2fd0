"""Puts `utm_source` and its siblings on an address, by which web analytics know where a visitor came from.

Whatever else the address says stays as it is, letter for letter, as some shops sign theirs.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

_WEB = ("https://", "http://")
# RFC 3986, section 2.3: what is never encoded.
_PLAIN = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
_ENCODED = re.compile(r"%([0-7][0-9A-Fa-f])")


def with_utm(url: str, utm: Mapping[str, str]) -> str:
    """Return a web address with these parameters; one that names one of them already keeps its own.

    Args:
        utm: by name without its `utm_`; the order is kept.
    """
    if not utm or not url.lower().startswith(_WEB):
        return url
    address, hash_, fragment = url.partition("#")
    before, _, query = address.partition("?")
    named = {_decoded(part.partition("=")[0]).lower() for part in query.split("&")}
    added = [f"utm_{name}={_encoded(value)}" for name, value in utm.items() if f"utm_{name}" not in named]
    if not added:
        return url
    parts = [query, *added] if query else added
    return f"{before}?{'&'.join(parts)}{hash_}{fragment}"


def _encoded(value: str) -> str:
    raw = value.encode("utf-8", "replace")
    return "".join(chr(byte) if byte in _PLAIN else f"%{byte:02X}" for byte in raw)


def _decoded(name: str) -> str:
    """Return a parameter's name as it is meant, as far as it is ASCII, which ours are."""
    return _ENCODED.sub(lambda found: chr(int(found[1], 16)), name)
