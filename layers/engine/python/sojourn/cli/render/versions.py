"""How a journey comes from one version to another, in a few words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def change_said(change: Mapping[str, Any]) -> str:
    """Return what a deployment tells of one journey: `version` and `before`, and of a draft what it is `beside`."""
    beside = change.get("beside")
    before, version = str(change.get("before") or ""), str(change.get("version") or "")
    return version_change(before, version, None if beside is None else str(beside))


def version_change(before: str, version: str, beside: str | None = None) -> str:
    """Return it: `a1b2c3 → d4e5f6`.

    Args:
        before: the version that customers entered; "" for none.
        version: the one they enter from then on; "" where nobody enters any more. The same one, where only a draft of
            the journey is gone.
        beside: of a draft, the version that is live, "" for none; None of what is no draft.
    """
    if beside is not None:
        return f"draft {version} beside {beside}" if beside else f"draft {version}, nothing of it is live"
    if before and before == version:
        return f"{version} as it was, without its draft"
    return f"{before or 'new'} → {version or 'withdrawn'}"
