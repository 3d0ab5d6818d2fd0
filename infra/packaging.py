"""What CDK uploads, as folders and files on this machine: functions, layers, state machines, the bundle.

Nothing is installed here and nothing needs Docker: `make layers` built what must be built. It knows no CDK, so that
tests can look into what would be uploaded.
"""

from __future__ import annotations

import hashlib
import shutil
import stat
import sys
from collections.abc import Iterable
from pathlib import Path

from infra.settings import ROOT, Settings, SettingsError

NOT_SHIPPED = ("cli", "emit", "local", "pinpoint")
"""Rooms of the package that no function imports."""
AUTHORING = "authoring"
"""The layer with what checking and compiling need besides: only for the function that does."""
LARGEST_MB = 80
"""What all layers may measure unpacked: Lambda allows 250 with the function, and a cold start pays for every file."""

_BOOTSTRAP = ROOT / "infra" / "local_cloud" / "bootstrap.py"


def dependencies(settings: Settings, layer: str = "dependencies") -> Path:
    """Return the folder of a built layer.

    Args:
        layer: `dependencies`, or `AUTHORING`.

    Raises:
        SettingsError: it is missing, was built from another lock, or for another platform.
    """
    platform = "local" if settings.local else "lambda"
    command = "make layers" + (" LAYER_PLATFORM=local" if settings.local else "")
    built = settings.layers / platform
    marker = built / "BUILT"
    if not marker.is_file():
        raise SettingsError(f"{_shown(built)} is missing: run `{command}`")
    said = marker.read_text(encoding="utf-8").split()
    if said[:1] != [platform]:
        raise SettingsError(f"{_shown(built)} was built for {said[0]}, not for {platform}: run `{command}`")
    if said[1:] != [lock_digest()]:
        raise SettingsError(f"{_shown(built)} was built from another lock: run `{command}`")
    return built / layer


def lock_digest() -> str:
    """Return what tells the locks of the built layers from earlier ones."""
    locks = (ROOT / "layers" / layer / "requirements.txt" for layer in ("dependencies", AUTHORING))
    return hashlib.sha256(b"".join(lock.read_bytes() for lock in locks)).hexdigest()


def engine(settings: Settings) -> Path:
    """Return the folder of the engine's layer, made anew: the package without what is not shipped."""
    target = settings.made / "layers" / "engine"
    package = ROOT / "layers" / "engine" / "python" / "sojourn"
    left_out = shutil.ignore_patterns("__pycache__")

    def ignore(folder: str, names: list[str]) -> set[str]:
        unwanted = set(left_out(folder, names))
        return unwanted | (set(NOT_SHIPPED) if Path(folder) == package else set())

    _fresh(target)
    shutil.copytree(package, target / "python" / "sojourn", ignore=ignore)
    return target


def function(settings: Settings, name: str) -> Path:
    """Return the folder of a function's code, made anew: nothing but `functions/<name>`.

    For the embedded AWS it holds the runtime's `bootstrap` besides, which starts with this Python.
    """
    target = settings.made / "functions" / name
    _fresh(target)
    source = ROOT / "functions"
    ignore = shutil.ignore_patterns("__pycache__", "*.md")
    shutil.copytree(source / name, target / "functions" / name, ignore=ignore)
    shutil.copy2(source / "__init__.py", target / "functions" / "__init__.py")
    if settings.local:
        bootstrap = target / "bootstrap"
        bootstrap.write_text(
            f"#!{sys.executable} -IS\n" + _BOOTSTRAP.read_text(encoding="utf-8"), encoding="utf-8"
        )
        bootstrap.chmod(stat.S_IRWXU | stat.S_IRGRP | stat.S_IXGRP | stat.S_IROTH | stat.S_IXOTH)
    return target


def written(settings: Settings, name: str, text: str) -> Path:
    """Write a file for CDK to upload; return where it is."""
    path = settings.made / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8", newline="")
    return path


def unpacked_mb(folders: Iterable[Path]) -> float:
    """Return how many megabytes the files below *folders* measure, as Lambda counts against its quota."""
    files = (path for folder in folders for path in folder.rglob("*"))
    return sum(path.stat().st_size for path in files if path.is_file()) / 1_000_000


def _fresh(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)


def _shown(path: Path) -> str:
    return str(path.relative_to(ROOT)) if path.is_relative_to(ROOT) else str(path)
