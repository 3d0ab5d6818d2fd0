"""What each use case may ask of the table: calls exactly, request units for a customer of ordinary size."""

from __future__ import annotations

import pytest

from bench.table_calls import BUDGETS, measure
from tests.support.table_costs import USE_CASES, Cost, cost_of

READ, WRITE = "query", "transact_write_items"
COSTS = {
    "route: nothing is about it": Cost((READ, WRITE), 1, 6),
    # What the first delivery may have left undone is looked at once more.
    "route: delivered twice": Cost((READ, WRITE, READ), 2, 4),
    # A run that begins, or ends, is written to the index of active runs too.
    "route: enters two journeys": Cost((READ, WRITE), 1, 16),
    "route: releases a wait": Cost((READ, WRITE), 1, 14),
    "route: reaches the goal": Cost((READ, WRITE), 1, 16),
    "step": Cost((READ, WRITE), 1, 6),
    "step: changes a segment": Cost((READ, WRITE, READ, WRITE), 2, 12),
    # The claim, and what came of it.
    "send": Cost((READ, WRITE, WRITE), 1, 14),
    # Besides, a token of the channel's rate.
    "send: at a rate": Cost((READ, "update_item", WRITE, WRITE), 1, 15),
    # And the registry's head, the message, and what time it is at the table.
    "send: at a rate, first of a function": Cost(
        (READ, "get_item", "get_item", "get_item", "update_item", WRITE, WRITE), 3, 15
    ),
    "send: done before": Cost((READ,), 1, 0),
    # The customer, and what came since the run entered.
    "wait: begins": Cost((READ, READ, WRITE), 2, 8),
    "close": Cost((READ, WRITE), 1, 8),
}


def test_every_use_case_has_a_cost_and_a_budget() -> None:
    """A use case that is added to the list is given both."""
    assert list(COSTS) == list(USE_CASES) == list(BUDGETS)


@pytest.mark.parametrize("use_case", COSTS)
def test_what_a_use_case_costs(use_case: str) -> None:
    """A call or a unit more is a decision, not an accident: every customer pays it at every step."""
    assert cost_of(use_case) == COSTS[use_case]


def test_the_measure_holds_its_budgets() -> None:
    """The table that `python -m bench table_calls` prints has calls and units of each use case, all within budget."""
    figures = measure()

    assert len(figures) == 2 * len(USE_CASES)
    assert {figure.verdict for figure in figures} == {"ok", ""}
