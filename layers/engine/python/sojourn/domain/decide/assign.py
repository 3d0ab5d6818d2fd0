"""Divides customers at random, the same customer always the same way.

A split path and a holdout are a pure function of (journey, step, customer, salt): retries and re-entries give the
same answer, and no state is kept. Uniform because the digest is (BLAKE2b, RFC 7693).
"""

from __future__ import annotations

from hashlib import blake2b
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

HOLDOUT = "@holdout"


def position(journey: str, step: str, customer: str, salt: str = "") -> float:
    """Return where a customer stands on the line from 0 (inclusive) to 100 (exclusive) for one decision."""
    text = f"{salt}\x1f{journey}\x1f{step}\x1f{customer}"
    digest = blake2b(text.encode(), digest_size=8).digest()
    return (int.from_bytes(digest, "big") >> 11) / (1 << 53) * 100.0


def assigned(shares: Sequence[tuple[str, float]], at: float) -> str:
    """Return the path whose share of the line holds *at*; the last one past the end, as weights sum to 100 ± 0.01."""
    reached = 0.0
    for name, weight in shares:
        reached += weight
        if at < reached:
            return name
    return next(name for name, weight in reversed(shares) if weight > 0)
