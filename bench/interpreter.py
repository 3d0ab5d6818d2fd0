"""How fast the local interpreter goes through states that only compute, and how little a waiting execution takes.

The other interpreter of the comparison is the npm package aws-local-stepfunctions: the same definition and input,
the same machine, rounds that alternate, medians. One execution makes 10,000 transitions, because AWS ends one at
25,000 history events; both run ten of them a round. `npm ci` must have been run.
"""

from __future__ import annotations

import gc
import json
import statistics
import subprocess
import time
import tracemalloc
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bench.figure import Figure
from sojourn.local.clock import VirtualClock
from sojourn.local.states import Interpreter, Machine

ROUNDS = 5
EXECUTIONS = 10
LOOPS = 2_000
WAITING = 100_000
_HERE = Path(__file__).parent
_START = datetime(2026, 1, 1, tzinfo=UTC)

DEFINITION: dict[str, Any] = {
    "StartAt": "More",
    "States": {
        "More": {
            "Type": "Choice",
            "Choices": [{"Variable": "$.counter.value", "NumericLessThan": LOOPS, "Next": "Who"}],
            "Default": "Done",
        },
        "Who": {
            "Type": "Choice",
            "Choices": [
                {"Variable": "$.customer.plan", "StringEquals": "free", "Next": "Add"},
                {
                    "And": [
                        {"Variable": "$.customer.plan", "IsPresent": True},
                        {"Variable": "$.customer.plan", "StringEquals": "pro"},
                    ],
                    "Next": "Note",
                },
            ],
            "Default": "Done",
        },
        "Note": {"Type": "Pass", "Result": {"seen": True}, "ResultPath": "$.note", "Next": "Add"},
        "Add": {
            "Type": "Pass",
            "Parameters": {"value.$": "States.MathAdd($.counter.value, 1)"},
            "ResultPath": "$.counter",
            "Next": "On",
        },
        "On": {"Type": "Pass", "Next": "More"},
        "Done": {"Type": "Succeed"},
    },
}
INPUT = {"customer": {"id": "ana", "plan": "pro"}, "counter": {"value": 0}}


def _ours() -> tuple[float, int, Any]:
    """Return the seconds, transitions and last output of one round."""
    clock = VirtualClock(_START)
    interpreter = Interpreter(clock, {})
    machine = Machine.parse(DEFINITION)
    before = time.perf_counter()
    executions = [interpreter.start(machine, f"run-{number}", INPUT) for number in range(EXECUTIONS)]
    clock.run()
    seconds = time.perf_counter() - before
    return seconds, interpreter.transitions, executions[-1].output


def _bytes_per_waiting_execution() -> float:
    """Return what one execution takes that waits for thirty days, its own data not counted."""
    states = {"Wait": {"Type": "Wait", "Seconds": 30 * 86_400, "End": True}}
    machine = Machine.parse({"StartAt": "Wait", "States": states})
    clock = VirtualClock(_START)
    interpreter = Interpreter(clock, {})
    names = [f"run-{number}" for number in range(WAITING)]
    gc.collect()
    tracemalloc.start()
    for name in names:
        interpreter.start(machine, name, None)
    clock.run(until=_START)
    gc.collect()
    held, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return held / WAITING


def compare() -> dict[str, float]:
    """Return transitions per second of both interpreters, their ratio, and bytes per waiting execution.

    Raises:
        RuntimeError: where the two do not end with the same output: then they did not do the same work.
    """
    request = json.dumps({"definition": DEFINITION, "input": INPUT, "times": EXECUTIONS})
    ours, theirs = [], []
    with subprocess.Popen(
        ["node", str(_HERE / "npm_interpreter.mjs")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=_HERE.parent,
    ) as node:
        if node.stdin is None or node.stdout is None:
            raise RuntimeError("node has no pipes")
        # The first round of each warms up: compiled code there, caches here.
        for number in range(ROUNDS + 1):
            seconds, transitions, output = _ours()
            print(request, file=node.stdin, flush=True)
            answer = json.loads(node.stdout.readline())
            if answer["output"] != output:
                raise RuntimeError(f"the interpreters differ: {output} here, {answer['output']} there")
            if number:
                ours.append(transitions / seconds)
                theirs.append(transitions / answer["seconds"])
        node.stdin.close()
    mine, npm = statistics.median(ours), statistics.median(theirs)
    return {
        "transitions_per_second": round(mine),
        "npm_transitions_per_second": round(npm),
        "ratio": round(mine / npm, 2),
        "bytes_per_waiting_execution": round(_bytes_per_waiting_execution()),
    }


def measure() -> list[Figure]:
    """Return the figures with their budgets."""
    found = compare()
    ours, npm = found["transitions_per_second"], found["npm_transitions_per_second"]
    how = f"one machine of Pass and Choice, {EXECUTIONS} executions of {5 * LOOPS:,} transitions, median of {ROUNDS}"
    return [
        Figure("local interpreter", ours, "transitions/s", f"≥ {npm:,.0f}", ours >= npm, how),
        Figure(
            "npm aws-local-stepfunctions 3.0.0", npm, "transitions/s", "", None, f"{how}, rounds alternating"
        ),
        Figure(
            "one waiting execution, its data apart",
            found["bytes_per_waiting_execution"],
            "bytes",
            "≤ 2,048",
            found["bytes_per_waiting_execution"] <= 2048,
            f"{WAITING:,} executions in a Wait state, tracemalloc",
        ),
    ]


if __name__ == "__main__":
    for figure, number in compare().items():
        print(f"{figure:32} {number:>14,}")
