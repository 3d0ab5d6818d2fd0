"""Makes AWS clients: one of each for a process, with time limits short enough to write down what came of a call.

By botocore and not boto3, which takes twice as long to import and would add nothing: the clients are the same. It
knows services by name, and nothing of what is done with them.
"""

from __future__ import annotations

from typing import Any

import botocore.session
from botocore.config import Config

from sojourn.aws_runtime.later import Later

CONFIGS: dict[str, dict[str, Any]] = {
    "dynamodb": {"connect_timeout": 1, "read_timeout": 3, "attempts": 4},
    "s3": {"connect_timeout": 3, "read_timeout": 20, "attempts": 5},
}
"""In seconds, and how often a call is made at most: a customer's row is waited for by a whole function."""
WAITED_FOR = {"connect_timeout": 1, "read_timeout": 2, "attempts": 2}
"""Of a call that somebody's browser waits for."""
_OTHERS = {"connect_timeout": 2, "read_timeout": 5, "attempts": 3}


class Clients:
    """The clients of one process."""

    def __init__(self) -> None:
        self._session = botocore.session.get_session()
        self._made: dict[str, Any] = {}

    def now(self, service: str) -> Any:
        """Return the client of a service, made while the function begins: for what every invocation calls."""
        if service not in self._made:
            self._made[service] = self._session.create_client(service, config=config(service))
        return self._made[service]

    def later(self, service: str) -> Any:
        """Return a client that is made when it is called first: for what few invocations call."""
        return Later(lambda: self.now(service))

    def soon(self, service: str) -> Any:
        """Return the client of a service, made while the function begins, that gives up while a person waits."""
        key = f"{service} soon"
        if key not in self._made:
            self._made[key] = self._session.create_client(service, config=_config(WAITED_FOR))
        return self._made[key]

    def to_send(self, service: str) -> Any:
        """Return a client for a provider of messages: it repeats nothing, as a message may arrive twice."""
        from sojourn.adapters.botocore_errors import send_config

        key = f"{service} to send"
        if key not in self._made:
            self._made[key] = self._session.create_client(service, config=send_config())
        return self._made[key]


def config(service: str) -> Config:
    """Return how a service is called: again where it did not answer or was busy, soon and a few times."""
    return _config(CONFIGS.get(service, _OTHERS))


def _config(limits: dict[str, Any]) -> Config:
    return Config(
        connect_timeout=limits["connect_timeout"],
        read_timeout=limits["read_timeout"],
        retries={"mode": "standard", "total_max_attempts": limits["attempts"]},
        tcp_keepalive=True,
    )
