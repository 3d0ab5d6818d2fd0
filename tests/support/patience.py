"""How long a test waits before it takes something for hanging."""

from __future__ import annotations

AT_ONCE = 5.0
"""Seconds. On a quiet machine all of it takes less than one; a shared one can be several times slower at any moment,
and what really hangs takes minutes."""
