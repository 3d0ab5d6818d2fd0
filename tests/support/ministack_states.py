"""A third interpreter of the Amazon States Language: MiniStack's, a process of its own on loopback.

`ministack` starts it (PyPI `ministack` 1.5.33, no Docker) for as long as its block lasts, creates two Lambda
functions, `step` and `send`, and answers them in this process: each is a `bootstrap` of a few lines, which speaks
Lambda's runtime interface, hands the payload to an HTTP server here and reports what that says. (A function on
MiniStack's own Python runtime cannot stand in: whatever it raises is reported as `Runtime.HandlerError`, and its worker
is killed.) Everything is real HTTP, and nothing is patched. It knows nothing of journeys.
"""

from __future__ import annotations

import io
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import zipfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from http.client import HTTPConnection, HTTPException
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

Handler = Callable[[Any], Any]

LOOPBACK = "127.0.0.1"
FUNCTIONS = ("step", "send")
WARM = 4
"""So many workers of each function are started beforehand: a start takes longer than a virtual hour."""

_BOOTSTRAP = """#!{python} -IS
import json, os
from http.client import HTTPConnection

def said(address, method, path, body=None):
    connection = HTTPConnection(address, timeout=None)
    connection.request(method, path, body)
    answer = connection.getresponse()
    text, there = answer.read(), answer.headers
    connection.close()
    if answer.status not in (200, 202):
        raise SystemExit(answer.status)
    return text, there

runtime, api = os.environ["AWS_LAMBDA_RUNTIME_API"], "/2018-06-01/runtime/invocation/"
while True:
    payload, about = said(runtime, "GET", api + "next")
    text, _ = said(os.environ["BRIDGE"], "POST", "/" + os.environ["AWS_LAMBDA_FUNCTION_NAME"], payload)
    outcome = json.loads(text)
    print(way := "error" if "errorType" in outcome else "response", flush=True)
    body = json.dumps(outcome if way == "error" else outcome["answer"])
    said(runtime, "POST", api + about["Lambda-Runtime-Aws-Request-Id"] + "/" + way, body)
"""
"""A Lambda runtime as AWS defines it: `next`, then `response` or `error`. It prints because MiniStack waits 50 ms for
something to log."""


class Bridge(ThreadingHTTPServer):
    """Where the Lambda functions bring their payloads.

    Args:
        handlers: by function name; looked up at every call.
    """

    daemon_threads = True
    request_queue_size = 64

    def __init__(self, handlers: dict[str, Handler]) -> None:
        super().__init__((LOOPBACK, 0), _Request)
        self.handlers = handlers

    @property
    def address(self) -> str:
        """Host and port."""
        return f"{LOOPBACK}:{self.server_address[1]}"

    def said(self, function: str, payload: Any) -> dict[str, Any]:
        """Return the answer of a handler, or the class and message of what it raised."""
        try:
            return {"answer": self.handlers[function](payload)}
        except Exception as error:  # noqa: BLE001 - a Lambda function reports whatever it raises
            return {"errorType": type(error).__name__, "errorMessage": str(error)}


class _Request(BaseHTTPRequestHandler):
    server: Bridge

    def do_POST(self) -> None:  # the name is the library's
        payload = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        body = json.dumps(self.server.said(self.path[1:], payload)).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *said: Any) -> None:
        """Say nothing."""


class Ministack:
    """MiniStack's Step Functions, and the handlers of its Lambda functions.

    Args:
        scale: real seconds for each second of a Wait or a retry interval; 0 leaves them out.
    """

    role = "arn:aws:iam::000000000000:role/made-up"

    def __init__(self, port: int, scale: float, handlers: dict[str, Handler]) -> None:
        self.scale = scale
        self.handlers = handlers
        self._address = f"{LOOPBACK}:{port}"
        settings = Config(
            retries={"total_max_attempts": 1}, max_pool_connections=20, inject_host_prefix=False
        )
        there: Any = {
            "endpoint_url": f"http://{self._address}",
            "region_name": "us-east-1",
            "config": settings,
        }
        self.states = boto3.client("stepfunctions", **there)
        self.functions = boto3.client("lambda", **there)
        self.arns: dict[str, str] = {}
        self._machines: dict[str, str] = {}
        self._lock = threading.Lock()

    def close(self) -> None:
        """Close the connections."""
        self.states.close()
        self.functions.close()

    def wait_until_ready(self, process: subprocess.Popen[bytes], seconds: float = 60.0) -> None:
        """Wait until it answers.

        Raises:
            RuntimeError: it ended, or does not answer in time.
        """
        give_up = time.monotonic() + seconds
        while not self._healthy():
            if process.poll() is not None or time.monotonic() > give_up:
                raise RuntimeError(f"MiniStack did not start; its exit status: {process.poll()}")
            time.sleep(0.05)

    def _healthy(self) -> bool:
        host, port = self._address.split(":")
        connection = HTTPConnection(host, int(port), timeout=5)
        try:
            connection.request("GET", "/_ministack/health")
            return connection.getresponse().status == 200
        except (OSError, HTTPException):
            return False
        finally:
            connection.close()

    def create_functions(self, bridge: str) -> None:
        """Create the Lambda functions and start their workers, so that none has to be started later."""
        archive = io.BytesIO()
        with zipfile.ZipFile(archive, "w") as code:
            bootstrap = zipfile.ZipInfo("bootstrap")
            bootstrap.external_attr = 0o755 << 16
            code.writestr(bootstrap, _BOOTSTRAP.replace("{python}", sys.executable))
        for name in FUNCTIONS:
            created = self.functions.create_function(
                FunctionName=name, Runtime="provided.al2023", Handler="none", Timeout=60,
                Role=self.role, Code={"ZipFile": archive.getvalue()},
                Environment={"Variables": {"BRIDGE": bridge}},
            )  # fmt: skip
            self.arns[name] = created["FunctionArn"]
            self._warm(name)

    def _warm(self, name: str) -> None:
        together = threading.Barrier(WARM)
        self.handlers[name] = lambda _: together.wait(60)
        with ThreadPoolExecutor(WARM) as pool:
            list(pool.map(lambda _: self.functions.invoke(FunctionName=name, Payload=b"{}"), range(WARM)))

    def machine(self, name: str, definition: str) -> str:
        """Create a state machine, once for every definition; return its ARN."""
        with self._lock:
            if definition not in self._machines:
                created = self.states.create_state_machine(
                    name=f"{name}-{len(self._machines)}", definition=definition, roleArn=self.role
                )
                self._machines[definition] = created["stateMachineArn"]
            return self._machines[definition]

    def start(self, machine: str, name: str, state: Any) -> str:
        """Start an execution; return its ARN."""
        started = self.states.start_execution(stateMachineArn=machine, name=name, input=json.dumps(state))
        return str(started["executionArn"])

    def stop(self, execution: str, error: str, cause: str) -> None:
        """Stop an execution; one that is over is left alone."""
        try:
            self.states.stop_execution(executionArn=execution, error=error, cause=cause)
        except ClientError as refused:
            if refused.response["Error"]["Code"] != "ValidationException":
                raise

    def describe(self, execution: str) -> dict[str, Any]:
        """Return what is known of an execution."""
        found: dict[str, Any] = self.states.describe_execution(executionArn=execution)
        return found

    def outcome(self, execution: str, seconds: float = 20.0) -> dict[str, Any]:
        """Wait until an execution has ended, and describe it.

        Raises:
            TimeoutError: where it has not, after so many seconds.
        """
        give_up = time.monotonic() + seconds
        while (found := self.describe(execution))["status"] == "RUNNING":
            if time.monotonic() > give_up:
                raise TimeoutError(f"{execution} still runs after {seconds} s")
            time.sleep(0.02)
        return found


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        return int(probe.getsockname()[1])


@contextmanager
def ministack(scale: float, folder: Path) -> Iterator[Ministack]:
    """Start MiniStack and its two functions; end it with the block.

    Args:
        folder: where it may keep its files, and its log.
    """
    port = _free_port()
    environment = os.environ | {
        "BIND_HOST": LOOPBACK, "GATEWAY_PORT": str(port), "SFN_WAIT_SCALE": repr(scale), "TMPDIR": str(folder),
    }  # fmt: skip
    handlers: dict[str, Handler] = {}
    with (
        Bridge(handlers) as bridge,
        (folder / "ministack.log").open("wb") as log,
        subprocess.Popen(
            [sys.executable, "-m", "ministack"], env=environment, cwd=folder, start_new_session=True,
            stdin=subprocess.DEVNULL, stdout=log, stderr=log,
        ) as process,
    ):  # fmt: skip
        server = threading.Thread(target=bridge.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        server.start()
        stack = Ministack(port, scale, handlers)
        try:
            stack.wait_until_ready(process)
            stack.create_functions(bridge.address)
            yield stack
        finally:
            stack.close()
            _end(process)
            bridge.shutdown()
            server.join()


def _end(process: subprocess.Popen[bytes]) -> None:
    """End MiniStack and, should it not have ended its workers itself, everything in its session."""
    process.terminate()
    with suppress(subprocess.TimeoutExpired):
        process.wait(10)
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
