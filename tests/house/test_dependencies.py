from __future__ import annotations

import ast
import json
import re
import sys
import tomllib
from importlib.metadata import packages_distributions

import pytest

from tests.house.tree import PACKAGE, ROOT, python_files, syntax

LOCKS = ["requirements/dev.txt", "layers/dependencies/requirements.txt", "layers/authoring/requirements.txt"]


def test_what_the_package_imports_is_declared() -> None:
    """A library that the package imports is a dependency of its own, not only one of a dependency's."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"]
    wanted = project["dependencies"] + extras["authoring"] + extras["cli"]
    declared = {same_name(re.split(r"[<>=\[ ]", requirement)[0]) for requirement in wanted}
    providers = packages_distributions()

    undeclared = {
        name
        for path in python_files(PACKAGE)
        for name in imported(syntax(path)) - sys.stdlib_module_names - {"sojourn"}
        if not declared & {same_name(provider) for provider in providers.get(name, [])}
    }

    assert undeclared == set()


def same_name(distribution: str) -> str:
    """Return the one form of a distribution's name (PEP 503)."""
    return re.sub(r"[-_.]+", "-", distribution).lower()


def imported(tree: ast.Module) -> set[str]:
    """Return the top-level name of everything a module imports, at its top or inside a function."""
    nodes = list(ast.walk(tree))
    plain = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    return {name.split(".")[0] for name in plain} | {
        (node.module or "").split(".")[0]
        for node in nodes
        if isinstance(node, ast.ImportFrom) and not node.level
    }


def test_the_node_lock_has_no_addresses() -> None:
    """package-lock.json names versions and hashes only."""
    lock = json.loads((ROOT / "package-lock.json").read_text(encoding="utf-8"))

    resolved = [name for name, entry in lock["packages"].items() if "://" in entry.get("resolved", "")]

    assert resolved == []


@pytest.mark.parametrize("name", LOCKS)
def test_a_python_lock_has_hashes_and_no_addresses(name: str) -> None:
    """Every package of a lock is pinned and hashed, and no line says where it comes from."""
    lock = (ROOT / name).read_text(encoding="utf-8")

    entries = re.split(r"\n(?=\S)", lock.strip())

    assert [entry for entry in entries if not re.match(r"\S+==\S+.*\n    --hash=sha256:", entry)] == []
    assert re.findall(r"://|--(?:extra-)?index|--find-links|--trusted-host", lock) == []


def test_the_layer_has_the_versions_the_tests_ran_with() -> None:
    """What is deployed is what was tested: both locks are parts of the development lock, and have nothing twice."""
    tested, deployed, authoring = (set(_pins(name)) for name in LOCKS)

    assert deployed | authoring < tested
    assert deployed & authoring == set()


def _pins(name: str) -> list[str]:
    """Return the `package==version` lines of a lock."""
    found: list[str] = re.findall(
        r"^([^\s#]+==[^\s;]+)", (ROOT / name).read_text(encoding="utf-8"), re.MULTILINE
    )
    return found
