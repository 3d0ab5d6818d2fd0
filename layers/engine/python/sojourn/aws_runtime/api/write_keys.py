"""Tells whose a write key is, as every call asks: from memory for half a minute, else from the table.

So a key that is revoked is refused within `FRESH_FOR` seconds. It knows neither the table nor what a call says.
"""

from __future__ import annotations

import time
from base64 import b64decode
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from sojourn.application.sources import Source, key_digest
from sojourn.errors import TransientError

FRESH_FOR = 30.0
"""Seconds for which a source is known."""
UNKNOWN_FOR = 5.0
"""Seconds for which a key is known to be nobody's: shorter, as who adds a source tries it at once."""
STALE_FOR = 300.0
"""Seconds for which a source is still known while the table cannot be read."""
MOST = 1_000
"""So many answers of each kind are kept: whoever makes keys up fills no memory."""


@dataclass(frozen=True, slots=True)
class _Known:
    source: Source | None
    at: float


class WriteKeys:
    """The write keys as they are now.

    Args:
        find: returns the source whose key has a hash; raises TransientError where nobody can tell just now.
        seconds: a clock that only goes forward.
    """

    def __init__(
        self, find: Callable[[str], Source | None], seconds: Callable[[], float] = time.monotonic
    ) -> None:
        self._find = find
        self._seconds = seconds
        self._sources: dict[str, _Known] = {}
        self._nobodies: dict[str, _Known] = {}

    def __call__(self, key: str) -> Source | None:
        """Return whose a key is; None where it is nobody's.

        Raises:
            TransientError: nobody can tell just now.
        """
        digest = key_digest(key)
        if digest is None:
            return None
        now = self._seconds()
        known = self._sources.get(digest)
        if known and now - known.at < FRESH_FOR:
            return known.source
        nobody = self._nobodies.get(digest)
        if nobody and now - nobody.at < UNKNOWN_FOR:
            return None
        try:
            source = self._find(digest)
        except TransientError:
            if known and now - known.at < STALE_FOR:
                return known.source
            raise
        # By its hash, and nowhere the key itself.
        self._sources.pop(digest, None)
        self._nobodies.pop(digest, None)
        _keep(self._nobodies if source is None else self._sources, digest, _Known(source, now))
        return source


def key_in(headers: Mapping[str, str]) -> str | None:
    """Return the write key of basic authentication, where it is the user's name; None where there is none.

    Args:
        headers: by names in small letters.
    """
    scheme, _, credentials = headers.get("authorization", "").strip().partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        return b64decode(credentials.strip(), validate=True).decode().partition(":")[0]
    except ValueError:
        return ""


def _keep(answers: dict[str, _Known], digest: str, known: _Known) -> None:
    if len(answers) >= MOST:
        del answers[next(iter(answers))]  # the one that was asked for longest ago
    answers[digest] = known
