"""Messages of channel `webhook`, over real TLS to servers on loopback."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import pytest
from standardwebhooks import Webhook as Receiver

from sojourn.adapters.links.keys import Keys
from sojourn.adapters.senders.webhook import Webhook
from sojourn.adapters.webhooks.addresses import public
from sojourn.adapters.webhooks.exchange import Https, NoAnswer
from sojourn.adapters.webhooks.signature import Signer, shown_key
from tests.adapters.webhooks.servers import answer, https_server, trust
from tests.support.aws_sends import outgoing, told
from tests.support.engine_room import SetClock

SECRET = b"a secret of sixteen bytes or more"


def at_home(*_: object) -> Sequence[str]:
    """Every name is this machine."""
    return ["127.0.0.1"]


def sender(clock: SetClock | None = None, allowed: Any = lambda _: True, resolve: Any = at_home) -> Webhook:
    """Return a sender that trusts the tests' servers."""
    signer = Signer(Keys("a", {"a": SECRET}))
    return Webhook(signer, clock or SetClock(datetime.now(UTC)), Https(resolve, allowed, trust()))


def webhook(url: str, body: str = '{"points":5}') -> Any:
    """Return a webhook message on its way."""
    return outgoing("", url=url, body=body)


@pytest.mark.parametrize("status", [200, 201, 202, 204])
def test_a_message_is_posted_and_signed(status: int) -> None:
    """Any success is a success; the id of the message is the send's, for the receiver too."""
    with https_server(answer(status)) as server:
        provider_id = sender().send(webhook(server.url))

    (request,) = server.requests
    assert provider_id == "5f2a9c"
    assert (request.line, request.body) == ("POST /hook HTTP/1.1", '{"points":5}')
    assert request.headers["webhook-id"] == "5f2a9c"
    assert Receiver(shown_key(SECRET)).verify(request.body, request.headers) == {"points": 5}


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ('{"points":5}', "application/json; charset=utf-8"),
        ("[1]", "application/json; charset=utf-8"),
        ("Ol\u00e1, five points", "text/plain; charset=utf-8"),
        ("[" * 100_000, "text/plain; charset=utf-8"),
    ],
)
def test_the_body_says_what_it_is(body: str, kind: str) -> None:
    """A mapping in the message is JSON, a text is a text."""
    with https_server(answer(200)) as server:
        sender().send(webhook(server.url, body))

    assert (server.requests[0].headers["content-type"], server.requests[0].body) == (kind, body)


@pytest.mark.parametrize(
    ("reply", "said"),
    [
        (answer(301, "", "Location: https://elsewhere.example/"), "refused rejected"),
        (answer(400), "refused rejected"),
        (answer(401), "refused not_allowed"),
        (answer(403), "refused not_allowed"),
        (answer(404), "refused bad_address"),
        (answer(410), "refused bad_address"),
        (answer(413), "refused too_long"),
        (answer(422), "refused rejected"),
        (answer(408), "busy 60"),
        (answer(425), "busy 60"),
        (answer(429), "busy 60"),
        (answer(503), "busy 60"),
        (answer(429, "", "Retry-After: 300"), "busy 300"),
        (answer(503, "", "Retry-After: 0"), "busy 1"),
        (answer(503, "", "Retry-After: 86400"), "busy 3600"),
        (answer(500), "unknown"),
        (answer(502), "unknown"),
        (answer(504), "unknown"),
        (b"HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 200 OK\r\n\r\n", "unknown"),
        (b"nonsense\r\n\r\n", "unknown"),
        (b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 500 + b"\r\n", "unknown"),
        (lambda tls: None, "unknown"),
        (answer(200, "x" * 100_000), "taken"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{", "taken"),
    ],
)
def test_what_a_server_says(reply: bytes, said: str) -> None:
    """Refused for good, later, or nobody knows; asked once: whether to repeat is the author's choice."""
    with https_server(reply) as server:
        assert told(lambda: sender().send(webhook(server.url))) == said

    assert len(server.requests) == 1


def test_a_request_that_is_not_answered_in_time_may_have_arrived() -> None:
    """Nobody knows, and nobody asks again here."""

    class Silent(Https):
        def post(self, *_: object) -> Any:
            raise NoAnswer("the time for it was over")

    silent = Webhook(Signer(Keys("a", {"a": SECRET})), SetClock(), Silent())

    assert told(lambda: silent.send(webhook("https://hooks.example/"))) == "unknown"


def test_a_server_that_is_not_there_is_tried_twice_and_then_later() -> None:
    """Nothing was sent, so that a second attempt is safe, and so is a later one."""
    clock = SetClock(datetime.now(UTC))
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]

    assert told(lambda: sender(clock).send(webhook(f"https://hooks.example:{port}/"))) == "busy 60"
    assert clock.paused == [0.5]


def test_a_url_that_may_not_be_called_is_refused() -> None:
    """A customer's own words in the URL lead nowhere inside."""
    urls = (
        "https://169.254.169.254/latest",
        "https://hooks.example/",
        "http://hooks.example/",
        "https://10.1/",
    )

    said = [told(lambda url=url: sender(allowed=public).send(webhook(url))) for url in urls]  # type: ignore[misc]

    assert said == [
        "refused private_address",
        "refused private_address",
        "refused bad_address",
        "refused bad_address",
    ]


def test_a_host_without_a_certificate_of_its_own_is_refused() -> None:
    """What is sent is for the host that the message names, and for no other."""
    with https_server(answer(200), name="elsewhere.example") as server:
        assert told(lambda: sender().send(webhook(server.url))) == "refused bad_address"

    assert server.requests == []


def test_a_channel_trusts_what_the_machine_trusts() -> None:
    """Without a word to the contrary, an authority of our own making is unknown, and home is out of bounds."""
    plain = Webhook(Signer(Keys("a", {"a": SECRET})), SetClock(), Https(at_home, lambda _: True))
    with https_server(answer(200)) as server:
        said = [told(lambda: plain.send(webhook(server.url)))]
        said.append(
            told(
                lambda: Webhook(Signer(Keys("a", {"a": SECRET})), SetClock()).send(
                    webhook("https://localhost/")
                )
            )
        )

    assert said == ["refused bad_address", "refused private_address"]
    assert ssl.create_default_context().verify_mode == ssl.CERT_REQUIRED
