"""A publisher who pauses, resumes and stops a journey, while customers live with it in virtual time."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from sojourn.application.pausing import Resumed, Resumption, end_run, fell_due_at, resume_run
from sojourn.domain.control import USUAL, Control
from sojourn.domain.customer.rows import Profile, Run
from sojourn.domain.ledger import Happening
from sojourn.domain.time.durations import parse_offset
from sojourn.domain.time.spreading import FellDue
from sojourn.local.scenario import MakeWorld
from sojourn.local.trace import in_time, since
from sojourn.local.world import World
from tests.support.workspaces import deployed

START = datetime(2026, 3, 2, 12, tzinfo=UTC)
BY = "arn:aws:iam::123456789012:user/ana"


def person(name: str) -> Profile:
    """Return somebody whom email, SMS and push reach."""
    return Profile(name, email=f"{name}@example.com", phone="+12025550123", device=f"token-{name}")


class Published:
    """A world with the journeys j, k, …, some customers, and a publisher.

    Args:
        who: the customers, by id; all do the same at once.
        make_world: makes the world; another one runs the machines on another interpreter.
    """

    def __init__(
        self, *journeys: str, workspace: str = "", who: tuple[str, ...] = ("ana",), make_world: MakeWorld = World
    ) -> None:  # fmt: skip
        self.happened: list[Happening] = []
        self.world = make_world(deployed(*journeys, workspace=workspace), START, self.happened.append)
        self.who = who
        for name in who:
            self.world.add_customer(person(name))

    @property
    def controls(self) -> dict[str, Control]:
        """What was told to whom."""
        return self.world.deployment.catalogue.controls

    def until(self, offset: str) -> None:
        """Let time pass up to an offset from the start, `+1h 30m`."""
        self.world.clock.run(START + parse_offset(offset))

    def happen(
        self, name: str, *, who: str = "", attributes: Mapping[str, Any] | None = None, **properties: Any
    ) -> None:
        """Let all customers do something now, or one of them."""
        for customer in [who] if who else self.who:
            self.world.happen(customer, name, properties, attributes=attributes)

    def pause(
        self, journey: str = "j", *, entries: bool = True, sends: bool = True, still: bool = False
    ) -> None:
        """Pause a journey now."""
        control = self.controls.get(journey, USUAL)
        self.controls[journey] = control.paused(
            self.world.clock.now(), BY, "a wrong price", entries=entries, sends=sends, still=still
        )

    def resume(
        self, journey: str = "j", due: str = "send", over: timedelta = timedelta(), *, entries: bool = True
    ) -> list[Resumed]:  # fmt: skip
        """Resume a journey now, or only its messages, and let every run of j go on; return what became of each."""
        now, before = self.world.clock.now(), self.controls[journey]
        self.controls[journey] = before.resumed(now, BY, "mended", entries=entries)
        control = self.world.deployment.catalogue.control("j")
        runs = [(run.customer, (run.journey, run.key)) for run in self.runs() if run.active]
        fell_due = FellDue(before.since or now, now)
        for customer, key in runs:
            if (at := fell_due_at(self.world.engine, customer, key, control)) is not None:
                fell_due = fell_due.counted([at])
        how = Resumption(control, now, due, over, fell_due)
        return [resume_run(self.world.engine, customer, key, how) for customer, key in runs]

    def stop(self, *, end: bool = False) -> None:
        """Stop the journey j now; with *end*, end its runs too."""
        now = self.world.clock.now()
        self.controls["j"] = self.controls.get("j", USUAL).stopped(now, BY, "a wrong price", end=end)

    def end_runs(self) -> list[bool]:
        """End every run of j, as whoever works a stop off does."""
        control = self.controls["j"]
        return [
            end_run(self.world.engine, run.customer, (run.journey, run.key), control) for run in self.runs()
        ]

    def runs(self, journey: str = "j") -> list[Run]:
        """Return the runs of a journey, of all customers."""
        return [
            run
            for name in self.who
            for run in self.world.customers.load(name).runs.values()
            if run.journey == journey
        ]

    def told(self, *whats: str, who: str = "") -> list[str]:
        """Return what happened, as `+1h sent s paused`: when, what, the step, and the reason where it is a word."""
        return [
            " ".join(filter(None, (since(one.at, START), one.what, one.step, _word(one))))
            for one in in_time(self.happened)
            if (not whats or one.what in whats) and who in ("", one.customer)
        ]


def _word(one: Happening) -> str:
    return one.reason if " " not in one.reason else ""
