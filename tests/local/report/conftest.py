"""A small workspace, and customers who walk through it as the engine would tell of them."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from sojourn.domain.journey.project import Project, read_project
from sojourn.domain.ledger import Happening

if TYPE_CHECKING:
    from collections.abc import Iterator

START = datetime(2026, 3, 1, tzinfo=UTC)
WORKSPACE = b"""
workspace: acme
topics: {cart-reminders: {title: Cart reminders, channels: [email, sms, push], default: opted_in}}
attributes: {lifetime_value: number}
events:
  cart_updated: {cart_id: string}
  order_completed: {cart_id: string}
"""
CART = b"""
journey: abandoned-cart
title: "Win back <script>alert(1)</script> an abandoned cart"
topic: cart-reminders
enter: {on: cart_updated, again: after 1 day, holdout: 10%}
goal: {event: order_completed, within: 7 days}
while_running: [{on: cart_updated, do: restart}]
steps:
  - wait: 2 hours
  - branch:
      - when: customer.lifetime_value > 500.0
        steps: [{id: call, task: sales-desk, title: "Call about the cart", up_to: 2 days}]
      - else: []
  - id: reminder
    send: reminder
    via: [push, email]
    otherwise: [{id: text, send: reminder-sms}]
  - id: bought
    wait_for:
      - {event: order_completed, steps: [{exit: purchased}]}
      - {clicked: reminder, steps: [{update: {cart_interest: high}}]}
    up_to: 3 days
  - id: discount
    split:
      control: {weight: 50, steps: []}
      ten_off: {weight: 50, steps: [{id: offer, send: ten-off}]}
  - {emit: cart_lost, with: {}}
"""
WELCOME = b"""
journey: welcome
title: Welcome aboard
kind: transactional
enter: {on: api}
steps:
  - {id: hello, send: hello}
  - {id: pause, wait: 1 day}
  - {id: both, parallel: {first: [{id: one, wait: 1 hour}], second: [{id: two, update: {a: 1}}]}}
  - {id: again, goto: pause, at_most: 2}
"""


@pytest.fixture(scope="session")
def project() -> Project:
    """The workspace, without findings."""
    made = read_project(
        {"workspace.yaml": WORKSPACE, "abandoned-cart/journey.yaml": CART, "welcome/journey.yaml": WELCOME}
    )
    assert made.findings == ()
    return made


class Walk:
    """One customer's run, told step by step."""

    def __init__(self, journey: str, number: int, rng: random.Random) -> None:
        self.journey, self.customer, self.run = journey, f"c{number}", f"{journey}-{number}"
        self.rng = rng
        self.at = START + timedelta(minutes=number)

    def tell(self, what: str, step: str = "", reason: str = "", **details: object) -> Happening:
        return Happening(self.at, self.customer, self.journey, "v1", self.run, what, step, reason, details)  # type: ignore[arg-type]


def cart_walk(number: int, rng: random.Random) -> Iterator[Happening]:
    """A customer in the abandoned-cart journey; holdout by number, everything else by chance."""
    walk = Walk("abandoned-cart", number, rng)
    holdout = number % 10 == 0
    yield walk.tell("entered", by="cart_updated", holdout=holdout)
    yield walk.tell("waiting", "wait_1", until=walk.at + timedelta(hours=2))
    walk.at += timedelta(hours=2)
    rich = rng.random() < 0.2
    yield walk.tell("branched", "branch_1", path="1" if rich else "else")
    if rich:
        yield walk.tell("tasked", "call", task="sales-desk")
        if rng.random() < 0.1:
            return
        walk.at += timedelta(hours=rng.randrange(1, 47))
        yield walk.tell("resumed", "call", path="completed")
    if holdout:
        yield walk.tell("suppressed", "reminder", "holdout", message="m")
        yield walk.tell("suppressed", "text", "holdout", message="m")
    elif rng.random() < 0.8:
        if rng.random() < 0.1:
            yield walk.tell("held", "reminder", until=walk.at + timedelta(hours=3))
            walk.at += timedelta(hours=3)
        yield walk.tell("sent", "reminder", channel=rng.choice(["push", "push", "email"]))
    else:
        yield walk.tell(
            "suppressed", "reminder", rng.choice(["consent", "no_address", "cap: 3 per 7 days"]), message="m"
        )
        yield walk.tell("sent", "text", channel="sms")
    yield walk.tell("waiting", "bought", until=walk.at + timedelta(days=3))
    chance = rng.random()
    if chance < (0.22 if holdout else 0.31):
        walk.at += timedelta(minutes=min(int(rng.lognormvariate(5.5, 1.4)), 3 * 1440 - 1))
        yield walk.tell("goal", event="order_completed")
        yield walk.tell("exited", reason="goal")
        return
    if chance > 0.97:
        return
    walk.at += timedelta(days=3)
    yield walk.tell("timed_out", "bought", path="otherwise")
    path = rng.choice(["control", "ten_off"])
    yield walk.tell("assigned", "discount", path=path)
    if path == "ten_off":
        yield (
            walk.tell("suppressed", "offer", "holdout", message="m")
            if holdout
            else walk.tell("sent", "offer", channel="email")
        )
    yield walk.tell("emitted", "emit_1", event="cart_lost")
    yield walk.tell("exited", reason="completed")
    if rng.random() < 0.05:
        walk.at += timedelta(days=1)
        yield walk.tell(
            "goal", event="order_completed", holdout=holdout, entered=START + timedelta(minutes=number)
        )


def welcome_walk(number: int, rng: random.Random) -> Iterator[Happening]:
    """A customer in the welcome journey, once round its loop: steps that leave no record among them."""
    walk = Walk("welcome", number, rng)
    yield walk.tell("entered", by="api")
    yield walk.tell("sent", "hello", channel="email")
    for _ in range(2):
        yield walk.tell("waiting", "pause", until=walk.at + timedelta(days=1))
        walk.at += timedelta(days=1)
        yield walk.tell("waiting", "one", until=walk.at + timedelta(hours=1))
        yield walk.tell("updated", "two")
        walk.at += timedelta(hours=1)
    yield walk.tell("exited", reason="completed")


@pytest.fixture(scope="session")
def walks() -> list[list[Happening]]:
    """What happened to 400 customers of each journey, a list of records per run."""
    rng = random.Random(7)
    made = [list(cart_walk(n, rng)) for n in range(400)]
    made += [list(welcome_walk(n, rng)) for n in range(40)]
    made.append([Happening(START, "c0", "abandoned-cart", "v1", "", "not_entered", "", "already_running")])
    return made
