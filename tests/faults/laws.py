"""The three laws that hold whatever goes wrong; each returns what breaks it.

1. Nobody is messaged twice, and what was repeated can be told by its id.
2. Nobody is lost without a row that says so.
3. The counts add up, those of the caps too.
"""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any

from sojourn.adapters.dynamodb import keys, rows
from sojourn.adapters.dynamodb.counters import counts
from sojourn.application.counting import Deltas
from sojourn.application.starting import STARTING
from sojourn.domain.customer.rows import Run, Send
from sojourn.domain.ledger import Happening
from tests.faults.stories import ALWAYS
from tests.support.recounted import Came, recomputed, without_moves

if TYPE_CHECKING:
    from tests.faults.cloud import Cloud

LONGEST_CAP = timedelta(hours=2)
"""What was sent before is forgotten, send by send."""
ENDS = ("completed", "goal", "restarted", "redirected", "failed", "erased")


@dataclass
class Seen:
    """What a story left in the table and at the providers."""

    cloud: Cloud
    rows: list[dict[str, Any]] = field(init=False)

    def __post_init__(self) -> None:
        assert self.cloud.kept is not None
        self.rows = self.cloud.kept.rows()

    def _of(self, prefix: str) -> list[dict[str, Any]]:
        return [
            row for row in self.rows if row["sk"]["S"].startswith(prefix) and row["pk"]["S"].startswith("C#")
        ]

    @cached_property
    def happened(self) -> list[Happening]:
        """The ledger."""
        told = [json.loads(row["data"]["S"]) for row in self._of(keys.LEDGER)]
        return [
            Happening(**{**one, "at": datetime.fromisoformat(one["at"]), "customer": commit["customer"]})
            for commit in told
            for one in commit["happened"]
        ]

    @property
    def profiles(self) -> list[dict[str, Any]]:
        """The rows of customers."""
        return self._of(keys.PROFILE)

    @cached_property
    def runs(self) -> list[Run]:
        """The rows of runs: of each journey and key, the last."""
        return [rows.row(Run, row) for row in self._of(keys.RUNS)]

    @cached_property
    def sends(self) -> dict[str, Send]:
        """The rows of sends, by id."""
        return {send.id: send for send in (rows.row(Send, row) for row in self._of(keys.SENDS))}

    @cached_property
    def events(self) -> set[str]:
        """The ids of the events that are stored."""
        return {keys.parts(row["sk"]["S"])[1] for row in self._of(keys.EVENTS)}

    @cached_property
    def counters(self) -> Deltas:
        """What `export` counted."""
        found: Deltas = {}
        for journey in {one.journey for one in self.happened} | {run.journey for run in self.runs}:
            found |= counts(self.cloud.dynamodb, self.cloud.table, journey)
        return found

    def told(self, *whats: str, step: str = "") -> list[str]:
        """Return what happened, of these kinds, as `what step reason`."""
        return [
            " ".join(filter(None, (one.what, one.step, one.reason)))
            for one in self.happened
            if one.what in whats and step in ("", one.step)
        ]

    def taken(self) -> Counter[tuple[str, str]]:
        """Return how often a provider took a message, by run and step."""
        found: Counter[tuple[str, str]] = Counter()
        for _, send_id, _ in filter(lambda one: one[1], self.cloud.provider.taken):
            send = self.sends.get(send_id)
            found[(send.run, send.step) if send else ("", send_id)] += 1
        return found

    def ids(self) -> dict[tuple[str, str], set[str]]:
        """Return the sends that a provider took, by run and step: no story comes to a step twice."""
        found: dict[tuple[str, str], set[str]] = {}
        for _, send_id, _ in self.cloud.provider.taken:
            if (send := self.sends.get(send_id)) is not None:
                found.setdefault((send.run, send.step), set()).add(send_id)
        return found


def broken(cloud: Cloud, repeated: int = 0) -> list[str]:
    """Return everything that breaks a law.

    Args:
        repeated: how often a provider that took a message could not be heard: so often may messages that must arrive
            have been repeated.
    """
    seen = Seen(cloud)
    return [*messaged_twice(seen, repeated), *lost(seen), *miscounted(seen)]


def messaged_twice(seen: Seen, repeated: int = 0) -> list[str]:
    """Say who was messaged twice: by send, and by run and step."""
    wrong = []
    by_id = Counter(send_id for _, send_id, _ in seen.cloud.provider.taken if send_id)
    least = {send.id for send in seen.sends.values() if _must_arrive(send)}
    for send_id, times in by_id.items():
        if times > 1 and send_id not in least:
            wrong.append(f"send {send_id} was taken {times} times")
    wrong += [f"{place} is {sorted(ids)}, not one send" for place, ids in seen.ids().items() if len(ids) > 1]
    steps = seen.taken()
    over = {place: times - 1 for place, times in steps.items() if times > 1}
    allowed = {(send.run, send.step) for send in seen.sends.values() if _must_arrive(send)}
    wrong += [f"{place} got {times + 1} messages" for place, times in over.items() if place not in allowed]
    if sum(times for place, times in over.items() if place in allowed) > repeated:
        wrong.append(f"repeated more often than nobody knew: {over}, {repeated}")
    told = Counter((one.run, one.step) for one in seen.happened if one.what in ("sent", "suppressed"))
    return wrong + [f"{place} is told {times} times" for place, times in told.items() if times > 1]


def _must_arrive(send: Send) -> bool:
    return send.journey.endswith("-least") or send.step in ("reminder", "bye")


def lost(seen: Seen) -> list[str]:
    """Say what was lost without a row: events, runs, messages."""
    return [*_lost_events(seen), *_lost_runs(seen), *_lost_messages(seen)]


def _lost_events(seen: Seen) -> list[str]:
    cloud = seen.cloud
    dead = {one["MessageBody"] for one in cloud.rest.dead} | {one["body"] for one in cloud.dead_events}
    wrong = []
    for message in cloud.arrived:
        if message["body"] in dead:
            continue
        said = json.loads(message["body"])
        if (said["detail"].get("id") or said["id"]) not in seen.events:
            wrong.append(f"event {said['detail-type']} {said['id']} is nowhere")
    return wrong


def _lost_runs(seen: Seen) -> list[str]:
    wrong = []
    entered = Counter(one.run for one in seen.happened if one.what == "entered")
    wrong += [
        f"run {run} is told to have begun {times} times" for run, times in entered.items() if times != 1
    ]
    exited = Counter(one.run for one in seen.happened if one.what == "exited")
    wrong += [f"run {run} is told to have ended {times} times" for run, times in exited.items() if times != 1]
    rows_ = {run.id: run for run in seen.runs}
    for run_id in entered:
        row = rows_.get(run_id)
        if run_id not in exited and (row is None or not row.active):
            wrong.append(f"run {run_id} neither ended nor goes on")
        if (
            row is not None
            and row.active
            and not _goes_on(seen.cloud, row)
            and not _awaits_redrive(seen, row)
        ):
            wrong.append(f"run {run_id} goes on, and its execution {row.execution} does not")
        if row is not None and not row.active and run_id not in exited:
            wrong.append(f"run {run_id} ended, and nothing is told of it")
    return wrong + [f"run {run_id} is told nowhere" for run_id in rows_ if run_id not in entered]


def _awaits_redrive(seen: Seen, run: Run) -> bool:
    """Say whether a run was entered by another that failed then: the redrive of that one starts it (`test_redrive`)."""
    failed = [one.at for one in seen.happened if one.what == "failed" and one.customer == run.customer]
    return STARTING in run.last and any(run.entered <= at for at in failed)


def _goes_on(cloud: Cloud, run: Run) -> bool:
    if run.execution in cloud.scheduler.schedules or run.execution in cloud.scheduler.dead:
        return True
    waiting = [one["body"] for one in cloud.dead_events] + [
        one["detail"]["input"] for one in cloud.dead_closes
    ]
    if any(f'"customer": "{run.customer}"' in one for one in waiting):
        return True  # an operator is told, and redrives it
    return any(one.name == run.execution for one in cloud.states.interpreter.running())


def _lost_messages(seen: Seen) -> list[str]:
    wrong = []
    ended = {one.run: one.reason for one in seen.happened if one.what == "exited"}
    told = {(one.run, one.step): one for one in seen.happened if one.what in ("sent", "suppressed")}
    by_id = {str(one.details.get("send")): one for one in told.values() if one.what == "sent"}
    taken = Counter(send_id for _, send_id, _ in seen.cloud.provider.taken if send_id)
    wrong += [f"message {send_id} has no row" for send_id in taken if send_id not in seen.sends]
    for send in seen.sends.values():
        cut_off = ended.get(send.run) not in (None, "completed")
        if taken[send.id] and send.status == "failed":
            wrong.append(f"send {send.id} was taken, and its row says failed")
        if send.status == "sent" and not (send.id in by_id or cut_off):
            wrong.append(f"send {send.id} is sent, and nothing is told of it")
        if send.status == "claimed" and not cut_off:
            one = by_id.get(send.id)
            # While the run stands at the step, its state machine comes to it again.
            stands = any(
                run.active and run.id == send.run and send.step in run.at.values() for run in seen.runs
            )
            if not stands and (one is None or one.reason != "unknown"):
                wrong.append(f"send {send.id} is claimed, and nothing says what came of it")
        if send.status == "failed" and not cut_off and not any(
            h.what in ("held", "suppressed", "sent") and (h.run, h.step) == (send.run, send.step) for h in seen.happened
        ):  # fmt: skip
            wrong.append(f"send {send.id} failed, and nothing is told of it")
    for one in by_id.values():
        send_id = str(one.details["send"])
        if send_id not in seen.sends:
            wrong.append(f"{one.step} of {one.run} is told as sent, and has no row")
    for run, reason in ended.items():
        journey = next(one.journey for one in seen.happened if one.run == run)
        must = ALWAYS.get(journey, ("s",) if journey.endswith(("-once", "-least")) else ())
        if reason == "completed":
            wrong += [
                f"{step} of {run}, which completed, is told nowhere"
                for step in must
                if (run, step) not in told
            ]
    return wrong


def miscounted(seen: Seen) -> list[str]:
    """Say which counters are not what the ledger and the runs come to, and which do not add up."""
    wrong = []
    counted, again = without_moves(seen.counters), recomputed(Came(seen.happened, seen.runs))
    wrong += [
        f"{place}: counted {counted.get(place)}, it is {again.get(place)}"
        for place in counted.keys() | again.keys()
        if counted.get(place) != again.get(place)
    ]
    for place, numbers in counted.items():
        if not place.step:
            over = sum(n for name, n in numbers.items() if name in ENDS or name.startswith("exit:"))
            over -= numbers.get("goal_late", 0)
            if numbers.get("entered", 0) != numbers.get("active", 0) + over:
                wrong.append(f"{place}: entered is not active and ended: {numbers}")
    wrong += _miscapped(seen)
    lines = {line["id"] for line in seen.cloud.firehose.lines if line["kind"] == "happening"}
    if len(lines) != len(seen.happened):
        wrong.append(f"{len(lines)} lines of {len(seen.happened)} happenings")
    return wrong


def _miscapped(seen: Seen) -> list[str]:
    """Say whose caps count other sends than those that a provider has or may have."""
    wrong = []
    for row in seen.profiles:
        customer = keys.parts(row["pk"]["S"])[1]
        sends = [send for send in seen.sends.values() if send.customer == customer and send.marketing]
        counted = Counter(rows.recent_from(row["recent"]["S"]) if "recent" in row else ())
        out = Counter((one.at, one.channel, one.topic) for one in sends if one.status != "failed")
        last = max((one.at for one in sends), default=None)
        lacking = [one for one in out - counted if last is not None and one[0] > last - LONGEST_CAP]
        wrong += [f"{customer}: {one} does not count for the caps" for one in lacking]
        wrong += [f"{customer}: {one} counts for the caps, and is not out" for one in counted - out]
    return wrong
