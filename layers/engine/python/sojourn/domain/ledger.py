"""What happened, as records: every decision with its reason, for traces, counters and the people who ask why.

A `Happening` is the one form in which the engine tells what it did. Traces, tallies, the stream of the table and
`sojourn why` are all read from it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, get_args

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

What = Literal[
    "entered", "not_entered", "waiting", "resumed", "timed_out", "branched", "assigned", "sent", "held",
    "suppressed", "updated", "tasked", "called", "emitted", "started", "goal", "restarted", "redirected",
    "exited", "failed",
]  # fmt: skip
WHATS: tuple[str, ...] = get_args(What)


@dataclass(frozen=True, slots=True)
class Happening:
    """One thing that happened to one customer in one journey.

    Args:
        what: the kind of thing; see `WHATS`.
        run: the run id; empty where no run came to be (`not_entered`).
        step: the step's id; empty for what concerns the run as a whole.
        reason: why, readable: a condition with its inputs, a policy's name, an exit reason.
        details: by kind. entered: `by` (event), `key`, `holdout` · waiting: `until` · resumed, timed_out,
            branched, assigned: `path`; resumed for the reason `redriven`, of the run as a whole: `at_step` ·
            sent, held, suppressed: `message`, `channel`, `send`; held: `until`; sent: `instead_of`, the channels
            passed over and why ·
            updated: `attributes` · tasked: `task`, `title` · called: `status` · emitted: `event` · started,
            redirected: `to` · goal: `event`, and where the run had ended before, `after_end`, `holdout`, `entered`.
    """

    at: datetime
    customer: str
    journey: str
    version: str
    run: str
    what: What
    step: str = ""
    reason: str = ""
    details: Mapping[str, Any] = field(default_factory=dict)
