"""How a journey comes from one version to another, in a few words."""

from __future__ import annotations


def version_change(before: str, version: str) -> str:
    """Return it: `a1b2c3 → d4e5f6`.

    Args:
        before: the version that customers entered; "" for none.
        version: the one they enter from then on; "" where nobody enters any more. The same one, where only a draft of
            the journey is gone.
    """
    if before and before == version:
        return f"{version} as it was, without its draft"
    return f"{before or 'new'} → {version or 'withdrawn'}"
