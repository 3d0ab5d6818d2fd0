"""The keys that a deployment signs and seals with: one is current, the others still read what they made.

It knows neither where they are kept nor what they are used for.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

KEY_ID = re.compile(r"[A-Za-z0-9_-]{1,32}")


@dataclass(frozen=True, slots=True)
class Keys:
    """The keys that sign.

    Args:
        current: the id of the one that signs now; the others still read what they signed.
        secrets: key id -> secret.
    """

    current: str
    secrets: Mapping[str, bytes]

    def __post_init__(self) -> None:
        if self.current not in self.secrets:
            raise ValueError(f'there is no key "{self.current}"')
        for name, secret in self.secrets.items():
            if not KEY_ID.fullmatch(name):
                raise ValueError(f'"{name}" is no id of a key: letters, digits, "-" and "_", at most 32')
            if len(secret) < 16:
                raise ValueError(f'the key "{name}" is shorter than 16 bytes')
