"""What the house tests look at: the repository's files as git sees them, parsed once."""

from __future__ import annotations

import ast
import subprocess
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = Path("layers/engine/python/sojourn")
PRODUCT = (PACKAGE, Path("functions"), Path("infra"), Path("bench"), Path("scripts"))


@cache
def files() -> tuple[Path, ...]:
    """Return every file that is or would be committed, relative to the repository."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    paths = {Path(name) for name in listed.split("\0") if name}
    return tuple(sorted(path for path in paths if (ROOT / path).is_file()))


def python_files(*under: Path) -> list[Path]:
    """Return the Python files below any of the folders *under*, or all of them."""
    return [
        path
        for path in files()
        if path.suffix == ".py" and (not under or any(path.is_relative_to(folder) for folder in under))
    ]


@cache
def text(path: Path) -> str | None:
    """Return a file's text, None where it is not text."""
    try:
        return (ROOT / path).read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return None


@cache
def syntax(path: Path) -> ast.Module:
    """Return a Python file's syntax tree."""
    return ast.parse(text(path) or "", filename=str(path))
