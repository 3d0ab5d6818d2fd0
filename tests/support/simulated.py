"""A small workspace for tests of the simulation, and how to read what came of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sojourn.domain.journey.project import Project, read_project
from sojourn.local.deployment import deploy
from sojourn.local.population.plan import plan_of
from sojourn.local.population.reading import read_simulation
from sojourn.local.sharding import Simulator

if TYPE_CHECKING:
    from sojourn.domain.findings import Finding
    from sojourn.domain.ledger import Happening

WORKSPACE = """
workspace: shop
timezone: Europe/Berlin
topics:
  carts: {title: Carts, channels: [email, push], default: opted_in}
attributes:
  plan: {type: string, one_of: [free, pro]}
  visits: number
events:
  cart_updated: {cart_id: string, total: number}
  order_completed: {cart_id: string, total: number}
  rated: {stars: number}
"""

JOURNEY = """
journey: carts
topic: carts
enter: {on: cart_updated, key: event.cart_id, again: always, holdout: 20%}
goal: {event: order_completed, where: event.cart_id == entry.cart_id, within: 10 days}
while_running:
  - {on: cart_updated, where: event.cart_id == entry.cart_id, do: restart}
steps:
  - {id: first, send: hello, via: [email]}
  - wait: 2 days
  - id: asked
    wait_for:
      - {event: rated, where: event.stars >= 1}
    up_to: 3 days
    otherwise: []
  - {id: desk, task: sales, title: Call, up_to: 2 days, otherwise: []}
  - {id: second, send: hello, via: [push, email]}
  - wait: 1 day
"""

MESSAGE = """
email:
  subject: Your cart
  html: '<a href="{{ "https://shop.example/cart?a=1" | track }}">Cart</a> <a href="{{ unsubscribe_url }}">stop</a>'
push: {title: Your cart, body: It waits.}
"""


def workspace(
    simulation: str | None = None, journey: str = JOURNEY, segments: str = "", declared: str = WORKSPACE
) -> Project:
    """Return the workspace with this `simulation.yaml`, or with none."""
    files = {
        "workspace.yaml": declared,
        "carts/journey.yaml": journey,
        "carts/messages/hello.yaml": MESSAGE,
        **({"segments.yaml": segments} if segments else {}),
        **({"simulation.yaml": simulation} if simulation is not None else {}),
    }
    project = read_project({path: text.encode() for path, text in files.items()})
    assert {finding.file for finding in project.findings} <= {"simulation.yaml"}
    return project


def said(findings: tuple[Finding, ...]) -> list[tuple[str, int]]:
    """Return the codes of findings with their lines."""
    return [(finding.code, finding.span.line) for finding in findings]


def lived(project: Project, customers: int, days: int, seed: int = 1) -> list[Happening]:
    """Return everything that happens to the customers of a simulation."""
    happened: list[Happening] = []
    guesses, findings = read_simulation(project)
    assert findings == ()
    Simulator(deploy(project), plan_of(project, guesses, days), seed).shard(0, customers, happened.append)
    return happened
