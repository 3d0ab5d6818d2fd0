"""Runs the measures and prints their figures beside the budgets: `python -m bench [NAME ...]`.

Every module of this folder with a function `measure() -> list[Figure]` is a measure of that name. Figures are
also written to build/bench.json, after each measure, so that a long run that is stopped keeps what it has. A
figure over its budget does not fail the run: a busy machine is no defect. A measure that raises does.
"""

from __future__ import annotations

import argparse
import json
import os
import pkgutil
import platform
import sys
import time
import traceback
from dataclasses import asdict
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table

import bench

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from bench.figure import Figure

OUTPUT = Path("build/bench.json")


def measures() -> dict[str, Callable[[], Iterable[Figure]]]:
    """Return every measure by the name of its module."""
    names = sorted(found.name for found in pkgutil.iter_modules(bench.__path__) if found.name != "__main__")
    modules = {name: import_module(f"bench.{name}") for name in names}
    return {name: module.measure for name, module in modules.items() if hasattr(module, "measure")}


def write(figures: list[Figure]) -> None:
    """Write all *figures* with the machine they were taken on."""
    OUTPUT.parent.mkdir(exist_ok=True)
    answer = {
        "python": platform.python_version(),
        "machine": platform.machine(),
        "cores": os.cpu_count(),
        "figures": [asdict(figure) for figure in figures],
    }
    OUTPUT.write_text(json.dumps(answer, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def as_table(figures: list[Figure]) -> Table:
    """Lay the figures out for a person."""
    table = Table("what", "figure", "budget", "", "how", title="Sojourn, measured")
    table.columns[1].justify = table.columns[2].justify = "right"
    for figure in figures:
        value = f"{figure.value:,.0f}" if abs(figure.value) >= 1000 else f"{figure.value:,.3g}"
        table.add_row(figure.what, f"{value} {figure.unit}", figure.budget, figure.verdict, figure.how)
    return table


def main(arguments: list[str] | None = None) -> int:
    """Run the chosen measures, or all; return 1 where one raised."""
    every = measures()
    parser = argparse.ArgumentParser(prog="python -m bench", description="Measure what has a budget.")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"only these: {', '.join(every)}")
    chosen = parser.parse_args(arguments).names or list(every)
    if unknown := [name for name in chosen if name not in every]:
        parser.error(f"no measure is called {', '.join(unknown)}; there are: {', '.join(every)}")

    figures: list[Figure] = []
    broken = []
    for name in chosen:
        print(f"measuring {name} ...", file=sys.stderr, flush=True)
        started = time.perf_counter()
        try:
            figures += every[name]()
        except Exception:  # noqa: BLE001 - whatever it was, the other figures are still wanted
            traceback.print_exc()
            broken.append(name)
        print(f"measured {name} in {time.perf_counter() - started:.1f} s", file=sys.stderr, flush=True)
        write(figures)

    # A file gets the whole table, a terminal what fits.
    Console(width=None if sys.stdout.isatty() else 180).print(as_table(figures))
    print(f"also in {OUTPUT}" + (f"; these failed: {', '.join(broken)}" if broken else ""))
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
