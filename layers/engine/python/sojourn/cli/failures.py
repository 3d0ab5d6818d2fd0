"""Where in its file the expectation stands that a failure of a scenario is about. It plays nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sojourn.local.expecting import said

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sojourn.domain.journey.model.scenario import Scenario


def places(scenario: Scenario, failures: Sequence[str]) -> list[int]:
    """Return the line of each failure; equal expectations are told apart by their order, as failures keep it."""
    left = list(_lines(scenario))
    found: list[int] = []
    for failure in failures:
        index = next((i for i, (start, _) in enumerate(left) if failure.startswith(start)), None)
        found.append(scenario.span.line if index is None else left.pop(index)[1])
    return found


def _lines(scenario: Scenario) -> Iterator[tuple[str, int]]:
    for also in scenario.also:
        yield f"at {also.at} ", also.span.line
    for expected in scenario.expect:
        yield f"expected {said(expected)}", expected.span.line
    for unwanted in scenario.never:
        yield f"never {said(unwanted)}", unwanted.span.line
