from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from tests.house.tree import PACKAGE, python_files, syntax

if TYPE_CHECKING:
    from collections.abc import Iterator

Function = ast.FunctionDef | ast.AsyncFunctionDef

MODULES = [path for path in python_files(PACKAGE) if path.name != "__init__.py"]
# What makes a test able to fail, in the words the tests here use.
CHECKS = re.compile(r"\bassert\b|\braises\(|\bwarns\(|\bassert_\w+\(|\b(check|expect)_\w+\(|\bgolden\(")
LET_OFF = re.compile(r"mark\.(skip|xfail)|\bpytest\.(skip|xfail|importorskip)\(")
CASES = [
    (path, node)
    for path in python_files()
    if path.name.startswith("test_")
    for node in ast.walk(syntax(path))
    if isinstance(node, Function) and node.name.startswith("test_")
]


CLASSES = [node for path in MODULES for node in ast.walk(syntax(path)) if isinstance(node, ast.ClassDef)]


def undocumented(node: ast.Module | ast.ClassDef, prefix: str = "") -> Iterator[str]:
    """Yield the dotted name of every public class, function and method that has no docstring."""
    for child in node.body:
        if not isinstance(child, Function | ast.ClassDef) or child.name.startswith("_"):
            continue
        only_a_signature = any("overload" in ast.unparse(decorator) for decorator in child.decorator_list)
        spoken_for = isinstance(node, ast.ClassDef) and documented_above(node, child.name)
        if not (ast.get_docstring(child) or only_a_signature or spoken_for):
            yield prefix + child.name
        if isinstance(child, ast.ClassDef):
            yield from undocumented(child, f"{prefix}{child.name}.")


def documented_above(node: ast.ClassDef, method: str) -> bool:
    """Say whether a class of the package from which this one is made documents the method."""
    bases = {ast.unparse(base).split("[")[0].split(".")[-1] for base in node.bases}
    for above in CLASSES:
        if above.name in bases and above is not node:
            own = [child for child in above.body if isinstance(child, Function) and child.name == method]
            if any(map(ast.get_docstring, own)) or documented_above(above, method):
                return True
    return False


def test_every_module_says_why_it_exists() -> None:
    """A module's docstring says why the file exists and what it must not know."""
    silent = [str(path) for path in MODULES if not ast.get_docstring(syntax(path))]

    assert silent == []


def test_every_public_name_is_documented() -> None:
    """Every public class, function and method says what it does and why."""
    silent = [f"{path}: {name}" for path in MODULES for name in undocumented(syntax(path))]

    assert silent == []


def test_every_test_states_its_fact() -> None:
    """A test's docstring states the fact that it holds, so that a failure reads as a sentence."""
    silent = [f"{path}: {case.name}" for path, case in CASES if not ast.get_docstring(case)]

    assert silent == []


def test_every_test_can_fail() -> None:
    """A test that checks nothing is a defect."""
    idle = [f"{path}: {case.name}" for path, case in CASES if not CHECKS.search(ast.unparse(case))]

    assert idle == []


def test_no_test_is_let_off() -> None:
    """No test is skipped or expected to fail: what does not hold is mended or taken out."""
    let_off = [
        f"{path}: {case.name}"
        for path, case in CASES
        if LET_OFF.search("\n".join(map(ast.unparse, [*case.decorator_list, *case.body[1:]])))
    ]

    assert let_off == []
