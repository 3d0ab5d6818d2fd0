"""Stands for the services that the embedded AWS lacks: answers them as AWS would, and remembers what it was asked.

A function finds it through boto3's own setting (`AWS_ENDPOINT_URL_<SERVICE>`), so that nothing of the function is
changed. It answers what a service answers to a message it takes, or the error that it was told to answer.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import unquote

from infra.local_cloud.emulator import LOOPBACK

SERVICES = {
    "AWS_ENDPOINT_URL_PINPOINT_SMS_VOICE_V2": "sms",
    "AWS_ENDPOINT_URL_SOCIALMESSAGING": "whatsapp",
    "AWS_ENDPOINT_URL_PINPOINT": "push",
}
"""The settings that lead here, and the path below which each service is answered."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One request: the service, its operation or path, and what came with it."""

    service: str
    operation: str
    request: Any


@dataclass(frozen=True, slots=True)
class Refusal:
    """An error as a service answers it; some say a reason besides its code."""

    status: int
    code: str
    reason: str = ""


@dataclass(slots=True)
class Recorder:
    """What was asked so far; each of `refuse` is answered once, instead of taking a message."""

    url: str
    asked: list[Asked] = field(default_factory=list)
    refuse: list[Refusal] = field(default_factory=list)

    @property
    def settings(self) -> dict[str, str]:
        """The environment variables that lead a function's clients here."""
        return {name: f"{self.url}/{path}" for name, path in SERVICES.items()}


@contextmanager
def recorder() -> Iterator[Recorder]:
    """Listen on loopback for as long as the block lasts."""
    with ThreadingHTTPServer((LOOPBACK, 0), _Request) as server:
        recorded = Recorder(f"http://{LOOPBACK}:{server.server_address[1]}")
        server.recorded = recorded  # type: ignore[attr-defined]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        try:
            yield recorded
        finally:
            server.shutdown()
            thread.join()


class _Request(BaseHTTPRequestHandler):
    """Answers the three protocols that are needed: JSON 1.0 (SMS) and REST-JSON (WhatsApp, push)."""

    def do_POST(self) -> None:  # the name is the library's
        recorded: Recorder = self.server.recorded  # type: ignore[attr-defined]
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        _, service, path = (self.path + "/").split("/", 2)
        operation = self.headers.get("X-Amz-Target", "").rpartition(".")[2] or unquote(path.strip("/"))
        request = json.loads(body) if body else {}
        recorded.asked.append(Asked(service, operation, request))
        if recorded.refuse:
            refusal = recorded.refuse.pop(0)
            said = {"__type": refusal.code, "message": "as told", "Reason": refusal.reason}
            self._answer(refusal.status, said, {"x-amzn-ErrorType": refusal.code})
            return
        number = len(recorded.asked)
        answer = {
            "sms": {"MessageId": f"recorded-{number}"},
            "whatsapp": {"messageId": f"recorded-{number}"},
            "push": {"ApplicationId": "recorded", "RequestId": f"recorded-{number}", "Result": _delivered(request)},
        }.get(service)  # fmt: skip
        if answer is None:
            self._answer(404, {"__type": "UnknownOperationException"}, {})
        else:
            self._answer(200, answer, {})

    def _answer(self, status: int, answer: Any, headers: dict[str, str]) -> None:
        body = json.dumps(answer).encode()
        self.send_response(status)
        for name, value in {"Content-Type": "application/x-amz-json-1.0", **headers}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *said: Any) -> None:
        """Say nothing."""


def _delivered(request: Any) -> dict[str, Any]:
    return {
        address: {"DeliveryStatus": "SUCCESSFUL", "StatusCode": 200, "MessageId": "recorded"}
        for address in request.get("Addresses", {})
    }
