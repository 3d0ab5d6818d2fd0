from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from queue import Queue
from typing import Any

import pytest

BOOTSTRAP = Path(__file__).parents[2] / "infra" / "local_cloud" / "bootstrap.py"
HANDLER = """

class SendHeld(Exception):
    pass

def lambda_handler(event, context):
    if event.get("held"):
        raise SendHeld("2026-11-22T08:00:00Z")
    return {"got": event, "request": context.aws_request_id, "name": context.function_name,
            "left": context.get_remaining_time_in_millis() > 0, "layer": __import__("layered").HERE}
"""


class Interface(ThreadingHTTPServer):
    """Lambda's runtime interface: hands out the events of a queue, and keeps what is answered."""

    daemon_threads = True

    def __init__(self, events: list[Any]) -> None:
        super().__init__(("127.0.0.1", 0), _Request)
        self.events = events
        self.answers: Queue[tuple[str, Any]] = Queue()

    @property
    def address(self) -> str:
        """Host and port."""
        return f"127.0.0.1:{self.server_address[1]}"


class _Request(BaseHTTPRequestHandler):
    server: Interface

    def do_GET(self) -> None:
        if not self.server.events:
            self.send_error(410)  # the environment is taken down
            return
        body = json.dumps(self.server.events.pop(0)).encode()
        self.send_response(200)
        self.send_header("Lambda-Runtime-Aws-Request-Id", "request-1")
        self.send_header("Lambda-Runtime-Deadline-Ms", str(2**42))
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.answers.put((self.path, json.loads(body)))
        self.send_response(202)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *said: Any) -> None:
        """Say nothing."""


@pytest.fixture
def task(tmp_path: Path) -> Path:
    """Give a function's folder, with a layer beside it."""
    (tmp_path / "task" / "functions").mkdir(parents=True)
    (tmp_path / "task" / "functions" / "handler.py").write_text(HANDLER)
    (tmp_path / "layer").mkdir()
    (tmp_path / "layer" / "layered.py").write_text("HERE = 'a layer'")
    return tmp_path / "task"


def answers(
    task: Path, events: list[Any], handler: str = "functions.handler.lambda_handler"
) -> Iterator[Any]:
    """Run the bootstrap until the interface goes away; yield what it answered."""
    with Interface(events) as interface:
        threading.Thread(target=interface.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        environment = {
            "AWS_LAMBDA_RUNTIME_API": interface.address, "AWS_LAMBDA_FUNCTION_NAME": "sojourn-dev-send",
            "LAMBDA_TASK_ROOT": str(task), "_HANDLER": handler,
            "SOJOURN_LAYERS": os.pathsep.join([str(task.parent / "layer")]),
        }  # fmt: skip
        subprocess.run(
            [sys.executable, "-IS", str(BOOTSTRAP)], env=environment, check=False, timeout=60,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        interface.shutdown()
        while not interface.answers.empty():
            yield interface.answers.get()


def test_a_handler_is_called_as_by_lambda(task: Path) -> None:
    """The handler gets the event and a context, finds its layers, and its answer is given for the request."""
    (path, answer), *others = answers(task, [{"customer": "ana"}])

    assert path == "/2018-06-01/runtime/invocation/request-1/response"
    assert answer == {
        "got": {"customer": "ana"}, "request": "request-1", "name": "sojourn-dev-send", "left": True,
        "layer": "a layer",
    }  # fmt: skip
    assert others == []


def test_what_is_raised_keeps_its_name(task: Path) -> None:
    """A state machine catches errors by their class, so the class is what is reported; the function goes on."""
    (path, told), (_, answer) = answers(task, [{"held": True}, {}])

    assert path == "/2018-06-01/runtime/invocation/request-1/error"
    assert (told["errorType"], told["errorMessage"]) == ("SendHeld", "2026-11-22T08:00:00Z")
    assert answer["got"] == {}


def test_a_handler_that_cannot_be_imported_is_reported(task: Path) -> None:
    """A function that does not start says so, and with which error."""
    ((path, told),) = answers(task, [{}], "functions.missing.lambda_handler")

    assert path == "/2018-06-01/runtime/init/error"
    assert told["errorType"] == "ModuleNotFoundError"
