"""Calls of journeys, over real TLS to servers on loopback, well-behaved and not."""

from __future__ import annotations

import json
import socket
import ssl
import threading
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from standardwebhooks import Webhook

from sojourn.adapters.links.keys import Keys
from sojourn.adapters.webhooks.addresses import Resolve
from sojourn.adapters.webhooks.exchange import MAX_ANSWER, Answer, Https
from sojourn.adapters.webhooks.https import MAX_DEPTH, HttpsWebhooks, Patience
from sojourn.adapters.webhooks.signature import Signer, shown_key
from sojourn.errors import Refused, TransientError
from tests.adapters.webhooks.servers import Server, answer, https_server, trust
from tests.support.engine_room import SetClock

SECRET = b"a secret of sixteen bytes or more"
PAYLOAD = {"customer": "ana", "journey": "welcome", "run": "r1", "step": "voucher", "with": {"percent": 15}}
QUICK = Patience(attempts=3, each=5.0, total=20.0, first_pause=0.2)
ONCE = Patience(attempts=1, each=5.0, total=5.0)


def at_home(*_: object) -> Sequence[str]:
    """Every name is this machine."""
    return ["127.0.0.1"]


def webhooks(
    patience: Patience = QUICK, resolve: Resolve = at_home, clock: SetClock | None = None
) -> HttpsWebhooks:
    """Return webhooks that trust the tests' servers and may reach them."""
    https = Https(resolve, lambda _: True, trust())
    clock = clock or SetClock(datetime.now(UTC))
    return HttpsWebhooks(Signer(Keys("a", {"a": SECRET})), clock, https, patience, Random(7))


def call(server: Server, **how: Any) -> tuple[int, Any]:
    """Call *server* with the usual payload."""
    return webhooks(**how).call("call-1", server.url, PAYLOAD, "voucher")


def test_a_call_is_json_and_so_is_its_answer() -> None:
    """The payload is posted as JSON, and what comes back is what the run goes on with."""
    with https_server(answer(200, '{"code": "SPRING", "n": [1, 2.5, null]}')) as server:
        status, content = call(server)

    assert status == 200
    assert content == {"code": "SPRING", "n": [1, 2.5, None]}
    assert server.requests[0].line == "POST /hook HTTP/1.1"
    assert json.loads(server.requests[0].body) == PAYLOAD
    assert server.requests[0].headers["content-type"] == "application/json; charset=utf-8"


def test_the_receiver_verifies_it_with_its_own_library() -> None:
    """What arrives carries the headers of Standard Webhooks, and they verify."""
    with https_server(answer(200)) as server:
        call(server)

    request = server.requests[0]
    assert Webhook(shown_key(SECRET)).verify(request.body, request.headers) == PAYLOAD
    assert request.headers["webhook-id"] == "call-1"


def test_the_host_is_named_in_the_handshake_and_in_the_request() -> None:
    """The connection goes to an address, the host's name goes with it."""
    with https_server(answer(200)) as server:
        call(server)

    assert server.names == ["hooks.example"]
    assert server.requests[0].headers["host"] == f"hooks.example:{server.port}"


@pytest.mark.parametrize("status", [500, 502, 503, 504, 429])
def test_a_server_in_trouble_is_asked_again(status: int) -> None:
    """After a pause, and with the same id: the receiver can tell that it is the same call."""
    clock = SetClock(datetime.now(UTC))
    with https_server(answer(status), answer(200, '{"ok": true}')) as server:
        answered = call(server, clock=clock)

    assert answered == (200, {"ok": True})
    assert [request.headers["webhook-id"] for request in server.requests] == ["call-1", "call-1"]
    assert len(clock.paused) == 1
    assert 0.1 <= clock.paused[0] <= 0.3


def test_every_attempt_is_signed_with_its_own_time() -> None:
    """A receiver refuses old signatures, so that a late repetition needs a new one."""

    class Passing(SetClock):
        def pause(self, seconds: float) -> None:
            self.at += timedelta(seconds=30)

    with https_server(answer(503), answer(200)) as server:
        call(server, clock=Passing(datetime.now(UTC)))

    first, second = server.requests
    assert int(second.headers["webhook-timestamp"]) - int(first.headers["webhook-timestamp"]) == 30
    assert Webhook(shown_key(SECRET)).verify(second.body, second.headers) == PAYLOAD


def test_the_last_status_is_told_when_patience_ends() -> None:
    """A server that stays in trouble is asked as often as patience allows; then its status is the answer."""
    with https_server(answer(503, '{"sorry": 1}')) as server:
        answered = call(server)

    assert answered == (503, {"sorry": 1})
    assert len(server.requests) == 3


@pytest.mark.parametrize("status", [400, 401, 404, 410, 422])
def test_a_refusal_is_not_repeated(status: int) -> None:
    """What the receiver does not want, it does not want a second time."""
    with https_server(answer(status, '{"why": "no"}')) as server:
        answered = call(server)

    assert (answered, len(server.requests)) == ((status, {"why": "no"}), 1)


def test_the_pause_a_server_asks_for_is_kept() -> None:
    """Retry-After in seconds counts more than ours."""
    clock = SetClock(datetime.now(UTC))
    with https_server(answer(429, "", "Retry-After: 7"), answer(200)) as server:
        call(server, clock=clock)

    assert clock.paused == [7.0]


def test_a_pause_longer_than_our_patience_ends_the_call() -> None:
    """Nobody waits an hour within a function: the status is the answer."""
    clock = SetClock(datetime.now(UTC))
    with https_server(answer(429, "", "Retry-After: 3600")) as server:
        answered = call(server, clock=clock)

    assert (answered, len(server.requests), clock.paused) == ((429, None), 1, [])


NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("said", "seconds"),
    [
        ("120", 120.0),
        ("0", 0.0),
        ("9" * 400, 999_999_999.0),
        (format_datetime(NOW + timedelta(seconds=90), usegmt=True), 90.0),
        (format_datetime(NOW - timedelta(hours=1), usegmt=True), 0.0),
        ("Sun, 01 Mar 2026 12:00:30", 30.0),
        ("soon", None),
        ("-5", None),
        ("1.5", None),
        ("\u0663", None),
        ("", None),
    ],
)
def test_retry_after_is_seconds_or_a_date(said: str, seconds: float | None) -> None:
    """RFC 9110 has two forms; what is neither counts as not said."""
    assert Answer(503, {"retry-after": said}).retry_after(NOW) == seconds


@given(st.text(max_size=40))
def test_whatever_retry_after_says_is_survived(said: str) -> None:
    """A header is another party's words: it is a number of seconds or nothing."""
    seconds = Answer(503, {"retry-after": said}).retry_after(NOW)

    assert seconds is None or seconds >= 0


def test_a_connection_that_breaks_is_made_again() -> None:
    """A server that hangs up without an answer is asked once more."""
    with https_server(lambda tls: None, answer(200, "{}")) as server:
        answered = call(server)

    assert (answered, len(server.requests)) == ((200, {}), 2)


def test_nobody_there_is_no_answer() -> None:
    """A closed port is tried as often as patience allows, then it is no answer."""
    clock = SetClock(datetime.now(UTC))
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]

    with pytest.raises(TransientError, match="could not be reached"):
        webhooks(clock=clock).call("call-1", f"https://hooks.example:{port}/", PAYLOAD, "voucher")

    assert len(clock.paused) == 2


def test_a_second_address_is_tried_where_the_first_is_dead() -> None:
    """A host with several addresses is reached if one of them answers."""
    with https_server(answer(200, "{}")) as server:
        answered = call(server, resolve=lambda *_: ["::1", "127.0.0.1"])

    assert answered == (200, {})


def trickle(tls: ssl.SSLSocket, begin: bytes) -> None:
    """Say a byte every now and then, for ever."""
    tls.sendall(begin)
    for _ in range(200):
        time.sleep(0.05)
        tls.sendall(b"x")


@pytest.mark.parametrize("begin", [b"", b"HTTP/1.1 200 OK\r\nX-Slow: ", b"HTTP/1.1 100 Continue\r\n\r\n"])
def test_a_server_that_trickles_is_cut_off(begin: bytes) -> None:
    """Every byte that comes renews no patience: there is one deadline for the whole."""
    began = time.monotonic()
    with https_server(lambda tls: trickle(tls, begin)) as server:
        with pytest.raises(TransientError, match="did not answer"):
            call(server, patience=Patience(attempts=1, each=0.5, total=0.5))
        took = time.monotonic() - began

    assert took < 4


def test_a_server_that_trickles_its_answer_is_cut_off_too() -> None:
    """The status came in time, the JSON did not: there is nothing for the run to go on with."""
    begin = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n["
    began = time.monotonic()
    with https_server(lambda tls: trickle(tls, begin)) as server:
        with pytest.raises(TransientError, match="status 200, but of the answer: it broke off"):
            call(server, patience=Patience(attempts=1, each=0.5, total=0.5))
        took = time.monotonic() - began

    assert took < 4


def test_a_server_that_never_shakes_hands_is_cut_off() -> None:
    """Who accepts the connection and says nothing is not waited for."""
    calling = webhooks(Patience(attempts=1, each=0.3, total=0.3))
    began = time.monotonic()
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"https://hooks.example:{silent.getsockname()[1]}/"
        with pytest.raises(TransientError, match="could not be reached"):
            calling.call("call-1", url, PAYLOAD, "voucher")

    assert time.monotonic() - began < 4


def test_a_server_that_speaks_no_tls_hears_nothing_of_the_request() -> None:
    """A port that answers something else is greeted, and told nothing."""
    heard: list[bytes] = []

    def speak_plainly() -> None:
        connection, _ = plain.accept()
        with connection:
            connection.settimeout(5)
            heard.append(connection.recv(65_536))
            connection.sendall(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")

    with socket.create_server(("127.0.0.1", 0)) as plain:
        serving = threading.Thread(target=speak_plainly, daemon=True)
        serving.start()
        with pytest.raises(TransientError, match="could not be reached"):
            webhooks(ONCE).call(
                "call-1", f"https://hooks.example:{plain.getsockname()[1]}/", PAYLOAD, "voucher"
            )
        serving.join(5)

    assert len(heard) == 1
    assert b"POST" not in heard[0]
    assert b"ana" not in heard[0]


HUGE = b"[" + b"1," * MAX_ANSWER + b"1]"


def unbounded(tls: ssl.SSLSocket) -> None:
    """Send without end."""
    tls.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n")
    while True:
        tls.sendall(b" " * 65_536)


def chunked(tls: ssl.SSLSocket) -> None:
    """Send in pieces, more than anybody wants."""
    tls.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n")
    for _ in range(64):
        tls.sendall(b"1000\r\n" + b" " * 4096 + b"\r\n")
    tls.sendall(b"0\r\n\r\n")


@pytest.mark.parametrize("reply", [answer(200, HUGE), unbounded, chunked])
def test_an_answer_that_is_too_long_is_not_read(reply: Any) -> None:
    """A run keeps what is answered, so that there is an end to it; the call is not made again for that."""
    with (
        https_server(reply) as server,
        pytest.raises(TransientError, match=f"status 200, but of the answer: it is longer than {MAX_ANSWER}"),
    ):
        call(server, patience=ONCE)

    assert len(server.requests) == 1


def test_an_answer_in_pieces_is_put_together() -> None:
    """Chunks are HTTP's business, not the run's."""

    def reply(tls: ssl.SSLSocket) -> None:
        head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
        tls.sendall(head + b'4\r\n{"a"\r\n3\r\n:1}\r\n0\r\n\r\n')

    with https_server(reply) as server:
        assert call(server) == (200, {"a": 1})


BROKEN_OFF = b'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 20\r\n\r\n{"a"'


@pytest.mark.parametrize(
    ("reply", "fault"),
    [
        (answer(200, "{"), "it is no JSON"),
        (answer(200, "NaN"), "it is no JSON"),
        (answer(200, "[1e999]"), "it is no JSON"),
        (answer(200, '["\\ud800"]'), "it is no JSON"),
        (answer(200, b"\xff\xfe"), "it is no JSON"),
        (answer(200, "9" * 5_000), "it is no JSON"),
        (answer(200, "[" * 8_000 + "]" * 8_000), "it is (no JSON|nested)"),
        (answer(200, "[" * (MAX_DEPTH + 1) + "]" * (MAX_DEPTH + 1)), "it is nested more than 20 deep"),
        (answer(200, '{"a":' * 21 + "1" + "}" * 21, kind="application/problem+json"), "it is nested more"),
        (BROKEN_OFF, "it broke off"),
    ],
)
def test_json_that_a_run_cannot_keep_is_no_answer(reply: bytes, fault: str) -> None:
    """Who says it is JSON and sends none takes `otherwise`, with the reason; it is not asked again."""
    with https_server(reply) as server, pytest.raises(TransientError, match=f"of the answer: {fault}"):
        call(server)

    assert len(server.requests) == 1


@pytest.mark.parametrize(
    "reply",
    [
        answer(204),
        answer(200, "OK", kind="text/plain"),
        answer(200, "<html>", kind="text/html; charset=utf-8"),
        answer(200, HUGE, kind="text/html"),
        answer(400, "{", kind="application/json"),
        answer(200, "  \r\n "),
    ],
)
def test_what_claims_to_be_no_json_is_nothing(reply: bytes) -> None:
    """A page that says OK is an answer without anything to read; a refusal needs no JSON either."""
    with https_server(reply) as server:
        status, content = call(server)

    assert (status, content) in {(204, None), (200, None), (400, None)}


def test_json_as_deep_as_allowed_is_read() -> None:
    """The limit itself is fine."""
    with https_server(answer(200, "[" * MAX_DEPTH + "]" * MAX_DEPTH)) as server:
        _, content = call(server)

    assert json.dumps(content) == "[" * MAX_DEPTH + "]" * MAX_DEPTH


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_not_followed(status: int) -> None:
    """A redirect would lead around every look at the address: its status is the answer."""
    with (
        https_server(answer(200)) as other,
        https_server(answer(status, "", f"Location: {other.url}")) as server,
    ):
        answered = call(server)

    assert (answered, len(server.requests), other.requests) == ((status, None), 1, [])


def test_cookies_are_not_kept() -> None:
    """Nothing that one answer set goes with the next request."""
    with https_server(answer(503, "", "Set-Cookie: a=b"), answer(200)) as server:
        call(server)

    assert ["cookie" in request.headers for request in server.requests] == [False, False]


def test_a_proxy_of_the_environment_is_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the environment says of proxies changes nothing."""
    for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    with https_server(answer(200, "{}")) as server:
        assert call(server) == (200, {})


def test_the_address_that_was_looked_at_is_the_one_that_is_called() -> None:
    """A name that means another machine a moment later (DNS rebinding) gains nothing: it is looked up once."""
    looked: list[str] = []

    def rebinding(host: str, _port: int, _seconds: float) -> Sequence[str]:
        looked.append(host)
        return ["127.0.0.1"] if len(looked) == 1 else ["127.0.0.99"]

    with https_server(answer(200, "{}")) as server:
        answered = call(server, resolve=rebinding, patience=ONCE)

    assert (answered, looked) == ((200, {}), ["hooks.example"])


@pytest.mark.parametrize("name", ["localhost", "hooks.example", "metadata.internal"])
def test_a_host_that_is_inside_is_not_called(name: str) -> None:
    """Whatever a name means, this machine and its network are not reached; the server hears nothing."""
    with https_server(answer(200)) as server:
        calling = HttpsWebhooks(
            Signer(Keys("a", {"a": SECRET})), SetClock(), Https(at_home, trust=trust()), QUICK
        )
        with pytest.raises(TransientError, match="private_address"):
            calling.call("call-1", f"https://{name}:{server.port}/hook", PAYLOAD, "voucher")

    assert (server.requests, server.names) == ([], [])


def post(server: Server, resolve: Resolve = at_home, context: Callable[[], ssl.SSLContext] = trust) -> Answer:
    """Post once, without the webhooks around it."""
    return Https(resolve, lambda _: True, context()).post(server.url, b"{}", {}, 5.0)


def test_a_certificate_of_another_host_is_refused() -> None:
    """An address that answers is not enough: it must be the host's."""
    with (
        https_server(answer(200), name="elsewhere.example") as server,
        pytest.raises(Refused, match="no certificate to trust"),
    ):
        post(server)

    assert server.requests == []


def test_a_certificate_that_ran_out_is_refused() -> None:
    """Once good is not good."""
    with https_server(answer(200), days=-1) as server, pytest.raises(Refused, match="expired"):
        post(server)

    assert server.requests == []


def test_a_certificate_of_an_unknown_authority_is_refused() -> None:
    """What this machine does not trust, nobody here does."""
    with (
        https_server(answer(200)) as server,
        pytest.raises(Refused, match="bad_address"),
    ):
        post(server, context=ssl.create_default_context)

    assert server.requests == []


def test_an_unknown_host_is_a_bad_address() -> None:
    """A name that the DNS does not know will not become known by waiting."""

    def unknown(*_: object) -> Sequence[str]:
        raise socket.gaierror(socket.EAI_NONAME, "not known")

    with pytest.raises(Refused, match='there is no host "hooks.example"'):
        post(Server(443), unknown)


def test_a_resolver_in_trouble_is_worth_another_try() -> None:
    """A failure that passes says nothing of the name."""

    def failing(*_: object) -> Sequence[str]:
        raise socket.gaierror(socket.EAI_AGAIN, "try again")

    with pytest.raises(TransientError, match="could not be looked up"):
        post(Server(443), failing)
