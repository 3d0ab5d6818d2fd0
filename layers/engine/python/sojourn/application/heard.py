"""What providers said to one invocation, and the rows of sends of which nobody else will write what came.

It holds however often the customer has to be read again: nobody is asked twice because somebody else wrote meanwhile.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from sojourn.application.attempting import attempt
from sojourn.application.claiming import taken, without, without_address
from sojourn.domain.customer.rows import Change, changed
from sojourn.domain.decide.feedback import went_out
from sojourn.errors import Refused, UnknownOutcome

if TYPE_CHECKING:
    from sojourn.application.ports import Engine
    from sojourn.domain.customer.rows import CustomerFile


class Heard(dict[str, "str | Exception"]):
    """What providers said to this invocation, by send: it holds, however often the customer has to be read again.

    Args:
        by: what this invocation's claims are known by.

    Attributes:
        repeated: the sends that may have been out before this invocation asked: whatever it hears, they may still be.
    """

    def __init__(self, by: str) -> None:
        super().__init__()
        self.by = by
        self.repeated: set[str] = set()


def note(engine: Engine, customer: str, heard: Heard) -> None:
    """Write down what providers said to sends of which nobody else will: nothing more is told of it.

    The run ended, or another invocation answered this task, while the provider was asked.
    """
    for send_id, answer in list(heard.items()):
        if not isinstance(answer, UnknownOutcome):
            repeated = send_id in heard.repeated
            attempt(engine, customer, partial(_noted, engine, send_id, answer, repeated), heard)
            del heard[send_id]


def _noted(engine: Engine, send_id: str, answer: str | Exception, repeated: bool, file: CustomerFile) -> None:
    send = engine.customers.send(file.profile.id, send_id, file.profile.merging)
    if send is None:
        return
    change = Change(send=send)
    if isinstance(answer, str):
        change.send = taken(send, answer)
        change.profile = went_out(file.profile, send, engine.clock.now())
    elif send.status == "claimed" and not repeated:
        change.send = changed(send, status="failed")
        change.recent = without(send, file.recent)
    if isinstance(answer, Refused) and answer.gone:
        change.profile = without_address(file.profile, send, answer, engine.clock.now())
    engine.customers.commit(file, change)
