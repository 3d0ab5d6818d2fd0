"""Changes the key that a deployment signs and seals with, in the text of its secret.

The new key is current at once; those before it are kept, as what they made lies in people's mailboxes, with the day
since when they make no more. It knows neither where the secret is nor who reads it.
"""

from __future__ import annotations

import json
from base64 import b64encode
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sojourn.domain.time.instants import iso

KEY_BYTES = 32


@dataclass(frozen=True, slots=True)
class Rotated:
    """A secret whose key was changed.

    Args:
        text: of the secret, as it is to be stored.
        kept: the ids of the keys that still read, the newest first.
        dropped: of those that were taken away.
    """

    text: str
    current: str
    kept: tuple[str, ...]
    dropped: tuple[str, ...]


def rotated(text: str, random: bytes, now: datetime, drop_after: timedelta | None = None) -> Rotated:
    """Return the secret with a new key.

    Args:
        text: of the secret as it is, which somebody has read as `sojourn.aws_runtime.secrets.keys_in` does.
        random: `KEY_BYTES` bytes that nobody else has.
        drop_after: so long after a key was replaced it is taken away; never, where None.
    """
    if len(random) != KEY_BYTES:
        raise ValueError(f"a key is made of {KEY_BYTES} bytes")
    told = _told(text)
    keys: dict[str, str] = told["keys"]
    retired: dict[str, str] = {name: at for name, at in told.get("retired", {}).items() if name in keys}
    # Of a key that was added by hand nobody knows since when it makes no more: from now on, then.
    retired |= {name: iso(now) for name in keys if name not in retired}
    dropped = [
        name
        for name, at in retired.items()
        if drop_after is not None and datetime.fromisoformat(at) + drop_after <= now
    ]
    new = _next(keys)
    kept = [name for name in keys if name not in dropped]
    made = {
        "current": new,
        "keys": {**{name: keys[name] for name in kept}, new: b64encode(random).decode()},
        "retired": {name: retired[name] for name in kept},
    }
    kept.sort(key=lambda name: retired[name], reverse=True)
    return Rotated(json.dumps(made), new, tuple(kept), tuple(dropped))


def _told(text: str) -> dict[str, Any]:
    try:
        told = json.loads(text)
    except ValueError:
        told = None
    if isinstance(told, dict):
        return told
    # As the first deployment made it: one key, which is called 0.
    return {"current": "0", "keys": {"0": b64encode(text.encode()).decode()}}


def _next(keys: dict[str, str]) -> str:
    numbers = [int(name) for name in keys if name.isascii() and name.isdigit()]
    return str(max(numbers, default=-1) + 1)
