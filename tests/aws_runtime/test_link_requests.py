from __future__ import annotations

import pytest

from sojourn.aws_runtime.links.requests import is_machine, request_of
from tests.support.link_requests import BROWSER, asked

READERS = (
    BROWSER,
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36",
    "Mozilla/5.0 (X11; Linux x86_64; rv:143.0) Gecko/20100101 Firefox/143.0",
    "Mozilla/5.0 (Linux; Android 14; CUBOT X90) AppleWebKit/537.36 Chrome/141.0.0.0 Mobile Safari/537.36",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148 Instagram 390.0",
)
MACHINES = (
    "",
    "Mozilla/5.0 (compatible; Googlebot/2.1; +http://search.example/bot.html)",
    "facebookexternalhit/1.1",
    "Mozilla/5.0 (Macintosh) AppleWebKit/601.2.4 (KHTML, like Gecko) facebookexternalhit/1.1 Facebot Twitterbot/1.0",
    "Slackbot-LinkExpanding 1.0",
    "WhatsApp/2.25.8 A",
    "TelegramBot (like TwitterBot)",
    "Mozilla/5.0 (Windows NT 6.1; WOW64) SkypeUriPreview Preview/0.5",
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 HeadlessChrome/141.0.0.0 Safari/537.36",
    "Microsoft Office/16.0 (Windows NT 10.0; Microsoft Outlook 16.0; Pro)",
    "python-requests/2.32.3",
    "curl/8.5.0",
    "Go-http-client/2.0",
    "Java/21.0.2",
)


@pytest.mark.parametrize("agent", READERS)
def test_a_readers_browser_is_none(agent: str) -> None:
    """Phones, computers, apps with a browser in them, and a brand whose name ends like a program's."""
    assert not is_machine("clicked", {"user-agent": agent})


@pytest.mark.parametrize("agent", MACHINES)
def test_a_program_that_says_so_is_one(agent: str) -> None:
    """Crawlers, previews of chats, libraries, and whoever does not say at all."""
    assert is_machine("clicked", {"user-agent": agent})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("sec-purpose", "prefetch;prerender"),
        ("purpose", "prefetch"),
        ("purpose", "preview"),
        ("x-purpose", "preview"),
        ("x-moz", "prefetch"),
    ],
)
def test_a_browser_ahead_of_its_reader_is_one(name: str, value: str) -> None:
    """Nobody has clicked yet."""
    assert is_machine("clicked", {"user-agent": BROWSER, name: value})


def test_a_picture_that_web_mail_fetches_is_looked_at() -> None:
    """By the address it is asked for at: the same program that follows a link is nobody's reader."""
    gmail = "Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)"

    machines = [request_of(asked("GET", path, user_agent=gmail)).machine for path in ("/o/abc.gif", "/c/abc")]

    assert machines == [False, True]


@pytest.mark.parametrize(
    ("forwarded", "machine"),
    [({"x_forwarded_for": "17.58.1.2, 198.51.100.7"}, True), ({"x_forwarded_for": "x"}, False), ({}, False)],
)
def test_who_a_proxy_asks_for_is_who_asks(forwarded: dict[str, str], machine: bool) -> None:
    """Behind an address of the operator's own, the first that is named."""
    assert request_of(asked("GET", "/o/abc.gif", **forwarded)).machine is machine


@pytest.mark.parametrize(
    ("path", "kind", "token"),
    [
        ("/u/abc", "u", "abc"),
        ("/letters/u/abc", "u", "abc"),
        ("/u/abc/", "abc", ""),
        ("/o/abc.gif", "o", "abc"),
        ("/o/abc", "o", "abc"),
        ("/u/abc.gif", "u", "abc.gif"),
        ("/u", "", "u"),
        ("", "", ""),
        ("//", "", ""),
    ],
)
def test_a_path_ends_with_the_kind_and_the_token(path: str, kind: str, token: str) -> None:
    """What stands before belongs to the address."""
    request = request_of(asked("get", path))

    assert (request.method, request.kind, request.token) == ("GET", kind, token)


def test_of_a_body_the_beginning_is_read() -> None:
    """Nothing that long is ours, and nobody makes us take it apart."""
    request = request_of(asked("POST", "/p/abc", "stop=all&" + "x=y&" * 1_000_000, encoded=True))

    assert request.form["stop"] == "all"


@pytest.mark.parametrize("body", ["%", "====", "ü", "a" * 4_097])
def test_a_body_that_is_no_base64_is_none(body: str) -> None:
    """It says it is encoded, and is not."""
    event = asked("POST", "/p/abc") | {"body": body, "isBase64Encoded": True}

    assert "stop" not in request_of(event).form
