"""Answers CloudFormation for a custom resource, whatever happens: a stack that hears nothing waits for an hour.

The function answers by itself, at the address in the request, so that no other function needs to be deployed for it.
It knows nothing of what the resource is.
"""

from __future__ import annotations

import json
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from typing import Any

PAUSES = (1.0, 2.0, 4.0, 8.0)
"""The pauses in seconds after which the answer is given again that did not get through."""
LONGEST_REASON = 800
SPARE = 15.0
"""So many seconds before the function's own end the stack is told that it took too long."""
_SECONDS = 5.0

Put = Callable[[str, bytes], None]


def put(url: str, body: bytes) -> None:
    """Put an answer where CloudFormation waits for it; the address is signed for a request without content type."""
    if not url.startswith(("https://", "http://")):
        raise ValueError("an answer goes to a web address")
    request = urllib.request.Request(url, data=body, method="PUT", headers={"Content-Type": ""})  # noqa: S310
    with urllib.request.urlopen(request, timeout=_SECONDS):  # noqa: S310 - looked at above
        return


class Answer:
    """The one answer to a request: whoever gives it first, the work or the time running out."""

    def __init__(
        self, request: Mapping[str, Any], physical_id: str, put: Put = put, pause: Callable[[float], None] = time.sleep
    ) -> None:  # fmt: skip
        self._request = request
        self._physical_id = physical_id
        self._put = put
        self._pause = pause
        self._given = threading.Lock()

    def give(self, status: str, reason: str = "") -> bool:
        """Answer `SUCCESS` or `FAILED`, unless that is done; say whether it got through."""
        if not self._given.acquire(blocking=False):
            return False
        body = {
            "Status": status,
            "Reason": reason[:LONGEST_REASON],
            "PhysicalResourceId": self._request.get("PhysicalResourceId") or self._physical_id,
            **{name: self._request[name] for name in ("StackId", "RequestId", "LogicalResourceId")},
        }
        for pause in (*PAUSES, None):
            try:
                self._put(self._request["ResponseURL"], json.dumps(body).encode())
            except (OSError, urllib.error.URLError):
                if pause is not None:
                    self._pause(pause)
            else:
                return True
        return False


def answered(
    request: Mapping[str, Any], answer: Answer, seconds_left: float, work: Callable[[Mapping[str, Any]], None]
) -> bool:
    """Do what a request asks for and answer it; return whether it was done and the stack knows.

    Args:
        seconds_left: until the function is ended from outside.
        work: does it; whatever it raises is the reason the stack is told.
    """
    watch = threading.Timer(
        max(seconds_left - SPARE, 0.1),
        lambda: answer.give("FAILED", "it took longer than the function may run"),
    )
    watch.daemon = True
    watch.start()
    try:
        work(request)
    except Exception as error:  # noqa: BLE001 - the stack must hear of it, and not wait for an hour
        answer.give("FAILED", f"{type(error).__name__}: {error}")
        return False
    finally:
        watch.cancel()
    return answer.give("SUCCESS")
