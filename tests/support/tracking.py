"""The tracking API as callers meet it: calls in payload format 2.0, and a server on loopback that makes them.

What API Gateway does between a client and the function is done here as it does it: names of headers in small letters,
and in base64 whatever body is binary: not called a text or JSON, or packed. Source: "Working with AWS Lambda proxy
integrations for HTTP APIs", API Gateway developer guide, which leaves open which bodies count as binary.
"""

from __future__ import annotations

import json
import threading
from base64 import b64encode
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

from sojourn.application.sources import Source
from sojourn.aws_runtime.incoming.intake import Inbound
from sojourn.aws_runtime.tracking.api import Track
from tests.support.engine_room import SetClock

NOON = datetime(2026, 3, 6, 12, tzinfo=UTC)
KEY = "k" * 43
"""The write key of a source that may tell of events and nothing else."""
MERGING_KEY = "m" * 43
"""One that may do everything."""
SOURCES = {
    KEY: Source("web", frozenset(("events",)), NOON),
    MERGING_KEY: Source("crm", frozenset(("events", "merge", "consents", "contacts", "tasks")), NOON),
}
Handler = Callable[[dict[str, Any]], Mapping[str, Any]]


class Room:
    """What answers calls, the events it put in, and a clock that stands."""

    def __init__(self) -> None:
        self.told: list[Inbound] = []
        self.calls = 0
        self.fault: Exception | None = None
        self.clock = SetClock(NOON)
        self.track = Track(SOURCES.get, self, self.clock)

    def put(self, told: Sequence[Inbound]) -> None:
        self.calls += 1
        if self.fault:
            raise self.fault
        self.told += told

    def call(self, path: str, said: Any, key: str | None = KEY, **headers: str) -> tuple[int, Any]:
        """Say something as JSON; return the status and what was answered."""
        body = said if isinstance(said, bytes) else json.dumps(said).encode()
        answer = self.track(called("POST", path, body, key, **headers))
        return answer["statusCode"], json.loads(answer["body"])

    def one(self, path: str, said: Any, key: str = KEY) -> Inbound:
        """Say one thing, which is taken in; return the event that it became."""
        assert self.call(path, said, key) == (200, {"success": True})
        return self.told[-1]


def basic(key: str) -> str:
    """Return the header that a client sends with its write key."""
    return "Basic " + b64encode(f"{key}:".encode()).decode()


def called(
    method: str, path: str, body: bytes = b"", key: str | None = None, **headers: str
) -> dict[str, Any]:
    """Return the event of a call.

    Args:
        headers: `content_type="…"`; JSON unless another is given.
    """
    said = {"content-type": "application/json", **({"authorization": basic(key)} if key is not None else {})}
    said |= {name.replace("_", "-"): value for name, value in headers.items()}
    return proxied(method, path, said, body)


def proxied(method: str, url: str, headers: Mapping[str, str], body: bytes) -> dict[str, Any]:
    """Return the event that API Gateway hands a function."""
    parts = urlsplit(url)
    kind = headers.get("content-type", "").partition(";")[0].strip().lower()
    texts = ("application/json", "application/xml", "application/javascript")
    is_text = (kind.startswith("text/") or kind in texts) and "content-encoding" not in headers
    event: dict[str, Any] = {
        "version": "2.0", "routeKey": "$default", "rawPath": parts.path, "rawQueryString": parts.query,
        "headers": {"host": "abc.execute-api.eu-central-1.amazonaws.com", **headers},
        "requestContext": {
            "accountId": "anonymous", "apiId": "abc", "requestId": "request-1", "stage": "$default",
            "http": {"method": method, "path": parts.path, "protocol": "HTTP/1.1", "sourceIp": "192.0.2.7",
                     "userAgent": headers.get("user-agent", "")},
        },
        "isBase64Encoded": bool(body) and not is_text,
    }  # fmt: skip
    if body:
        event["body"] = body.decode("utf-8", "replace") if is_text else b64encode(body).decode()
    return event


@contextmanager
def serving(handler: Handler) -> Iterator[str]:
    """Serve a function's answers on loopback; give the address."""

    class Gateway(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            headers = {name.lower(): value for name, value in self.headers.items()}
            answer = handler(json.loads(json.dumps(proxied(self.command, self.path, headers, body))))
            said = answer["body"].encode()
            self.send_response(answer["statusCode"])
            for name, value in answer["headers"].items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(said)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(said)

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name it has
            return

    for method in ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "QUERY"):
        setattr(Gateway, f"do_{method}", Gateway.answer)
    server = ThreadingHTTPServer(("127.0.0.1", 0), Gateway)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
