"""Writes docs/faults.md from the tests of tests/faults: what each injects, where, how often, and what is seen.

python scripts/write_faults_page.py docs/faults.md
"""

from __future__ import annotations

import importlib
import inspect
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))
TEMPLATE = Path(__file__).with_name("faults.template.md")
LONG_RUN = Path(__file__).with_name("faults-long-run.txt")
FOLDER = ROOT / "tests" / "faults"


def modules() -> Iterator[ModuleType]:
    """Yield the modules of tests, in the order of their names; the one of random stories last."""
    for path in sorted(FOLDER.glob("test_*.py"), key=lambda path: ("chaos" in path.stem, path.stem)):
        yield importlib.import_module(f"tests.faults.{path.stem}")


def injecting(module: ModuleType) -> Iterator[Callable[..., Any]]:
    """Yield a module's own tests, in their order."""
    for name, test in vars(module).items():
        if name.startswith("test_") and callable(test) and test.__module__ == module.__name__:
            yield test


def cases(test: Any) -> int:
    """Return how many cases a test has."""
    number = 1
    for mark in getattr(test, "pytestmark", ()):
        if mark.name == "parametrize":
            number *= len(list(mark.args[1]))
    return number


def row(test: Any) -> str:
    """Return a test's row of the table."""
    what, where = test.injected
    seen = " ".join(inspect.cleandoc(test.__doc__).split())
    return f"| {what} | {where} | {cases(test)} | {seen} |"


def page() -> str:
    """Return the page."""
    from tests.faults.test_chaos import USUAL

    rows = [row(test) for module in modules() for test in injecting(module) if hasattr(test, "injected")]
    table = "\n".join(["| injected | where | cases | seen |", "|---|---|---|---|", *rows])
    text = TEMPLATE.read_text(encoding="utf-8").replace("@TABLE@", table)
    text = text.replace("@EXAMPLES@", str(USUAL))
    return text.replace("@LONG@", LONG_RUN.read_text(encoding="utf-8").strip())


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(page(), encoding="utf-8")
