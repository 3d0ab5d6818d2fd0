"""Memory and DynamoDB are told the same random story, and must give the same answers all along."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from operator import attrgetter
from typing import Any

from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from sojourn.adapters.dynamodb.customers import DynamoCustomers
from sojourn.adapters.memory.customers import MemoryCustomers
from sojourn.application.ports import Customers
from sojourn.domain.customer.rows import Change, CustomerFile, Event, Profile, Run, Send, Waiter
from sojourn.domain.ledger import Happening
from sojourn.errors import Conflict
from tests.support.aws_table import aws_table, told
from tests.support.engine_room import SetClock

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
CUSTOMERS = ("ana", "b#n%")
NAMES = ("did_it", "did", "did#it")
PEOPLE = st.sampled_from(CUSTOMERS)
FEW = st.sampled_from(["", "a", "b#1"])
RUN = Run("", "ana", "", "v1", "", NOON, NOON, "x")
WAITER = Waiter("", "j", "", "t1", NOON, None, "wait_for", (), {}, (), (), {})
SEND = Send("", "ana", "j-1", "j", "v1", "s", "hello", "email", "news", True, NOON)
RUNS = st.builds(
    lambda journey, key, number, status: replace(
        RUN, id=f"{journey}-{number}", journey=journey, key=key, status=status, at={"": "s"} if number else {}
    ),
    st.sampled_from(["j", "k"]), FEW, st.integers(0, 2), st.sampled_from(["running", "ended"]),
)  # fmt: skip
WAITERS = st.dictionaries(
    st.tuples(st.sampled_from(["j-1", "k-1"]), st.sampled_from(["w", "v#"])),
    st.sampled_from(["keep", "answered", "gone"]),
    max_size=2,
)
SENDS = st.builds(
    lambda send_id, status: replace(SEND, id=send_id, status=status),
    st.sampled_from(["s1", "s2"]), st.sampled_from(["claimed", "sent", "failed"]),
)  # fmt: skip
EVENTS = st.builds(
    lambda event_id, name, hours: (event_id, name, hours),
    st.sampled_from(["e1", "e2", "e3", "e#"]), st.sampled_from(NAMES), st.integers(0, 9),
)  # fmt: skip
CHANGES = st.fixed_dictionaries(
    {},
    optional={
        "profile": st.dictionaries(st.sampled_from(["plan", "n"]), st.integers(0, 3), max_size=2),
        "runs": st.lists(RUNS, max_size=2),
        "waiters": WAITERS,
        "event": EVENTS,
        "claim": SENDS,
        "send": SENDS,
        "recent": st.lists(st.integers(0, 3), max_size=2),
        "happened": st.lists(st.sampled_from(["entered", "exited"]), max_size=2),
    },
)


class SameAnswers(RuleBasedStateMachine):
    """Two stores, and the files somebody read of each at some time: file n of one goes with file n of the other."""

    @initialize()
    def empty(self) -> None:
        self.stack = ExitStack()
        self.happened: list[Happening] = []
        self.client, self.table = self.stack.enter_context(aws_table())
        self.clock = SetClock(NOON)
        self.stores: tuple[Customers, Customers] = (
            MemoryCustomers(self.happened.append), DynamoCustomers(self.client, self.table, self.clock),
        )  # fmt: skip
        self.files: list[tuple[CustomerFile, CustomerFile]] = []

    def teardown(self) -> None:
        if hasattr(self, "stack"):
            self.stack.close()

    @rule(customer=PEOPLE, written=CHANGES)
    def write(self, customer: str, written: dict[str, Any]) -> None:
        """Somebody reads and writes at once."""
        self.files.append((self.stores[0].load(customer), self.stores[1].load(customer)))
        self.commit(self.files[-1], written)

    @rule(number=st.integers(0, 3), written=CHANGES)
    def write_on_what_was_read(self, number: int, written: dict[str, Any]) -> None:
        """Somebody writes on what he read, or wrote, a while ago."""
        if self.files:
            self.commit(self.files[-1 - number % len(self.files)], written)

    def commit(self, files: tuple[CustomerFile, CustomerFile], written: dict[str, Any]) -> None:
        self.clock.pass_by(minutes=1)
        answers: list[CustomerFile | type[Conflict]] = []
        for store, file in zip(self.stores, files, strict=True):
            try:
                answers.append(store.commit(file, self.change(file.profile.id, written)))
            except Conflict as conflict:
                answers.append(type(conflict))
        one, other = answers
        if isinstance(one, CustomerFile) and isinstance(other, CustomerFile):
            assert seen(one) == seen(other)
            self.files.append((one, other))
        else:
            assert one is other
        customer = files[0].profile.id
        assert self.kept(self.stores[0], customer) == self.kept(self.stores[1], customer)
        assert self.happened == sorted(told(self.client, self.table), key=attrgetter("at"))

    def change(self, customer: str, written: dict[str, Any]) -> Change:
        """Make the change that a few words describe."""
        event = None
        if "event" in written:
            event_id, name, hours = written["event"]
            event = Event(event_id, name, NOON + timedelta(hours=hours), {"n": hours}, self.clock.at)
        answered = {"keep": {}, "answered": {"released": "e1", "answer": {"next": "x"}}}
        return Change(
            profile=Profile(customer, written["profile"]) if "profile" in written else None,
            runs={(run.journey, run.key): replace(run, customer=customer) for run in written.get("runs", ())},
            waiters={
                key: None if word == "gone" else replace(WAITER, run=key[0], step=key[1], **answered[word])
                for key, word in written.get("waiters", {}).items()
            },
            event=event,
            claim=replace(written["claim"], customer=customer) if "claim" in written else None,
            send=replace(written["send"], customer=customer) if "send" in written else None,
            recent=(
                tuple((NOON + timedelta(hours=hours), "email", "news") for hours in written["recent"])
                if "recent" in written
                else None
            ),
            happened=[
                Happening(self.clock.at, customer, "j", "v1", "j-1", what)  # type: ignore[arg-type]
                for what in written.get("happened", ())
            ],
        )

    def kept(self, store: Customers, customer: str) -> tuple[object, ...]:
        """Return all that can be asked of a store about a customer."""
        since = NOON + timedelta(minutes=4)
        events = [list(store.events(customer, name)) for name in NAMES]
        events.append(list(store.events(customer, NAMES[0], since)))
        return (
            seen(store.load(customer)),
            events,
            [store.send(customer, send_id) for send_id in ("s1", "s2", "s3")],
        )


def seen(file: CustomerFile) -> tuple[object, ...]:
    """Return what a file says, but for its revision: that is each store's own."""
    return file.profile, dict(file.runs), dict(file.waiters), file.recent, file.revision > 0


# A story of ten writes is short enough to read; making it shorter takes moto minutes.
SameAnswers.TestCase.settings = settings(
    max_examples=20,
    stateful_step_count=10,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
)
TestMemoryAndDynamoDBGiveTheSameAnswers = SameAnswers.TestCase
