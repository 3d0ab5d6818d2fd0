"""API Gateway in front of the control API, on loopback: what is signed comes through, as the call that it is.

A signature is worked out anew here, by the published steps ("Create a signed AWS API request", in the user guide of
IAM), so that a call that AWS would not take is not taken. What is let in is answered by the very code that the function
runs, over a `ControlRoom`.
"""

from __future__ import annotations

import hashlib
import hmac
import io
import json
import re
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

from sojourn.aws_runtime.publishing.routes import ROUTES
from tests.support.aws_table import REGION
from tests.support.control_room import ANA, ControlRoom, encoded

SECRETS = {"FOOBARKEY": "FOOBARSECRET", "testing": "testing"}
"""Access key -> secret: moto's, and those of the tests."""
_AUTHORIZATION = re.compile(
    r"AWS4-HMAC-SHA256 Credential=(?P<key>\w+)/(?P<scope>[\w/-]+), SignedHeaders=(?P<headers>[\w;-]+), "
    r"Signature=(?P<signature>[0-9a-f]{64})"
)
Answer = tuple[int, bytes]


@dataclass
class Gateway:
    """The gateway.

    Args:
        url: where it is.
        by: who calls, as IAM knows them by their key.
        allowed: the names of the routes that they may call; None for all.
        at_once: whether what a call puts on the queue is carried out before it is answered.
        before: done once before the next call reaches the function, as somebody else's deed.
        replaces: the files of the workspace that reaches the function, whatever was sent; None for what was sent.
        instead: answers that are given in place of the function's, one for each call, the first first.
        calls: the names of the routes that were called, with the bodies.
        headers: those of the last request, by names in small letters.
    """

    room: ControlRoom
    url: str = ""
    by: str = ANA
    allowed: frozenset[str] | None = None
    at_once: bool = True
    before: Callable[[], object] | None = None
    replaces: Mapping[str, str] | None = None
    instead: list[Answer] = field(default_factory=list)
    calls: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    headers: Mapping[str, str] = field(default_factory=dict)

    def answer(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> Answer:
        """Answer a request as API Gateway does."""
        self.headers = headers
        if not is_signed(method, path, headers, body):
            return _said(403, "Forbidden")
        if self.instead:
            return self.instead.pop(0)
        matching = ((key, _pattern(key).fullmatch(f"{method} {path}")) for key in ROUTES)
        key, found = next(((key, found) for key, found in matching if found), ("", None))
        if found is None:
            return _said(404, "Not Found")
        name = ROUTES[key]
        self.calls.append((name, json.loads(body)))
        if self.allowed is not None and name not in self.allowed:
            return _said(403, "Forbidden")
        if self.replaces is not None:
            body = json.dumps({**json.loads(body), "workspace": encoded(self.replaces)}).encode()
        context = {"http": {"method": method, "path": path}, "authorizer": {"iam": {"userArn": self.by}}}
        call = {
            "version": "2.0", "routeKey": key, "rawPath": path, "headers": dict(headers), "requestContext": context,
            "pathParameters": found.groupdict(), "isBase64Encoded": False, "body": body.decode(),
        }  # fmt: skip
        # Functions tell their figures on the standard output, where the command's answer goes here.
        with redirect_stdout(io.StringIO()):
            if self.before is not None:
                first, self.before = self.before, None
                first()
            answer = self.room.api(call)
            if self.at_once:
                self.room.work()
        return answer["statusCode"], answer["body"].encode()


def is_signed(method: str, path: str, headers: Mapping[str, str], body: bytes) -> bool:
    """Say whether a request was signed by one of the keys, for this service and region."""
    given = _AUTHORIZATION.fullmatch(headers.get("authorization", ""))
    if given is None or given["key"] not in SECRETS:
        return False
    named = given["headers"].split(";")
    lines = [f"{name}:{' '.join(headers.get(name, '').split())}\n" for name in named]
    canonical = "\n".join(
        [method, path, "", "".join(lines), given["headers"], hashlib.sha256(body).hexdigest()]
    )
    digest = hashlib.sha256(canonical.encode()).hexdigest()
    scope = given["scope"].split("/")
    to_sign = "\n".join(["AWS4-HMAC-SHA256", headers.get("x-amz-date", ""), given["scope"], digest])
    key = f"AWS4{SECRETS[given['key']]}".encode()
    for part in scope:
        key = hmac.digest(key, part.encode(), "sha256")
    signature = hmac.digest(key, to_sign.encode(), "sha256").hex()
    expected = [headers.get("x-amz-date", "")[:8], REGION, "execute-api", "aws4_request"]
    # What is not signed may be changed on its way.
    return scope == expected and {"host", "x-amz-date"} <= set(named) and signature == given["signature"]


@contextmanager
def control_gateway(room: ControlRoom) -> Iterator[Gateway]:
    """Give a gateway that answers while the block lasts."""
    gateway = Gateway(room)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            status, said = gateway.answer("POST", self.path, headers, body)
            self.send_response(status)
            self.send_header("Content-Length", str(len(said)))
            self.end_headers()
            self.wfile.write(said)

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name it has
            return

    server = HTTPServer(("127.0.0.1", 0), Handler)
    gateway.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield gateway
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _pattern(key: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", key))


def _said(status: int, message: str) -> Answer:
    return status, json.dumps({"message": message}).encode()
