"""What the use cases ask of the table: calls against their budgets, and the request units AWS bills.

Calls are counted on moto, through the product's own adapter; units are worked out from the items by DynamoDB's
published rules, for one customer with a profile of ordinary size and two runs. What is published (journeys,
messages) is cached by every function, and counted for the first send of one only.
"""

from __future__ import annotations

from collections import Counter

from bench.figure import Figure, at_most, known
from tests.support.table_costs import USE_CASES, Cost, cost_of

BUDGETS = {
    "route: nothing is about it": 2,
    "route: delivered twice": 3,
    "route: enters two journeys": 2,
    "route: releases a wait": 2,
    "route: reaches the goal": 2,
    "step": 2,
    "step: changes a segment": 4,
    "send": 3,
    "send: at a rate": 4,
    "send: at a rate, first of a function": 7,
    "send: done before": 1,
    "wait: begins": 3,
    "close": 2,
}
"""Calls of the table that a use case may make where nobody overtakes it."""


def measure() -> list[Figure]:
    """Count every use case once: it is the same each time."""
    figures = []
    for use_case in USE_CASES:
        cost = cost_of(use_case)
        calls = len(cost.operations)
        figures += [
            at_most(f"table calls, {use_case}", calls, "calls", BUDGETS[use_case], _how(cost)),
            known(
                f"request units, {use_case}",
                cost.reads + cost.writes,
                "units",
                f"{cost.reads:g} read + {cost.writes:g} write",
            ),
        ]
    return figures


def _how(cost: Cost) -> str:
    names = Counter(operation.replace("_", " ") for operation in cost.operations)
    return ", ".join(f"{count} {name}" for name, count in names.items())
