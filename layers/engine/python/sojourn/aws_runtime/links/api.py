"""Answers the links in messages: one that was clicked leads on, one that unsubscribes holds, and both are told.

So is a picture that was fetched: the email that holds it was opened. What only looks (GET, HEAD) changes nothing but a
count, as mail systems open every link there is; an unsubscription is a POST, by a mail program's own button (RFC 8058)
or by the one on our page. No table is read or written: what happens becomes an event, and `route` does the rest.
Whoever asks, whatever for, gets an answer.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, Protocol
from urllib.parse import quote

from sojourn.adapters.links.signed import CLICK, OPEN, PREFERENCES, UNSUBSCRIBE, WEB, Link, read
from sojourn.application.attempting import digest
from sojourn.application.ports import Clock
from sojourn.aws_runtime.clients import Clients
from sojourn.aws_runtime.clock import SystemClock
from sojourn.aws_runtime.links import pages, pixel
from sojourn.aws_runtime.links.events import LinkEvent, LinkEvents
from sojourn.aws_runtime.links.requests import Request, request_of
from sojourn.aws_runtime.links.texts import DEFAULT, LANGUAGES
from sojourn.aws_runtime.observability import count, log_raised
from sojourn.aws_runtime.secrets import SigningKeys
from sojourn.aws_runtime.settings import Settings
from sojourn.domain.decide.feedback import CLICKED, OPENED, UNSUBSCRIBED
from sojourn.domain.decide.machines import PROGRAM

Answer = dict[str, Any]

METHODS: Mapping[str, tuple[str, ...]] = {
    CLICK: ("GET", "HEAD"),
    OPEN: ("GET", "HEAD"),
    UNSUBSCRIBE: ("GET", "HEAD", "POST"),
    PREFERENCES: ("GET", "HEAD", "POST"),
}
"""Kind of link -> what it can be asked for with."""
KEYS_FRESH_FOR = 60.0
"""Seconds. A link may be followed as soon as it is sent, so a new key has to be known soon."""
SAME = 60
"""Seconds within which a second opening or click by one link is the first, delivered twice.

No shorter: whoever has a message could fill its customer's partition with clicks. Of unsubscriptions each is told: only
who knows the customer knows whether they subscribed again in between (`sojourn.application.receipts`).
"""
_EVERY: Mapping[str, str] = {
    "cache-control": "no-store",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "x-robots-tag": "noindex",
}
# What a Location header may hold as it is; the rest (a line break, an umlaut) is percent-encoded.
_IN_ADDRESS = "!#$%&'()*+,/:;=?@[]~"


def links() -> Links:
    """Make what answers: the keys, the bus, and the queue behind it."""
    settings, clients = Settings.read(os.environ, "bus", "signing_secret", "events_url"), Clients()
    keys = SigningKeys(clients.soon("secretsmanager"), settings.signing_secret, fresh_for=KEYS_FRESH_FOR)
    events = LinkEvents(clients.soon("events"), settings.bus, clients.later("sqs"), settings.events_url)
    return Links(lambda token: read(token, keys.knowing(token.partition(".")[0])), events, SystemClock())


class Telling(Protocol):
    """The way in for events."""

    def put(self, told: LinkEvent) -> None:
        """Put an event in; whatever is raised, it is not in."""


class Links:
    """Answers requests.

    Args:
        read: returns what a token stands for, None for what is no link of ours.
        events: where what happened is told.
    """

    def __init__(self, read: Callable[[str], Link | None], events: Telling, clock: Clock) -> None:
        self._read = read
        self._events = events
        self._clock = clock

    def __call__(self, event: Mapping[str, Any]) -> Answer:
        """Answer an event of a function URL; never raises, since whoever clicked could do nothing about it."""
        request: Request | None = None
        try:
            request = request_of(event)
            answer = self._answer(request)
        except Exception as error:  # noqa: BLE001 - a customer gets a page, an operator the log and an alarm
            log_raised(error)
            count("LinksFailed")
            answer = _page(503, pages.failed(request.locale if request else DEFAULT), {"retry-after": "60"})
        if request is not None and request.method == "HEAD":
            answer["body"] = ""
        return answer

    def _answer(self, request: Request) -> Answer:
        methods = METHODS.get(request.kind)
        link = self._read(request.token) if methods else None
        if methods is None or link is None or link.kind != request.kind:
            count("LinksRefused")
            return _page(404, pages.broken(request.locale))
        if request.method not in methods:
            return _page(405, pages.broken(request.locale), {"allow": ", ".join(methods)})
        if request.kind == CLICK:
            return self._followed(request, link)
        if request.kind == OPEN:
            return self._opened(request, link)
        request = replace(request, locale=_locale(link, request))
        if request.method == "POST":
            return self._stopped(request, link)
        ask = pages.question if request.kind == UNSUBSCRIBE else pages.choices
        return _page(200, ask(request.locale, _topic(link), link.channel, link.brand))

    def _followed(self, request: Request, link: Link) -> Answer:
        if not link.url.lower().startswith(WEB):
            return _page(404, pages.broken(request.locale))
        if request.method == "GET":
            self._tell_of(CLICKED, request, link, url=link.url)
            count("LinksFollowed", by=request.by)
        return _answered(302, "", {"location": quote(link.url, safe=_IN_ADDRESS)})

    def _opened(self, request: Request, link: Link) -> Answer:
        if request.method == "GET":
            self._tell_of(OPENED, request, link)
            count("EmailsOpened", by=request.by)
        return {**_answered(200, pixel.PIXEL, pixel.HEADERS), "isBase64Encoded": True}

    def _tell_of(self, name: str, request: Request, link: Link, **more: str) -> None:
        """Tell what a reader did; whether or not it can be told, the reader gets what was asked for."""
        said: dict[str, Any] = {
            **_about(link),
            "message": link.message,
            "topic": link.topic,
            "channel": link.channel,
        }
        said |= more
        if request.machine:
            # By run and step it counts as engagement and releases a wait: nobody has opened or clicked.
            said = {key: value for key, value in said.items() if key not in ("run", "step")}
            said |= {"machine": True, "reason": PROGRAM}
        at = self._clock.now()
        # Told apart, so that a scanner that comes first does not pass for the reader.
        event_id = digest(name, request.token, request.by, _same(at))
        try:
            self._events.put(LinkEvent(event_id, name, link.customer, at, said))
        except Exception as error:  # noqa: BLE001 - the reader wants to get there, counted or not
            log_raised(error, send=link.send)
            count("LinkEventsLost")

    def _stopped(self, request: Request, link: Link) -> Answer:
        stopped = pages.TOPIC if request.kind == UNSUBSCRIBE else request.form.get(pages.FIELD, "")
        if stopped not in (pages.TOPIC, pages.CHANNEL, pages.ALL):
            return _page(400, pages.choices(request.locale, _topic(link), link.channel, link.brand))
        if stopped == pages.TOPIC and not link.topic:
            stopped = pages.CHANNEL
        how = "one_click" if request.one_click else "page" if request.kind == UNSUBSCRIBE else "preferences"
        said: dict[str, Any] = {**_about(link), "how": how}
        if stopped == pages.TOPIC:
            said["topic"] = link.topic
        if stopped != pages.ALL:
            said["channel"] = link.channel
        at = self._clock.now()
        event_id = digest(UNSUBSCRIBED, request.token, stopped, at.isoformat())
        self._events.put(LinkEvent(event_id, UNSUBSCRIBED, link.customer, at, said))
        count("Unsubscribed", how=how)
        if request.one_click:
            return _answered(200, "", {"content-type": "text/plain; charset=utf-8"})
        return _page(200, pages.done(request.locale, stopped, _topic(link), link.channel, link.brand))


def _locale(link: Link, request: Request) -> str:
    """Return the language of a page: the customer's own, as far as we have it, else the browser's."""
    own = link.locale.replace("_", "-").partition("-")[0].lower()
    return own if own in LANGUAGES else request.locale


def _topic(link: Link) -> str:
    """Return what a topic is called; a link that was not told has its name alone."""
    return link.title or link.topic.replace("-", " ").replace("_", " ")


def _same(at: datetime) -> str:
    """Return what two instants have in common at which the same is done once."""
    return str(int(at.timestamp()) // SAME)


def _about(link: Link) -> dict[str, Any]:
    return {"send": link.send, "journey": link.journey, "run": link.run, "step": link.step}


def _page(status: int, page: str, more: Mapping[str, str] | None = None) -> Answer:
    return _answered(status, page, {**pages.HEADERS, **(more or {})})


def _answered(status: int, body: str, headers: Mapping[str, str]) -> Answer:
    return {"statusCode": status, "headers": {**_EVERY, **headers}, "body": body, "isBase64Encoded": False}
