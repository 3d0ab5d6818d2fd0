"""Task tokens: what a waiting task hands out, and what its answer must name.

A token can be told from any other text, and one that was given out from one that was not, without remembering
those that are over: it is a running number and a checksum over it.
"""

from __future__ import annotations

import re
from zlib import crc32

from sojourn.local.states.errors import InvalidToken, TaskDoesNotExist, TaskTimedOut
from sojourn.local.states.runs import Frame

_FORM = re.compile(r"task-([0-9a-f]{12})-([0-9a-f]{8})")


class Tokens:
    """The tokens of one interpreter.

    Args:
        seed: makes the tokens of one interpreter unknown to another.
    """

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._issued = 0
        self._waiting: dict[str, Frame] = {}

    def issue(self, frame: Frame) -> str:
        """Return a new token that stands for the frame's task."""
        self._issued += 1
        token = self._written(self._issued)
        self._waiting[token] = frame
        return token

    def close(self, token: str) -> None:
        """Make the token one that is over."""
        self._waiting.pop(token, None)

    def find(self, token: str) -> Frame:
        """Return the frame that waits for the token's answer.

        Raises:
            InvalidToken: where it is no token at all.
            TaskDoesNotExist: where it was never given out.
            TaskTimedOut: where its task is over.
        """
        frame = self._waiting.get(token)
        if frame is not None:
            return frame
        form = _FORM.fullmatch(token)
        if form is None:
            raise InvalidToken(f"Invalid Token: {token!r}")
        number = int(form[1], 16)
        if not 0 < number <= self._issued or token != self._written(number):
            raise TaskDoesNotExist(f"Task does not exist: {token!r}")
        raise TaskTimedOut(f"Task Timed Out: the task of {token!r} is over")

    def _written(self, number: int) -> str:
        return f"task-{number:012x}-{crc32(f'{self._seed}/{number}'.encode()):08x}"
