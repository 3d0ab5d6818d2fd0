"""Which files of a folder are a workspace's: what reads a folder and what reads an archive must agree on it."""

from __future__ import annotations

from pathlib import PurePosixPath

WORKSPACE = "workspace.yaml"
KINDS = frozenset((".yaml", ".yml", ".mjml", ".html", ".htm", ".txt"))
"""The files that a workspace is made of; anything else beside them is none of our business."""
NOT_OURS = frozenset(("node_modules", "__pycache__"))
"""Folders that are not looked into."""


def passed_over(name: str) -> bool:
    """Say whether a file or folder of this name is not looked at."""
    return name.startswith(".") or name in NOT_OURS


def is_ours(name: str) -> bool:
    """Say whether a file of this name belongs to a workspace."""
    return PurePosixPath(name).suffix.lower() in KINDS


def is_text(name: str) -> bool:
    """Say whether a name is text that people can read."""
    return name.isprintable() and not any("\ud800" <= letter <= "\udfff" for letter in name)
