"""Sends a message of channel `webhook`: one signed POST to the URL that the message says.

Nothing is repeated here but what certainly never arrived: whether a message may arrive twice is its author's
choice (`delivery`), and the use case keeps to it. A repetition has the same `webhook-id`, the send's id.
"""

from __future__ import annotations

import json

from sojourn.adapters.webhooks.exchange import Answer, Https, NoAnswer, NotReached
from sojourn.adapters.webhooks.signature import Signer
from sojourn.application.ports import Clock, Outgoing
from sojourn.errors import Refused, Throttled, UnknownOutcome

SECONDS = 8.0
"""How long one attempt may take."""
AGAIN = 60.0
"""In how many seconds a server is asked again that could not be reached, or was busy and did not say."""
LONGEST = 3_600.0
"""The longest pause that a server may ask for."""
_PAUSE = 0.5
_BUSY = frozenset((408, 425, 429, 503))
_REASONS = {401: "not_allowed", 403: "not_allowed", 404: "bad_address", 410: "bad_address", 413: "too_long"}


class Webhook:
    """The port `Sender`, for channel `webhook`."""

    def __init__(self, signer: Signer, clock: Clock, https: Https | None = None) -> None:
        self._signer = signer
        self._clock = clock
        self._https = https or Https()

    def send(self, outgoing: Outgoing) -> str:
        """Post the message; its id there is the send's own.

        Raises:
            Throttled: 408, 425, 429, 503, or nobody was reached.
            Refused: any other status that is no success and no server's error; a URL that may not be called.
            UnknownOutcome: no answer, or a server's error.
        """
        parts = outgoing.rendered.parts
        try:
            answer = self._posted(parts["url"], parts["body"], outgoing.send.id)
        except NotReached as error:
            raise Throttled(str(error), AGAIN) from error
        except NoAnswer as error:
            raise UnknownOutcome(str(error)) from error
        if 200 <= answer.status < 300:
            return outgoing.send.id
        raise self._outcome(answer)

    def _posted(self, url: str, body: str, send_id: str) -> Answer:
        try:
            return self._once(url, body, send_id)
        except NotReached:
            self._clock.pause(_PAUSE)
        return self._once(url, body, send_id)

    def _once(self, url: str, body: str, send_id: str) -> Answer:
        headers = {"Content-Type": _kind(body), **self._signer.headers(send_id, self._clock.now(), body)}
        return self._https.post(url, body.encode(), headers, SECONDS)

    def _outcome(self, answer: Answer) -> Exception:
        said = f"status {answer.status}"
        if answer.status in _BUSY:
            asked = answer.retry_after(self._clock.now())
            return Throttled(said, AGAIN if asked is None else min(max(1.0, asked), LONGEST))
        if answer.status >= 500:
            return UnknownOutcome(said)
        if 300 <= answer.status < 400:
            return Refused("rejected", f"{said}: redirects are not followed")
        return Refused(_REASONS.get(answer.status, "rejected"), said)


def _kind(body: str) -> str:
    """A body is JSON if it reads as such: a mapping in the message became text when it was rendered."""
    try:
        json.loads(body)
    except (ValueError, RecursionError):
        return "text/plain; charset=utf-8"
    return "application/json; charset=utf-8"
