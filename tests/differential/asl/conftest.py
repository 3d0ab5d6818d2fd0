"""One moto for all comparisons of a module: starting it takes seconds, an execution on it 30 milliseconds."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.support.moto_states import Handler, MotoStates, function_arn, moto_states


class OutOfStock(Exception):
    """What the `refuse` function raises."""


def _double(event: Any) -> Any:
    return {"doubled": event["n"] * 2 if isinstance(event, dict) and "n" in event else 0}


def _refuse(event: Any) -> Any:
    raise OutOfStock("nothing left")


def _third(event: Any) -> Any:
    if event["tried"] < 2:
        raise OutOfStock("not yet")
    return event["tried"]


FUNCTIONS: dict[str, Handler] = {
    function_arn("same"): lambda event: event,
    function_arn("double"): _double,
    function_arn("refuse"): _refuse,
    function_arn("third"): _third,
}


@pytest.fixture(scope="session")
def handlers() -> dict[str, Handler]:
    """Give the functions that both interpreters call."""
    return FUNCTIONS


# Not for the session: as long as it runs, moto answers every AWS call of every test.
@pytest.fixture(scope="module")
def moto(handlers: dict[str, Handler], fake_aws_account: None) -> Iterator[MotoStates]:
    """Give moto's interpreter, a second of which lasts a millisecond."""
    with moto_states(handlers, scale=0.001) as states:
        yield states
