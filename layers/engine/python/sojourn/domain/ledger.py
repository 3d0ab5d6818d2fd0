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
    "delivered", "bounced", "complained", "rejected", "undelivered", "opened", "clicked", "replied",
    "merged", "merge_refused", "left_out", "migrated",
]  # fmt: skip
WHATS: tuple[str, ...] = get_args(What)
OF_MESSAGES: tuple[str, ...] = (
    "delivered", "bounced", "complained", "rejected", "undelivered", "opened", "clicked", "replied",
)  # fmt: skip
"""What is told of a message after it was sent, once of each message: its run may be elsewhere by then, or over."""


@dataclass(frozen=True, slots=True)
class Happening:
    """One thing that happened to one customer in one journey.

    Args:
        what: the kind of thing; see `WHATS`.
        run: the run id; empty where no run came to be (`not_entered`).
        step: the step's id; empty for what concerns the run as a whole.
        reason: why, readable: a condition with its inputs, a policy's name, an exit reason.
        details: by kind. entered: `by` (event), `key`, `source` (who called the API), `holdout`; not_entered: `key`,
            `source`, and of a journey that was paused or stopped `detail`, why, as has exited · waiting: `until` ·
            resumed, timed_out, branched, assigned: `path`; resumed for the reason `redriven`, of the run: `at_step` ·
            sent, held, suppressed: `message`, `channel`, `send`; held: `until`, and in a pause `task`;
            sent: `instead_of`, the channels passed over and why, and `detail`, why what may be out was not sent again ·
            updated: `attributes` · tasked: `task`, `title` · called: `status` · emitted: `event` · started,
            redirected: `to` · goal: `event`, `holdout`, `entered`, and where the run had ended before, `after_end` ·
            delivered and what follows it in the list, each told once of a message: `message`, `channel`, `send`;
            `machine` where a program opened or clicked it ·
            merged, of no journey: `from`, who became this customer, `by`, the event that told it, and how many `runs`
            and `waiters` came with them, how many runs were `beaten` by one of the same key; merge_refused: `from`,
            `is`, who that is, `by`, `detail` ·
            left_out, of what was told of a customer: `names`, some of them, `count` and `by`; the reason is `no_room`,
            `no_room_for_topic`, `wrong_type`, of others at an address `too_many`, or `not_understood`: of a word about
            consent, which was taken to be of `topics` (`*`: all) on `channels` ·
            migrated: of the step where a run goes on, and of the version that it is on now: `version`, which it was on,
            and `from`, the step it was at; for the reason `drain`, of the step whose wait is its last.
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
