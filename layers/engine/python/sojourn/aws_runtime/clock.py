"""The clock of real life. It knows nothing else."""

from __future__ import annotations

import time
from datetime import UTC, datetime


class SystemClock:
    """Tells the machine's time."""

    def now(self) -> datetime:
        """Return the present instant, in UTC."""
        return datetime.now(UTC)

    def pause(self, seconds: float) -> None:
        """Wait so many seconds."""
        time.sleep(seconds)
