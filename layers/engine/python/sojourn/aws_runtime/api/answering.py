"""What every door that is open to the world does alike: answers what cannot be answered, says it, and counts it.

It knows no path and no use case.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sojourn.aws_runtime.api.http import Answer, BadCall, HttpCall, call_of
from sojourn.aws_runtime.observability import count, log_raised

_CHALLENGE = {"www-authenticate": 'Basic realm="sojourn", charset="UTF-8"'}


@dataclass(frozen=True, slots=True)
class Door:
    """How a function answers HTTP calls, whoever calls and whatever for.

    Args:
        refused, failed: the metrics that count calls that cannot be used, by code, and those that should come again.
        again_after: seconds after which a call may come again that could not be answered.
        again: a sentence that asks for it.
    """

    refused: str
    failed: str
    again_after: int
    again: str

    def answer(self, event: Mapping[str, Any], work: Callable[[HttpCall], Answer]) -> Answer:
        """Answer the call in an event as *work* does; never raises."""
        try:
            return work(call_of(event))
        except BadCall as wrong:
            count(self.refused, code=wrong.code)
            return wrong.answer()
        except Exception as error:  # noqa: BLE001 - a program comes again, an operator gets the log and an alarm
            log_raised(error)
            count(self.failed)
            headers = {"retry-after": str(self.again_after)}
            return BadCall(503, "try_again", self.again, headers).answer()


def nobody(*, challenge: bool) -> BadCall:
    """Return the error for a write key that is nobody's.

    Args:
        challenge: whether HTTP's own question goes with it: a browser would put it to the visitor of a web site.
    """
    said = "there is no such write key: send it as the user name of basic authentication"
    return BadCall(401, "unknown_key", said, _CHALLENGE if challenge else {})


def lacks(right: str, where: str = "") -> BadCall:
    """Return the error for a write key that has not a right to what a call says.

    Args:
        where: the place of it, to be named before: "" or `batch[3].event: `.
    """
    return BadCall(403, "no_right", f'{where}this key lacks the right "{right}"')
