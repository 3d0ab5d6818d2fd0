"""Calls the control API of a deployment as whoever runs the command, and says in words what it refuses.

A call is signed (Signature Version 4, service `execute-api`), so that IAM decides by route who may do what, and the
deployment knows who it was. It knows no journey.
"""

from __future__ import annotations

import json
import os
import re
import time
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from sojourn.aws_runtime.publishing.routes import ADMINS, EDITORS, ROUTES
from sojourn.cli.deployment import NOT_ALLOWED, in_words, not_taken
from sojourn.cli.usage import UsageError
from sojourn.errors import SojournError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

SERVICE = "execute-api"
SECONDS = 35.0
"""For an answer: API Gateway gives up after half a minute."""
PAUSES = (1.0, 2.0, 4.0)
"""Seconds before a call is repeated that the gateway had no room for; it did nothing then."""
_BUSY = 429
_FORBIDDEN = 403
_TOO_LARGE = 413
_STALE = re.compile(r"expired|not yet current|security token|signature", re.IGNORECASE)
"""What a gateway says of credentials that are no good, or of a clock that is wrong."""
_ABOUT = re.compile(r"[A-Za-z0-9_-]{1,100}")
_WHAT = {"journey": "journey", "id": "operation", "source": "source"}
"""What a path names, by the name of the place."""
_PLACE = re.compile(r"\{(\w+)\}")
_ROUTE = {name: key for key, name in ROUTES.items()}


class CallRefused(SojournError):
    """The control API did not do what it was asked for; the message says why.

    Args:
        code: one word for programs.
        said: all of the answer.
    """

    def __init__(self, status: int, code: str, message: str, said: Mapping[str, Any]) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.said = said


class ControlClient:
    """The control API of one deployment.

    Args:
        stage: of the deployment.
        url: the output `ControlUrl`, without a slash at its end.
        credentials: of botocore, of whoever calls.
        pause: waits so many seconds.
    """

    def __init__(
        self, stage: str, url: str, region: str, credentials: Any, pause: Callable[[float], None] = time.sleep
    ) -> None:  # fmt: skip
        self._stage = stage
        self._url = url
        self._region = region
        self._credentials = credentials
        self._pause = pause

    def call(self, name: str, body: Mapping[str, Any], about: str = "") -> dict[str, Any]:
        """Call a route and return what it answers.

        Args:
            name: of the route, see `sojourn.aws_runtime.publishing.routes`.
            about: the journey, operation or source in its path.

        Raises:
            CallRefused: it was not done, and why.
            UsageError: AWS cannot be asked, or does not allow it.
        """
        method, _, path = _ROUTE[name].partition(" ")
        if place := _PLACE.search(path):
            if not _ABOUT.fullmatch(about):
                what = _WHAT[place[1]]
                raise CallRefused(404, f"no_{what}", f'there is no {what} "{about}"', {})
            path = _PLACE.sub(about, path)
        content = json.dumps(body, separators=(",", ":")).encode()
        with in_words():
            status, answered = self._sent(method, path, content)
            for pause in PAUSES:
                if status != _BUSY:
                    break
                self._pause(pause)
                status, answered = self._sent(method, path, content)
        said = _object(answered)
        if status < 300:
            return said
        raise self._refusal(name, status, said)

    def _sent(self, method: str, path: str, content: bytes) -> tuple[int, bytes]:
        # Imported here: whoever asks for help, or called wrongly, need not have it.
        from botocore.auth import SigV4Auth
        from botocore.awsrequest import AWSRequest
        from botocore.httpsession import URLLib3Session
        from botocore.utils import get_environ_proxies

        url = f"{self._url}{path}"
        headers = {"content-type": "application/json", "host": urlsplit(url).netloc}
        request = AWSRequest(method, url, headers=headers, data=content)
        SigV4Auth(self._credentials, SERVICE, self._region).add_auth(request)
        session = URLLib3Session(
            verify=os.environ.get("AWS_CA_BUNDLE") or True, proxies=get_environ_proxies(url), timeout=SECONDS
        )
        answer = session.send(request.prepare())
        return int(answer.status_code), bytes(answer.content)

    def _refusal(self, name: str, status: int, said: dict[str, Any]) -> Exception:
        """Return what is raised for an answer that is none of a deed."""
        message = " ".join(str(said.get("message") or said.get("Message") or "").split())
        if "error" in said and status != 401:
            return CallRefused(status, str(said["error"]), message, said)
        if status in (401, _FORBIDDEN):
            if status == 401 or _STALE.search(message):
                return not_taken(message or "no reason is given")
            role = "editor" if name in EDITORS else "admin" if name in ADMINS else "publisher"
            # What the gateway itself says of it is one word, Forbidden.
            return UsageError(
                f"you may not do this in {self._stage}: it takes the role {role}",
                f"whoever looks after the AWS account gives it: the managed policy sojourn-{self._stage}-{role}"
                " (docs/roles.md)",
                code=NOT_ALLOWED,
            )
        if status == _TOO_LARGE:
            return CallRefused(status, "too_large", message or "what was sent is too large", said)
        if status == _BUSY:
            return CallRefused(
                status, "busy", "too much is asked of the deployment just now: try again", said
            )
        words = f"the deployment answers {status}{f': {message}' if message else ''}"
        return CallRefused(
            status,
            "no_answer",
            f"{words}; look at `sojourn history` whether it was done, then try again",
            said,
        )


def _object(content: bytes) -> dict[str, Any]:
    """Return the JSON object in an answer; a gateway's page of text is an empty one."""
    try:
        said = json.loads(content)
    except ValueError:
        return {}
    return said if isinstance(said, dict) else {}
