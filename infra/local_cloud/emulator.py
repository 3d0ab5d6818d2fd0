"""Starts and ends MiniStack, the embedded AWS, as a process of its own on loopback. It knows nothing of Sojourn.

Source: PyPI `ministack` 1.5.33 (MIT); what it does otherwise than AWS is listed in docs/embedded-aws.md.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any

LOOPBACK = "127.0.0.1"
REGION = "eu-central-1"
ACCOUNT = "000000000000"
CREDENTIALS = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}
"""The emulator's own root user: made up by it, and no key to anything else."""
ELSEWHERE = ("AWS_", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "SMTP_HOST")
"""Settings of whoever starts it that might lead functions, or the emulator's mails, to another place."""
_LEASH = Path(__file__).with_name("leash.py")
_RUN = "amended"
"""The module that the leash runs, from its own folder: MiniStack, with some things put right."""
READY = 60.0
"""Seconds that a start may take on a busy machine."""


@dataclass(frozen=True, slots=True)
class Emulator:
    """A running MiniStack.

    Args:
        folder: where it keeps its files and its log.
        wait_scale: real seconds for each second that a state machine waits.
    """

    port: int
    folder: Path
    wait_scale: float
    process: subprocess.Popen[bytes]

    @property
    def url(self) -> str:
        """Where every AWS service answers."""
        return f"http://{LOOPBACK}:{self.port}"

    @property
    def environment(self) -> dict[str, str]:
        """What points a process, its boto3 and its `cdk`, here and nowhere else."""
        return {
            **CREDENTIALS,
            "AWS_ENDPOINT_URL": self.url,
            "AWS_ENDPOINT_URL_S3": self.url,
            "AWS_REGION": REGION,
            "AWS_DEFAULT_REGION": REGION,
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        }

    @property
    def log(self) -> Path:
        """What it writes while it runs."""
        return self.folder / "ministack.log"

    def ask(self, path: str) -> Any:
        """Return the JSON answer to a GET of one of MiniStack's own pages, such as `/_ministack/ses/messages`."""
        connection = HTTPConnection(LOOPBACK, self.port, timeout=30)
        try:
            connection.request("GET", path)
            answer = connection.getresponse()
            text = answer.read()
            if answer.status != 200:
                raise RuntimeError(f"{path}: {answer.status} {text[:200]!r}")
            return json.loads(text)
        finally:
            connection.close()


@contextmanager
def emulator(
    folder: Path, *, wait_scale: float = 1.0, evaluate_policies: bool = True, settings: Mapping[str, str] | None = None
) -> Iterator[Emulator]:  # fmt: skip
    """Start MiniStack; end it, and every function process it started, with the block.

    Args:
        folder: for its files and its log.
        wait_scale: real seconds for each second of a Wait state or a retry interval.
        evaluate_policies: whether IAM policies are evaluated, as on AWS.
        settings: more environment variables; functions see them too.

    Raises:
        RuntimeError: it ended at once, or does not answer in time.
    """
    port = free_port()
    environment = kept_environment() | {
        "BIND_HOST": LOOPBACK, "GATEWAY_PORT": str(port), "MINISTACK_REGION": REGION, "MINISTACK_HOST": LOOPBACK,
        "SFN_WAIT_SCALE": repr(wait_scale), "AUTH": "true" if evaluate_policies else "false",
        "TMPDIR": str(folder), "AWS_ENDPOINT_URL": f"http://{LOOPBACK}:{port}", **CREDENTIALS,
        # Ports of their own that nobody needs here, and that a second emulator would find taken.
        "IOT_MTLS_ENABLED": "false", "SFTP_ENABLED": "false", **(settings or {}),
    }  # fmt: skip
    with (
        (folder / "ministack.log").open("wb") as log,
        subprocess.Popen(
            [sys.executable, str(_LEASH), _RUN],
            env=environment, cwd=folder, start_new_session=True, stdin=subprocess.PIPE, stdout=log, stderr=log,
        ) as process,
    ):  # fmt: skip
        try:
            running = Emulator(port, folder, wait_scale, process)
            _wait_until_ready(running)
            yield running
        finally:
            _end(process)


def kept_environment() -> dict[str, str]:
    """Return this process's environment without what might lead elsewhere."""
    return {name: value for name, value in os.environ.items() if not name.upper().startswith(ELSEWHERE)}


def free_port() -> int:
    """Return a port of loopback that nobody listens on."""
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        return int(probe.getsockname()[1])


def _wait_until_ready(running: Emulator) -> None:
    give_up = time.monotonic() + READY
    while True:
        with suppress(OSError, HTTPException, RuntimeError, ValueError):
            running.ask("/_ministack/health")
            return
        if running.process.poll() is not None or time.monotonic() > give_up:
            said = running.log.read_text(errors="replace")[-2000:]
            raise RuntimeError(f"MiniStack did not start (exit status {running.process.poll()}): {said}")
        time.sleep(0.05)


def _end(process: subprocess.Popen[bytes]) -> None:
    """End it and, should it not have ended its workers itself, everything in its session."""
    process.terminate()
    with suppress(subprocess.TimeoutExpired):
        process.wait(10)
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
