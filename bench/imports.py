"""How long the command takes to be there: its imports, beside those of the libraries it cannot do without.

Each import happens in a fresh process and is timed inside it, so that starting Python is not counted. The two
are timed in turn, so that a busy machine slows both.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from statistics import median

from bench.figure import Figure, at_most, known

RUNS = 7
LIMIT = 1.3
COMMAND = "import sojourn.cli.main"
LIBRARIES = "import pydantic, yaml, whenever, cel_expr_python, liquid"
TIMED = "import time; start = time.perf_counter(); {}; print(time.perf_counter() - start)"


def seconds(statement: str) -> float:
    """Return how long *statement* takes in a fresh Python."""
    return timed(statement, dict(os.environ))


def timed(statement: str, environment: dict[str, str]) -> float:
    """Return how long *statement* takes in a fresh Python, whose bytecode is kept from one to the next.

    Where this one is told to keep none (`PYTHONDONTWRITEBYTECODE`), compiling would be counted every time.
    """
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    environment["PYTHONPYCACHEPREFIX"] = str(Path("build/bytecode").resolve())
    command = [sys.executable, "-c", TIMED.format(statement)]
    run = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)
    return float(run.stdout)


def measure() -> list[Figure]:
    """Time the command's imports against its libraries'."""
    for statement in (COMMAND, LIBRARIES):
        seconds(statement)  # the first run compiles and fills the file cache
    pairs = [(seconds(COMMAND), seconds(LIBRARIES)) for _ in range(RUNS)]
    command, libraries = (median(column) for column in zip(*pairs, strict=True))

    how = f"fresh process, median of {RUNS}"
    return [
        known("import of the command", command * 1000, "ms", how),
        at_most(
            "import of the command / its libraries",
            command / libraries,
            "×",
            LIMIT,
            f"{how}; libraries: {LIBRARIES.removeprefix('import ')}, {libraries * 1000:.0f} ms",
        ),
    ]
