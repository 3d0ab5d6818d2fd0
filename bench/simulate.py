"""How long `simulate` takes and how much memory, and how both grow with the number of customers.

Everybody enters a journey of ten steps and thirty days on the first day, and 31 days are simulated, so that every
run is carried to its end. Each size runs in a fresh process, so that its peak of memory is its own; the peaks of the
workers are added to it as if they came at one instant.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
from dataclasses import asdict, dataclass
from pathlib import Path

from bench.figure import Figure, at_most, known
from bench.workspaces import TEN_STEPS, files_of
from sojourn.domain.journey.project import read_project
from sojourn.local.simulation import simulate

SIZES = (1_000, 10_000, 100_000)
DAYS = 31
PROCESSES = 2
SECONDS, GIGABYTES = 60.0, 1.5


@dataclass(frozen=True, slots=True)
class Run:
    """One simulation: seconds by the clock and of the processors, and bytes at the peak."""

    seconds: float
    processor: float
    peak: int


def run(customers: int) -> Run:
    """Simulate in this process and its workers."""
    processes = 1 if customers <= SIZES[0] else PROCESSES
    result = simulate(read_project(files_of(TEN_STEPS)), customers, DAYS, seed=1, processes=processes)
    mine, workers = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    spent = sum(usage.ru_utime + usage.ru_stime for usage in (mine, workers))
    kilobytes = own_peak() + (processes * workers.ru_maxrss if processes > 1 else 0)
    return Run(result.seconds, spent, kilobytes * 1024)


def own_peak() -> int:
    """Return this process's peak of memory in KiB.

    What `getrusage` says of a fresh process begins with the peak of whoever started it (Linux keeps it through exec),
    and that is the bench, which may have measured a thousand journeys before.
    """
    try:
        lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM:"))


def fresh(customers: int) -> Run:
    """Simulate in a process of its own."""
    command = [sys.executable, "-m", "bench.simulate", str(customers)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return Run(**json.loads(done.stdout))


def measure() -> list[Figure]:
    """Simulate each number of customers once."""
    figures: list[Figure] = []
    runs = {customers: fresh(customers) for customers in SIZES}
    for customers, one in runs.items():
        what = f"simulate, {customers:,} customers through a 10-step, 30-day journey"
        each = one.processor / customers * 1000
        how = (
            f"{DAYS} virtual days, {PROCESSES if customers > SIZES[0] else 1} processes, once, start-up included; "
            f"{one.processor:.1f} s of processor time, {each:.2f} ms a customer"
        )
        gigabytes = one.peak / 1e9
        if customers == SIZES[-1]:
            figures += [
                at_most(what, one.seconds, "s", SECONDS, how),
                at_most(
                    f"{what}: peak memory",
                    gigabytes,
                    "GB",
                    GIGABYTES,
                    "this process and its workers, peaks added",
                ),
            ]
        else:
            figures += [
                known(what, one.seconds, "s", how),
                known(f"{what}: peak memory", gigabytes, "GB", "as below"),
            ]
    less, more = runs[SIZES[-2]], runs[SIZES[-1]]
    how = f"{SIZES[-1]:,} customers against {SIZES[-2]:,}"
    return [
        *figures,
        known(
            "simulate, growth of time over ten times the customers", more.processor / less.processor, "×", how
        ),
        known("simulate, growth of memory over ten times the customers", more.peak / less.peak, "×", how),
    ]


if __name__ == "__main__":
    print(json.dumps(asdict(run(int(sys.argv[1])))))
