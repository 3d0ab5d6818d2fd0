"""The call that erases a customer.

The history cannot be edited, so it does not keep who was erased: it has marks of the ids that they had (see
`sojourn.adapters.dynamodb.customer_marks`). The entry is written together with what keeps everybody else from writing
the customer, so that neither is there without the other. What takes longer than a call may is gone on with by the next,
which belongs to the same deed, and which somebody else may make: then that is told as well. It knows no row.
"""

from __future__ import annotations

from sojourn.adapters.dynamodb.customer_marks import CustomerMarks
from sojourn.adapters.dynamodb.erased import Erased
from sojourn.adapters.dynamodb.erasing import Erasing
from sojourn.aws_runtime.api.http import Answer, answered
from sojourn.aws_runtime.publishing.backing import Backing
from sojourn.aws_runtime.publishing.calls import ControlCall, known
from sojourn.aws_runtime.publishing.reach import Reach

LONGEST_ID = 256
"""Characters, as of whatever comes in by the bus."""
SECONDS = 15.0
"""So long is worked on one call: API Gateway gives up after thirty, and the last rows may have to be waited for."""
MOST_MARKED = 8
"""So many ids of one person are marked: whoever was seen in a hundred browsers had a hundred."""


class Erasures:
    """The call."""

    def __init__(self, backing: Backing, reach: Reach) -> None:
        self._backing = backing
        self._reach = reach
        self._marks = CustomerMarks(backing.dynamodb, backing.table)

    def erase(self, call: ControlCall) -> Answer:
        """Stop a customer's runs and delete every row about them, and tell it; of nobody there is nothing to tell.

        Raises:
            Refusal: a field is wrong.
        """
        known(call, "customer", "reason")
        customer, reason = call.id("customer", LONGEST_ID), call.text("reason")
        until = self._reach.seconds() + SECONDS
        erasing = Erasing(
            self._backing.dynamodb, self._backing.table, self._reach.executions,
            has_time=lambda: self._reach.seconds() < until,
        )  # fmt: skip
        doomed = erasing.find(customer)
        if doomed is None:
            return _said(Erased(customer, {}))
        signed = self._backing.signed(call.by, reason)
        deed = doomed.deed or signed.id
        ids = dict.fromkeys((doomed.customer, *doomed.before, *doomed.others))
        self._backing.history.add(
            signed.at, signed.by, "erased", message=signed.message,
            details={"customers": self._marks.of(*list(ids)[:MOST_MARKED])},
            once=f"{deed}:erased:{call.by}", also=[erasing.beginning(doomed, deed)],
        )  # fmt: skip
        return _said(erasing.erase(doomed, deed))


def _said(erased: Erased) -> Answer:
    return answered(
        200,
        {
            "customer": erased.customer, "removed": dict(erased.removed), "stopped": list(erased.stopped),
            "others": list(erased.others), "outside": dict(erased.outside), "done": erased.finished,
        },
    )  # fmt: skip
