"""The local interpreter and moto's agree on machines that neither was written for.

Left out of the comparison, because moto departs from AWS there: see `test_departures`.
"""

from __future__ import annotations

from typing import Any

from hypothesis import HealthCheck, given, settings

from tests.differential.asl.machines import DATA, machine
from tests.support.local_states import run
from tests.support.moto_states import Handler, MotoStates


@settings(
    max_examples=80,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
@given(definition=machine(), data=DATA)
def test_outcomes_are_the_same(
    moto: MotoStates, handlers: dict[str, Handler], definition: dict[str, Any], data: dict[str, Any]
) -> None:
    """Status, output and error of any small machine are the same on both interpreters."""
    theirs = moto.run(definition, data)

    ours = run(definition, data, handlers)

    assert (theirs.status, theirs.output, theirs.error) == (ours.status, ours.output, ours.error)
