from __future__ import annotations

import ast
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from tests.house.tree import PACKAGE, PRODUCT, ROOT, python_files, syntax

if TYPE_CHECKING:
    from collections.abc import Iterator

# What makes a result depend on more than its arguments: time, ids, randomness and I/O come in from outside.
IMPURE_MODULES = {
    "os",
    "socket",
    "subprocess",
    "secrets",
    "tempfile",
    "threading",
    "urllib",
    "http",
    "asyncio",
}
IMPURE_CALLS = {
    "datetime.now",
    "datetime.utcnow",
    "datetime.today",
    "date.today",
    "time.time",
    "time.monotonic",
    "time.sleep",
    "random.random",
    "random.randint",
    "random.choice",
    "uuid.uuid4",
    "uuid4",
    "Instant.now",
    "ZonedDateTime.now",
    "SystemDateTime.now",
    "open",
    "input",
    "print",
}
PURE = python_files(PACKAGE / "domain", PACKAGE / "application")
PACKAGE_FILES = [path for path in python_files(*PRODUCT) if path.name == "__init__.py"]


def impurities(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Yield line and text of everything in a module that reaches outside its arguments."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [node.module or ""]
        else:
            if isinstance(node, ast.Call) and ast.unparse(node.func) in IMPURE_CALLS:
                yield node.lineno, ast.unparse(node.func) + "()"
            continue
        yield from ((node.lineno, name) for name in names if name.split(".")[0] in IMPURE_MODULES)


def only_names(node: ast.stmt) -> bool:
    """Say whether a statement only imports, documents or lists names."""
    if isinstance(node, ast.Assign):
        return [ast.unparse(target) for target in node.targets] == ["__all__"]
    documents = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    return documents or isinstance(node, ast.Import | ast.ImportFrom)


def test_arrows_point_down_only() -> None:
    """Every import contract in pyproject.toml holds."""
    linter = Path(sys.executable).with_name("lint-imports")

    run = subprocess.run(
        [linter, "--no-cache", "--no-logo"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | {"NO_COLOR": "1"},
    )

    assert run.returncode == 0, run.stdout.partition("Broken contracts")[2] or run.stdout + run.stderr


def test_domain_and_application_are_pure() -> None:
    """Domain and application ask no clock, dice, file or network: all of that comes in as arguments."""
    found = [f"{path}:{line}: {what}" for path in PURE for line, what in impurities(syntax(path))]

    assert found == []


def test_a_package_file_only_names_what_it_offers() -> None:
    """An `__init__.py` holds a docstring, imports and `__all__`: code there would run on any use of it."""
    code = [
        f"{path}: {ast.unparse(node)}"
        for path in PACKAGE_FILES
        for node in syntax(path).body
        if not only_names(node)
    ]

    assert code == []
