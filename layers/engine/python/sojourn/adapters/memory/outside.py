"""The world outside, in memory: providers that take every message, a bus that remembers, webhooks that answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sojourn.application.ports import NO_PAGE, Page
from sojourn.errors import Refused, Throttled, TransientError, UnknownOutcome

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from sojourn.application.ports import Outbound, Outgoing
    from sojourn.domain.customer.rows import Send


class MemorySender:
    """A provider that hands every message to *taken*, or does what `fault` says: throttled, rejected, unknown."""

    def __init__(self, taken: Callable[[Outgoing], None]) -> None:
        self._taken = taken
        self.fault = ""

    def send(self, outgoing: Outgoing) -> str:
        """Take a message; return an id."""
        if self.fault == "throttled":
            raise Throttled("throttled", 60.0)
        if self.fault == "rejected":
            raise Refused("rejected", "the provider rejects it")
        self._taken(outgoing)
        if self.fault == "unknown":
            raise UnknownOutcome("no answer")
        return f"memory-{outgoing.send.id}"


class Unpaced:
    """Room for every message at once: nothing is sent for real."""

    def take(self, channel: str) -> float:
        """Say that there is room."""
        return 0.0


class MemoryBus:
    """Hands every event to *put_on*."""

    def __init__(self, put_on: Callable[[Outbound], None]) -> None:
        self._put_on = put_on

    def put(self, event: Outbound) -> None:
        """Put an event on the bus."""
        self._put_on(event)


class MemoryWebhooks:
    """Answers calls by step: (status, JSON); 200 and an empty object where nothing else was said."""

    def __init__(self, answers: Mapping[str, tuple[int, Any]] | None = None) -> None:
        self.answers = dict(answers or {})

    def call(self, call_id: str, url: str, payload: Mapping[str, Any], step: str) -> tuple[int, Any]:
        """Return the status and the JSON answer; status 0 stands for no answer at all."""
        status, answer = self.answers.get(step, (200, {}))
        if status == 0:
            raise TransientError(f"{url} did not answer")
        return status, answer


class MemoryLinks:
    """Links that lead nowhere but can be read back: tests and traces know what they stood for."""

    def tracked(self, send: Send, url: str) -> str:
        """Return a link to *url* that names its send."""
        return f"{url}{'&' if '?' in url else '?'}sj={send.id}"

    def unsubscribe(self, send: Send, page: Page = NO_PAGE) -> str:
        """Return the link that ends this kind of message."""
        return f"https://links.example/unsubscribe/{send.id}"

    def preferences(self, send: Send, page: Page = NO_PAGE) -> str:
        """Return the link to the customer's preferences."""
        return f"https://links.example/preferences/{send.id}"

    def opened(self, send: Send) -> str:
        """Return the address of the picture that tells us the message was opened."""
        return f"https://links.example/opened/{send.id}.gif"
