"""Small workspaces written inside tests: YAML in, a deployment and played scenarios out."""

from __future__ import annotations

from textwrap import dedent, indent
from typing import TYPE_CHECKING

from sojourn.domain.journey.project import read_project
from sojourn.local.deployment import deploy
from sojourn.local.scenario import play
from sojourn.local.trace import since
from sojourn.local.world import World

if TYPE_CHECKING:
    from sojourn.domain.journey.project import Project
    from sojourn.local.deployment import Deployment
    from sojourn.local.scenario import MakeWorld, Played

WORKSPACE = """
workspace: shop
timezone: Europe/Berlin
locale: en
senders: {email: {from: "Shop <hello@shop.example>"}, sms: {pool: pool-1}, push: {fcm: "arn:fcm"}}
topics:
  news: {title: News, channels: [email, sms, push], default: opted_in}
  offers: {title: Offers, channels: [email, sms], default: opted_out}
attributes: {plan: string, score: number, first_name: string}
events:
  began: {ref: string, n: number, at: time}
  did_it: {ref: string, n: number}
  stopped: {ref: string}
"""
SEGMENTS = """
pros: {when: customer.plan == "pro"}
"""
MESSAGE = """
email: {subject: Hello, html: '<p>Hello <a href="{{ unsubscribe_url }}">no more</a></p>'}
sms: "Hello. Reply STOP to opt out."
push: {title: Hello, body: Hello}
"""
PEOPLE = """
- {id: ana, email: ana@example.com, phone: "+12025550123", device: token-a, timezone: America/New_York}
"""


def project(
    journeys: dict[str, str], *, workspace: str = "", segments: str = SEGMENTS, message: str = MESSAGE
) -> Project:
    """Read a workspace of these journeys (name -> YAML below `journey:`), each with one message, `hello`.

    Args:
        workspace: YAML added to the base workspace.
    """
    files = {"workspace.yaml": dedent(WORKSPACE) + dedent(workspace), "segments.yaml": dedent(segments)}
    for name, text in journeys.items():
        body = dedent(text)
        topic = "" if "topic:" in body else "topic: news\n"
        files[f"{name}/journey.yaml"] = f"journey: {name}\n{topic}{body}"
        files[f"{name}/messages/hello.yaml"] = dedent(message)
    found = read_project({path: text.encode() for path, text in files.items()})
    assert found.findings == (), found.findings
    return found


def deployed(
    *journeys: str, workspace: str = "", segments: str = SEGMENTS, message: str = MESSAGE
) -> Deployment:
    """Deploy journeys called j, k, l, … in the order given; of more than a few, the later ones j1, k1, …, j2, …"""
    letters = "jklmn"
    named = {f"{letters[place % 5]}{place // 5 or ''}": journey for place, journey in enumerate(journeys)}
    return deploy(project(named, workspace=workspace, segments=segments, message=message))


def played(
    deployment: Deployment, story: str, people: str = PEOPLE, start: str = "2026-03-02T12:00:00Z",
    make_world: MakeWorld = World,
) -> Played:  # fmt: skip
    """Play a scenario: *story* is its YAML below `customers:`."""
    text = f"scenario: test\nstart: {start}\ncustomers:\n{indent(dedent(people), '  ')}\n{dedent(story)}"
    found = read_project({
        "workspace.yaml": dedent(WORKSPACE).encode(),
        "x/journey.yaml": b"journey: x\nenter: {on: api}\nsteps: [{exit: x}]\n",
        "x/scenarios/s.yaml": text.encode(),
    })  # fmt: skip
    assert found.findings == (), found.findings
    return play(found.journeys["x"].scenarios[0].scenario, deployment, make_world)


def lines(played: Played, *whats: str, customer: str = "") -> list[str]:
    """Return the trace as short lines, `+1d sent a`, of these kinds only."""
    told: list[str] = []
    for one in played.trace:
        if (whats and one.what not in whats) or (customer and one.customer != customer):
            continue
        path = f" {one.details['path']}" if "path" in one.details else ""
        channel = f" {one.details['channel']}" if one.what in ("sent", "held") else ""
        reason = f" {one.reason}" if one.what in ("suppressed", "exited", "not_entered", "failed") else ""
        step = f" {one.step}" if one.step else ""
        told.append(f"{since(one.at, played.start)} {one.what}{step}{path}{channel}{reason}")
    return told
