"""The send rate holds over all functions, whatever their clocks say, and is reached."""

from __future__ import annotations

import random
from bisect import bisect_left
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from math import ceil, floor
from typing import Any

import pytest
from botocore.exceptions import ClientError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sojourn.adapters.dynamodb import engine_keys
from sojourn.adapters.dynamodb.pace import LANE_RATE, USABLE, DynamoPace, rates_of
from sojourn.adapters.memory.catalogue import MemoryCatalogue
from sojourn.domain.decide.policy import Policy
from sojourn.errors import Throttled
from tests.adapters.registry.virtual_time import BEGIN, Clocks, FarTable, VirtualTime
from tests.support.aws_table import aws_table

MINUTES = 300.0


@dataclass
class Fleet:
    """Functions that send through one table."""

    client: Any
    table: str
    rate: float
    seed: int = 1
    time: VirtualTime = field(default_factory=VirtualTime)
    sent: list[tuple[float, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.dice = random.Random(self.seed)
        self.far = FarTable(self.client, self.time, self.dice)

    def add(
        self, name: str, *, takes: float = 0.15, skew: float = 0.0, rests: float = 0.0, freezes: float = 0.0,
        thaws: float = 0.0,
    ) -> None:  # fmt: skip
        """Add a function.

        Args:
            takes: how many seconds handing a message over takes; rests: how long it is idle between two, on average.
            freezes: of how many messages it is frozen for some seconds afterwards; its clock jumps as often.
            thaws: when a long sleep ends, from two seconds after the beginning on, in which it is frozen.
        """
        clocks = Clocks(self.time, skew)
        pace = DynamoPace(
            self.far, self.table, lambda _: self.rate, wall=clocks.wall, steady=clocks.steady,
            chance=self.dice.random, pause=self.time.sleep,
        )  # fmt: skip

        def live() -> None:
            while True:
                if wait := pace.take("email"):
                    self.time.sleep(wait)
                    continue
                self.sent.append((self.time.now, name))
                self.time.sleep(
                    takes * self.dice.uniform(0.7, 1.3) + rests * self.dice.expovariate(1.0) + 1e-6
                )
                if self.time.now - BEGIN > 2.0 and self.time.now - BEGIN < thaws:
                    clocks.freeze(thaws - (self.time.now - BEGIN))
                if self.dice.random() < freezes:
                    clocks.freeze(self.dice.uniform(0.1, 3.0))
                if self.dice.random() < freezes:
                    clocks.skew += self.dice.choice([-MINUTES, MINUTES])

        self.time.begin(live, self.dice.uniform(0, 0.3))

    def most_in_a_second(self) -> int:
        """Return the most messages that went out within any one second."""
        at = sorted(instant for instant, _ in self.sent)
        return max((bisect_left(at, instant + 1) - first for first, instant in enumerate(at)), default=0)

    def a_second(self, after: float, until: float) -> float:
        """Return how many went out a second between two moments."""
        return sum(after <= at - BEGIN < until for at, _ in self.sent) / (until - after)


def law(rate: float) -> int:
    """Return how many messages one second may have."""
    lanes = ceil(rate / LANE_RATE)
    return floor(rate * (1 + USABLE)) + lanes


def lane(due: int) -> dict[str, Any]:
    """Return the row of the only lane of email."""
    return {
        "pk": {"S": engine_keys.pace("email")}, "sk": {"S": engine_keys.bucket(0)}, "due": {"N": str(due)},
    }  # fmt: skip


@pytest.fixture(scope="module")
def moto() -> Iterator[tuple[Any, str]]:
    with aws_table() as (client, table):
        yield client, table


@contextmanager
def emptied(moto: tuple[Any, str]) -> Iterator[tuple[Any, str]]:
    """Give the table without any lane in it."""
    client, table = moto
    for item in client.scan(TableName=table)["Items"]:
        client.delete_item(TableName=table, Key={"pk": item["pk"], "sk": item["sk"]})
    yield moto


@pytest.fixture
def fleet(moto: tuple[Any, str]) -> Iterator[Callable[..., Fleet]]:
    with emptied(moto) as (client, table):
        yield lambda rate, seed=1: Fleet(client, table, rate, seed)


SKEWS = st.one_of(st.floats(-0.005, 0.005), st.floats(2, 900), st.floats(-900, -2))
FUNCTIONS = st.fixed_dictionaries(
    {
        "skew": SKEWS,
        "takes": st.sampled_from([0.0, 0.02, 0.15, 1.0]),
        "rests": st.sampled_from([0.0, 0.5]),
        "freezes": st.sampled_from([0.0, 0.2]),
    }
)


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(
    rate=st.sampled_from([0.5, 1.0, 3.0, 14.0, 40.0, 250.0]),
    functions=st.lists(FUNCTIONS, min_size=1, max_size=6),
    seed=st.integers(0, 10_000),
)
def test_no_second_ever_has_more_than_the_rate_allows(
    moto: tuple[Any, str], rate: float, functions: list[dict[str, float]], seed: int
) -> None:
    """However many functions send, rest, freeze, or have clocks that are minutes off and jump by minutes."""
    with emptied(moto) as (client, table):
        fleet = Fleet(client, table, rate, seed)
        for number, function in enumerate(functions):
            fleet.add(str(number), **function)
        fleet.time.run(4.0 if rate < 100 else 1.5)

    assert fleet.most_in_a_second() <= law(rate)


@pytest.mark.parametrize(
    ("rate", "functions", "takes", "least", "writes"),
    [
        pytest.param(1.0, 4, 0.15, 0.95, 6.0, id="the sandbox of SES"),
        pytest.param(14.0, 1, 0.0, 13.5, 0.3, id="one without a pause"),
        pytest.param(14.0, 1, 0.15, 6.0, 0.8, id="one as fast as it can"),
        pytest.param(14.0, 12, 0.15, 13.3, 1.4, id="more than the rate"),
        pytest.param(100.0, 1, 0.0, 98.0, 0.1, id="one without a pause, faster"),
        pytest.param(100.0, 25, 0.15, 95.0, 1.4, id="more than the rate, faster"),
    ],
)
def test_the_rate_is_reached(
    fleet: Callable[..., Fleet], rate: float, functions: int, takes: float, least: float, writes: float
) -> None:
    """As many messages as the rate allows go out where there are as many, at about a write each or far less."""
    sending = fleet(rate)
    for number in range(functions):
        sending.add(str(number), takes=takes)

    sending.time.run(5.0)

    assert least <= sending.a_second(1.0, 5.0)
    assert sending.most_in_a_second() <= law(rate)
    assert sending.far.writes / len(sending.sent) <= writes
    assert sending.far.reads == functions


def test_functions_whose_clocks_are_wrong_send_too(fleet: Callable[..., Fleet]) -> None:
    """They find out what time it is within some seconds, and neither stop the others nor are stopped by them."""
    sending = fleet(14.0)
    for number in range(4):
        sending.add(f"right {number}")
    sending.add("behind", skew=-MINUTES)
    sending.add("ahead", skew=MINUTES)

    sending.time.run(8.0)

    late = {name for at, name in sending.sent if at > BEGIN + 5}
    assert {"behind", "ahead"} <= late
    assert sending.a_second(1.0, 8.0) >= 13.0
    assert sending.most_in_a_second() <= law(14.0)


def test_clocks_a_little_off_cost_a_little(fleet: Callable[..., Fleet]) -> None:
    """A clock that is off by less than a second is believed at first: a second has at most that fraction more."""
    sending = fleet(14.0)
    for number, skew in enumerate((-0.4, -0.2, 0.0, 0.2, 0.4)):
        sending.add(str(number), skew=skew)

    sending.time.run(8.0)

    assert sending.most_in_a_second() <= law(14.0) + 14 * 0.8
    assert sending.a_second(3.0, 8.0) >= 12.0


def test_a_clock_minutes_ahead_that_alone_speaks_does_not_stop_the_rest(fleet: Callable[..., Fleet]) -> None:
    """Should a row say a time that cannot be, whoever finds it begins anew."""
    sending = fleet(14.0)
    sending.client.put_item(TableName=sending.table, Item=lane(int((BEGIN + MINUTES) * 1e6)))
    sending.add("right")

    sending.time.run(2.0)

    assert sending.a_second(0.5, 2.0) >= 5.0


def test_after_a_rest_nothing_was_saved_up(fleet: Callable[..., Fleet]) -> None:
    """An hour without a message does not let an hour's messages go at once."""
    sending = fleet(14.0)
    hour_ago = int((BEGIN - 3600) * 1e6)
    sending.client.put_item(TableName=sending.table, Item=lane(hour_ago))
    for number in range(30):
        sending.add(str(number))

    sending.time.run(1.5)

    assert sending.most_in_a_second() <= law(14.0)


def test_functions_that_thaw_together_have_no_old_tokens(fleet: Callable[..., Fleet]) -> None:
    """What a function had leased before Lambda froze it has lapsed when it goes on, though its clock stood still."""
    sending = fleet(100.0)
    for number in range(8):
        sending.add(str(number), takes=0.0, thaws=10.0)

    sending.time.run(10.5)

    thawed = [at for at, _ in sending.sent if at >= BEGIN + 10]
    assert len(thawed) > 30
    assert len([at for at in thawed if at < BEGIN + 10.05]) <= 100 * 0.05 + 100 * USABLE / 2 + 1
    assert sending.most_in_a_second() <= law(100.0)


def test_a_channel_without_a_rate_is_not_paced(fleet: Callable[..., Fleet]) -> None:
    """Nothing is asked of the table."""
    sending = fleet(None)
    pace = DynamoPace(sending.far, sending.table, lambda _: None)

    assert [pace.take("webhook") for _ in range(100)] == [0.0] * 100
    assert (sending.far.reads, sending.far.writes) == (0, 0)


def test_channels_do_not_share_room(moto: tuple[Any, str]) -> None:
    """Each has a row of its own, and a rate of its own."""
    with emptied(moto) as (client, table):
        pace = DynamoPace(client, table, {"email": 0.01, "sms": 0.01}.get, pause=lambda _: None)
        first = pace.take("email"), pace.take("sms")
        then = pace.take("email"), pace.take("sms")

    assert first == (0.0, 0.0)
    assert all(90 < wait <= 100 for wait in then)


def test_rates_come_from_the_workspace() -> None:
    """What stands beside a channel's sender; None where nothing does."""
    policy = Policy(
        "shop", senders={"email": {"from": "hello@shop.example", "rate": 14}, "sms": {"pool": "p"}}
    )
    rates = rates_of(MemoryCatalogue(policy, (), ()))

    assert [rates(channel) for channel in ("email", "sms", "push")] == [14, None, None]


def test_a_table_that_is_too_busy_is_no_leave_to_send(moto: tuple[Any, str]) -> None:
    """Whoever gets no answer does not send unpaced."""

    class Busy:
        def get_item(self, **_: Any) -> None:
            raise ClientError({"Error": {"Code": "ThrottlingException"}}, "GetItem")

    pace = DynamoPace(Busy(), moto[1], lambda _: 14.0)

    with pytest.raises(Throttled):
        pace.take("email")
