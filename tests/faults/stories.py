"""The journeys that faults are let loose on, and what customers do in them."""

from __future__ import annotations

from textwrap import dedent
from typing import TYPE_CHECKING, Any

from sojourn.adapters.dynamodb import keys, rows
from sojourn.domain.customer.rows import Profile
from sojourn.domain.journey.project import read_project

if TYPE_CHECKING:
    from sojourn.domain.journey.project import Project
    from tests.faults.cloud import Cloud

WORKSPACE = """
workspace: shop
timezone: Europe/Berlin
locale: en
senders:
  email: {from: "Shop <hello@shop.example>"}
  whatsapp: {phone_number_id: phone-number-id-0123456789abcdef}
  %s
topics:
  news: {title: News, channels: [email, sms, push, whatsapp, in_app, webhook], default: opted_in}
  urgent: {title: Urgent, channels: [email, sms, push, whatsapp, in_app, webhook], default: opted_in}
caps: [{max: 1, per: 2 hours, topic: urgent}]
attributes: {plan: string, n: number}
events:
  began: {ref: string}
  did_it: {ref: string}
  stopped: {ref: string}
  again: {ref: string}
  moved: {ref: string}
  answered: {ref: string}
  later: {ref: string}
"""
OURS = """
  sms: {pool: pool-1}
  push: {fcm: "arn:aws:sns:us-east-1:123456789012:app/GCM/shop"}"""
OTHERS = """
  sms: {provider: sns}
  push: {provider: pinpoint, application_id: app-1}"""
SEGMENTS = 'pros: {when: customer.plan == "pro"}\n'
MESSAGE = """
email: {subject: Hello, html: '<p>Hello <a href="{{ unsubscribe_url }}">no more</a></p>'}
sms: "Hello. Reply STOP to opt out."
push: {title: Hello, body: Hello}
whatsapp: {template: hello, language: en}
in_app: {title: Hello, body: Hello}
webhook: {url: "https://other.example/hook", body: {hello: there}}
"""
CHANNELS = ("email", "sms", "push", "whatsapp", "in_app", "webhook")
DELIVERIES = {"once": "at_most_once", "least": "at_least_once"}

TOPICS = {"once": "news", "least": "urgent"}
"""What must arrive has a cap that its own repetitions would come up against."""

SINGLE = """
topic: %s
enter: {on: "%s", key: event.ref}
steps:
  - {id: s, send: hello, via: [%s], delivery: %s}
  - {id: mark, update: {n: 1}}
"""
"""One message on one channel."""

WHOLE = """
topic: news
enter: {on: began, key: event.ref, again: always}
goal: {event: did_it, where: event.ref == entry.ref}
while_running:
  - {on: again, where: event.ref == entry.ref, do: restart}
  - {on: stopped, where: event.ref == entry.ref, do: exit, reason: stopped}
steps:
  - {id: first, send: hello, via: [email, sms]}
  - id: w
    wait_for: [{event: answered, where: event.ref == entry.ref}]
    up_to: 2 days
    otherwise: [{id: reminder, send: hello, via: [sms], delivery: at_least_once}]
  - {id: mark, update: {plan: pro}}
  - {id: say, emit: moved, with: {ref: entry.ref}}
  - id: both
    parallel:
      one: [{wait: 1 hour}, {id: left, send: hello, via: [email]}]
      two: [{id: right, send: hello, via: [push]}, {id: up, update: {n: 2}}]
  - {wait: 1 day}
  - {id: bye, send: hello, via: [email], delivery: at_least_once}
"""
"""A journey with everything that can be overtaken: sends, a wait, paths side by side, a goal, reactions."""

ALWAYS = {"whole": ("first", "left", "right", "bye"), "pros-only": ("welcome",), "parked": ("late",)}
"""The sends that a run of a journey passes on its way to the end, whatever its customer does."""

PROS = """
topic: news
enter: {on: {entered_segment: pros}, again: always}
steps: [{id: welcome, send: hello, via: [email]}]
"""
PARKED = """
topic: news
enter: {on: later, key: event.ref}
goal: {event: did_it, where: event.ref == entry.ref}
steps:
  - {wait: 400 days}
  - {id: late, send: hello, via: [email]}
"""
"""A run that goes on in a later execution, which Scheduler starts."""

LISTENS = """
topic: news
enter: {on: moved, again: always}
steps: [{id: heard, update: {n: 3}}]
"""


def names_of(channel: str, delivery: str) -> tuple[str, str]:
    """Return the journey with one message on a channel, and the event that enters it."""
    return f"{channel.replace('_', '-')}-{delivery}", f"go_{channel}_{delivery}"


def workspace(*, others: bool = False) -> Project:
    """Read the workspace.

    Args:
        others: SMS through SNS and push through Pinpoint, instead of End User Messaging and SNS.
    """
    journeys = {"whole": WHOLE, "pros-only": PROS, "parked": PARKED, "listens": LISTENS}
    events = ""
    for channel in CHANNELS:
        for delivery, word in DELIVERIES.items():
            journey, event = names_of(channel, delivery)
            journeys[journey] = SINGLE % (TOPICS[delivery], event, channel, word)
            events += f"  {event}: {{ref: string}}\n"
    return of_journeys(journeys, events, OTHERS if others else OURS)


def of_journeys(journeys: dict[str, str], events: str = "", senders: str = OURS) -> Project:
    """Read a workspace of these journeys; each has the message `hello`."""
    files = {"workspace.yaml": WORKSPACE % senders.strip() + events, "segments.yaml": SEGMENTS}
    for name, text in journeys.items():
        files[f"{name}/journey.yaml"] = f"journey: {name}\n{dedent(text)}"
        files[f"{name}/messages/hello.yaml"] = MESSAGE
    found = read_project({path: text.encode() for path, text in files.items()})
    assert [one for one in found.findings if one.severity == "error"] == [], found.findings
    return found


def known(cloud: Cloud, customer: str = "ana") -> str:
    """Let a customer be known, with every kind of address."""
    profile = Profile(
        customer,
        email=f"{customer}@example.com",
        phone="+12025550123",
        device="fcm:token-a",
        timezone="Europe/Berlin",
    )
    row = rows.item(keys.customer(customer), keys.PROFILE, rows.to_text(profile))
    cloud.dynamodb.put_item(TableName=cloud.table, Item={**row, "revision": {"N": "1"}})
    return customer


def event(cloud: Cloud, name: str, ref: str = "r", customer: str = "ana", **detail: Any) -> dict[str, Any]:
    """Return an event of a customer's as the queue holds it; an `id` makes a second delivery of it known."""
    return cloud.message(name, {"customer": customer, "properties": {"ref": ref}, **detail})


def happen(cloud: Cloud, name: str, ref: str = "r", customer: str = "ana", **detail: Any) -> None:
    """Let something happen to a customer now."""
    cloud.arrive(event(cloud, name, ref, customer, **detail))
