"""Calls other systems for a journey's `call`: signed, repeated for a moment where that helps, answered in JSON.

A repetition has the same `webhook-id`, so that the receiver can tell. Where and how the request goes is the
business of `exchange` and `addresses`; what an answer means to the run, that of the use case.
"""

from __future__ import annotations

import json
import random
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sojourn.adapters.webhooks.exchange import Answer, Https, NoAnswer, NotReached
from sojourn.adapters.webhooks.signature import Signer
from sojourn.application.ports import Clock
from sojourn.errors import Refused, TransientError

MAX_DEPTH = 20
"""How deep the lists and objects of an answer may be nested."""
_JSON = "application/json; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a call may take, in seconds: the whole must fit into a function's own time limit.

    Args:
        first_pause: before the second attempt, give or take a half; it doubles from there.
    """

    attempts: int = 3
    each: float = 5.0
    total: float = 12.0
    first_pause: float = 0.4


class HttpsWebhooks:
    """The port `Webhooks`, over HTTPS.

    Args:
        dice: spreads the repetitions of many runs.
    """

    def __init__(
        self,
        signer: Signer,
        clock: Clock,
        https: Https | None = None,
        patience: Patience = Patience(),
        dice: random.Random | None = None,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._signer = signer
        self._clock = clock
        self._https = https or Https()
        self._patience = patience
        self._dice = dice or random.Random()
        self._monotonic = monotonic

    def call(self, call_id: str, url: str, payload: Mapping[str, Any], step: str) -> tuple[int, Any]:
        """Post *payload* and return the status and the JSON answer; None where the answer is no JSON.

        Raises:
            TransientError: no answer; or the URL may not be called; or the answer says it is JSON, with a status
                from 200 to 299, and cannot be read.
        """
        body = json.dumps(payload, separators=(",", ":"))
        try:
            answer = self._asked(call_id, url, body)
        except Refused as error:
            raise TransientError(str(error)) from error
        return answer.status, _content(answer)

    def _asked(self, call_id: str, url: str, body: str) -> Answer:
        patience, until = self._patience, self._monotonic() + self._patience.total
        for attempt in range(1, patience.attempts + 1):
            answer, failure = self._attempt(call_id, url, body, min(patience.each, until - self._monotonic()))
            if answer is not None and answer.status != 429 and answer.status < 500:
                return answer
            pause = patience.first_pause * 2 ** (attempt - 1) * self._dice.uniform(0.5, 1.5)
            if answer is not None:
                pause = max(pause, answer.retry_after(self._clock.now()) or 0.0)
            if attempt == patience.attempts or self._monotonic() + pause >= until:
                return _last(answer, failure)
            self._clock.pause(pause)
        raise AssertionError

    def _attempt(
        self, call_id: str, url: str, body: str, seconds: float
    ) -> tuple[Answer | None, TransientError | None]:
        headers = {"Content-Type": _JSON, **self._signer.headers(call_id, self._clock.now(), body)}
        try:
            return self._https.post(url, body.encode(), headers, seconds), None
        except (NotReached, NoAnswer) as error:
            return None, error


def _last(answer: Answer | None, failure: TransientError | None) -> Answer:
    if answer is not None:
        return answer
    assert failure is not None
    raise failure


def _content(answer: Answer) -> Any:
    """Return the answer's JSON; whoever claims to send some must send some that a run can keep."""
    kind = answer.headers.get("content-type", "").partition(";")[0].strip().lower()
    claims = kind == "application/json" or kind.endswith("+json")
    fault, value = answer.fault, None
    if not fault and answer.body.strip():
        value, fault = _read(answer.body)
    if fault and claims and 200 <= answer.status < 300:
        raise TransientError(f"status {answer.status}, but of the answer: {fault}")
    return None if fault else value


def _read(body: bytes) -> tuple[Any, str]:
    try:
        value = json.loads(body)
        # NaN, an infinite number, half a character: JSON for Python alone, not for what keeps a run's state.
        json.dumps(value, ensure_ascii=False, allow_nan=False).encode()
    except (ValueError, RecursionError) as error:
        return None, f"it is no JSON: {str(error)[:100]}"
    if _too_deep(value):
        return None, f"it is nested more than {MAX_DEPTH} deep"
    return value, ""


def _too_deep(value: Any) -> bool:
    level = [value]
    for _ in range(MAX_DEPTH + 1):
        nested = [
            one.values() if isinstance(one, dict) else one for one in level if isinstance(one, (dict, list))
        ]
        if not nested:
            return False
        level = [item for each in nested for item in each]
    return True
