"""Lays a page's snippets over the base workspace, so that pages show only what matters."""

from __future__ import annotations

import re
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from sojourn.domain.journey.project import Project, read_project

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sojourn.domain.journey.rules.page import Snippet

BASE = Path(__file__).parent / "base_workspace"
JOURNEY = "abandoned-cart"
_KEY = re.compile(rb"^([a-z_]+):", re.MULTILINE)
_TOP = ("workspace.yaml", "segments.yaml", "simulation.yaml")


@cache
def base_files() -> dict[str, bytes]:
    """The base workspace by path."""
    return {str(p.relative_to(BASE)): p.read_bytes() for p in sorted(BASE.rglob("*")) if p.is_file()}


def path_of(snippet: Snippet) -> str:
    """Where a snippet's file lies: beside the journey of the base, unless its path says otherwise."""
    inner = snippet.path.split("/")[0] in ("journey.yaml", "migration.yaml", "messages", "scenarios")
    return f"{JOURNEY}/{snippet.path}" if inner and snippet.path not in _TOP else snippet.path


def overlaid(snippets: Iterable[Snippet]) -> dict[str, bytes]:
    """The base workspace with the snippets in it.

    What a journey, a workspace, a scenario or a message leaves out is taken from the base, below it, so that
    places stay.
    """
    files = dict(base_files())
    for snippet in snippets:
        path = path_of(snippet)
        if snippet.absent:
            del files[path]
            continue
        content = snippet.content
        completed = path.endswith(("/journey.yaml", "workspace.yaml")) or "/scenarios/" in path
        if completed or (path in files and path.endswith(".yaml") and "/messages/" in path):
            content = _completed(content, path)
        files[path] = content
    return files


def _completed(content: bytes, path: str) -> bytes:
    written = {match[1] for match in _KEY.finditer(content)}
    base = base_files().get(path) or base_files()[f"{JOURNEY}/journey.yaml"]
    starts = [match.start() for match in _KEY.finditer(base)] + [len(base)]
    for start, end in pairwise(starts):
        key = base[start:end].split(b":")[0]
        if key not in written:
            content += base[start:end]
    return content


def project_of(snippets: Iterable[Snippet]) -> Project:
    """Read the base workspace with the snippets in it."""
    return read_project(overlaid(snippets))
