"""The workspaces that measures run on: the samples, and one journey of ten steps and thirty days."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).parent.parent
SAMPLES = ROOT / "journeys"
TEN_STEPS = ROOT / "bench" / "onboarding"


def files_of(folder: Path) -> dict[str, bytes]:
    """Return the files of a workspace by their path in it."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
