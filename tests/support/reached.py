"""What an admin's deeds reach besides the table, as small fakes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from botocore.exceptions import ClientError

from sojourn.adapters.eventbridge.replays import Replays
from sojourn.adapters.links.stored import StoredSecret
from sojourn.aws_runtime.publishing.reach import Reach

Counted = Callable[[Callable[[], None]], None]


@dataclass
class Reached:
    """Executions, the bus and the secret; every call of them goes through *counted*.

    Args:
        stopped: the executions that were stopped.
        put: what was put on the bus.
        full: the ids of events that the bus does not take.
        text: what the secret holds; version: which one that is.
        slow: seconds that pass whenever somebody looks at the clock.
    """

    counted: Counted
    stopped: list[str] = field(default_factory=list)
    put: list[Mapping[str, Any]] = field(default_factory=list)
    full: set[str] = field(default_factory=set)
    text: str = "s" * 64
    version: str = "v" * 32
    versions: dict[str, str] = field(default_factory=dict)
    slow: float = 0.0
    _seconds: float = 0.0
    _numbers: Iterator[int] = field(default_factory=lambda: count(1))

    def reach(self) -> Reach:
        """Return it as the calls have it."""
        return Reach(self, Replays(self, "bus"), StoredSecret(self, "secret"), self._random, self._time)  # type: ignore[arg-type]

    def stop(self, journey: str, version: str, name: str, reason: str) -> None:
        """Stop an execution."""
        self.counted(lambda: self.stopped.append(name))

    def put_events(self, Entries: list[dict[str, Any]]) -> dict[str, Any]:  # noqa: N803 - AWS's word
        """Put an event on the bus."""
        (entry,) = Entries
        if any(f'"id":"{id_}"' in entry["Detail"] for id_ in self.full):
            return {"FailedEntryCount": 1, "Entries": [{"ErrorCode": "ThrottlingException"}]}
        self.counted(lambda: self.put.append(entry))
        return {"FailedEntryCount": 0, "Entries": [{"EventId": "1"}]}

    def get_secret_value(self, SecretId: str) -> dict[str, str]:  # noqa: N803 - AWS's word
        """Return what the secret holds."""
        return {"SecretString": self.text, "VersionId": self.version}

    def put_secret_value(self, SecretId: str, SecretString: str, ClientRequestToken: str) -> None:  # noqa: N803
        """Make a version of the secret; of one id there is one."""
        if self.versions.setdefault(ClientRequestToken, SecretString) != SecretString:
            error: Any = {"Error": {"Code": "ResourceExistsException", "Message": "exists"}}
            raise ClientError(error, "PutSecretValue")

        def put() -> None:
            self.text, self.version = SecretString, ClientRequestToken

        self.counted(put)

    def _random(self, many: int) -> bytes:
        return bytes([next(self._numbers)]) * many

    def _time(self) -> float:
        self._seconds += self.slow
        return self._seconds
