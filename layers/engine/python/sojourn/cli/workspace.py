"""Finds a workspace from what somebody typed, and reads its files into memory. It knows no journey.

Whatever lies in a folder, reading it ends: links out of it are not followed, what is no file is not opened, and
there are limits on how much is looked at.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from sojourn.cli.usage import UsageError, did_you_mean
from sojourn.domain.journey.own_files import WORKSPACE, is_ours, is_text, passed_over
from sojourn.domain.journey.yaml_text import MAX_BYTES

DEFAULT = "journeys"
MAX_ENTRIES = 200_000
MAX_TOTAL = 1_000_000_000


@dataclass(frozen=True, slots=True)
class Place:
    """A workspace's folder, and which part of it somebody asked about.

    Args:
        folder: where it is.
        shown: the folder as somebody would type it from where they are, with `/`.
        only: the part asked about, as paths are shown; empty for all of it.
        is_file: that part is one file.
    """

    folder: Path
    shown: str
    only: str = ""
    is_file: bool = False

    def covers(self, path: str) -> bool:
        """Say whether a shown path belongs to the part asked about."""
        return not self.only or path == self.only or path.startswith(f"{self.only}/")

    def is_within(self, folder: str) -> bool:
        """Say whether the part asked about is a folder, as it is shown, or lies in it."""
        return self.only == folder or self.only.startswith(f"{folder}/")

    @property
    def asked(self) -> str:
        """What was asked about, as somebody would type it."""
        return self.only or self.shown


def locate(asked: str | None, here: Path) -> Place:
    """Find the workspace that *asked* is, or is a part of; without it `journeys`, else the workspace *here* is in.

    Args:
        here: the current folder, absolute.

    Raises:
        UsageError: there is none.
    """
    if asked is None:
        if not (here / DEFAULT).is_dir() and (root := _root_above(here)):
            return _place(root, here, here, absolute=False)
        asked = DEFAULT
        if not (here / DEFAULT).is_dir():
            raise UsageError(
                f"there is no folder {DEFAULT} here, and no {WORKSPACE}",
                f"name the folder of your workspace, or make one: sojourn new {DEFAULT}",
            )
    path = Path(os.path.abspath(here / asked))  # noqa: PTH100 - `..` goes back the way that was typed, through links
    absolute = os.path.isabs(asked)  # noqa: PTH117 - of the text as it was typed
    try:
        exists, is_folder = path.exists(), path.is_dir()
    except (OSError, ValueError):
        exists, is_folder = False, False
    if not exists:
        raise _missing(asked, path)
    start = path if is_folder else path.parent
    if root := _root_above(start):
        return _place(root, path, here, absolute)
    if is_folder and (path / DEFAULT / WORKSPACE).is_file():
        return _place(path / DEFAULT, path / DEFAULT, here, absolute)
    if is_folder and any(path.glob("*/journey.yaml")):
        return _place(path, path, here, absolute)
    raise UsageError(
        f"{asked} is no workspace: there is no {WORKSPACE} in {'it' if is_folder else 'its folder'} or above it",
        "`sojourn new DIR` makes a workspace to begin with",
    )


def _root_above(folder: Path) -> Path | None:
    return next((at for at in (folder, *folder.parents) if (at / WORKSPACE).is_file()), None)


def _place(root: Path, path: Path, here: Path, absolute: bool) -> Place:
    shown = os.path.relpath(root, here)
    if absolute and shown.startswith(".."):
        shown = str(root)
    only = "" if path == root else str(PurePosixPath(shown) / path.relative_to(root).as_posix())
    return Place(root, PurePosixPath(shown).as_posix(), only, path.is_file())


def _missing(asked: str, path: Path) -> UsageError:
    inside = _root_above(path.parent) is not None
    near = did_you_mean(path.name, _that_may_be_meant(path.parent, inside=inside), "{}")
    hint = f"did you mean {PurePosixPath(asked).with_name(near)}?" if near and path.name else ""
    if hint or path.suffix or inside:
        return UsageError(f"there is no {asked}", hint)
    journey = "" if "/" in asked else f", or of a journey in one: WORKSPACE/{asked}"
    return UsageError(
        f"there is no {asked}", f"the folder of a workspace is meant{journey}",
        f"`sojourn new {asked}` makes a workspace there",
    )  # fmt: skip


def _that_may_be_meant(folder: Path, *, inside: bool) -> list[str]:
    """Return the names in a folder that somebody may have meant: all in a workspace, elsewhere only workspaces."""
    try:
        return sorted(
            entry.name
            for entry in os.scandir(folder)
            if inside or Path(entry, WORKSPACE).is_file() or Path(entry, DEFAULT, WORKSPACE).is_file()
        )
    except OSError:
        return []


def read_files(place: Place) -> tuple[dict[str, bytes], tuple[str, ...]]:
    """Read a workspace's files.

    Returns:
        Content by shown path, of an overlong file only so much that it is seen to be too long; and remarks about
        what was passed over although it looks as if it belonged there.

    Raises:
        UsageError: something cannot be read, or there is far more than a workspace has.
    """
    return _Walk(place).read()


class _Walk:
    """One pass through a folder."""

    def __init__(self, place: Place) -> None:
        self.place = place
        self.base = PurePosixPath(place.shown)
        self.real = os.path.realpath(place.folder)
        self.files: dict[str, bytes] = {}
        self.remarks: list[str] = []
        self.entries = 0
        self.total = 0

    def read(self) -> tuple[dict[str, bytes], tuple[str, ...]]:
        folders = [PurePosixPath()]
        while folders:
            at = folders.pop()
            try:
                with os.scandir(self.place.folder / at) as found:
                    entries = sorted(found, key=lambda entry: entry.name)
            except FileNotFoundError:
                continue
            except OSError as error:
                raise self.unreadable(at, error) from error
            self.entries += len(entries)
            self.bound()
            folders.extend(inner for entry in entries if (inner := self.look(at, entry)) is not None)
        return self.files, tuple(sorted(self.remarks))

    def look(self, at: PurePosixPath, entry: os.DirEntry[str]) -> PurePosixPath | None:
        """Read an entry that is a file of ours; return it where it is a folder to look into."""
        name = entry.name
        if passed_over(name):
            return None
        ours = is_ours(name)
        path = at / name
        if not is_text(name):
            self.remark(path, "its name is not UTF-8 text")
            return None
        try:
            if entry.is_symlink():
                self.look_at_link(path, entry, ours)
                return None
            if entry.is_dir():
                return path
            if ours and entry.is_file():
                self.take(path)
            elif ours:
                self.remark(path, "it is no file")
        except FileNotFoundError:
            return None
        except OSError as error:
            raise self.unreadable(path, error) from error
        return None

    def look_at_link(self, path: PurePosixPath, entry: os.DirEntry[str], ours: bool) -> None:
        inside = os.path.realpath(entry.path).startswith(self.real + os.sep)
        if entry.is_dir():
            self.remark(path, "it is a link to a folder")
        elif ours and not inside:
            self.remark(path, "it is a link out of the workspace")
        elif ours and entry.is_file():
            self.take(path)
        elif ours:
            self.remark(path, "it is a link to nothing")

    def take(self, path: PurePosixPath) -> None:
        with (self.place.folder / path).open("rb") as file:
            content = file.read(MAX_BYTES + 1)
        self.total += len(content)
        self.bound()
        self.files[str(self.base / path)] = content

    def bound(self) -> None:
        if self.entries > MAX_ENTRIES or self.total > MAX_TOTAL:
            raise UsageError(
                f"{self.place.shown} holds far more than a workspace: over {MAX_ENTRIES:,} files or "
                f"{MAX_TOTAL // 1_000_000_000} GB",
                "name the folder with workspace.yaml, and keep other data elsewhere",
            )

    def remark(self, path: PurePosixPath, why: str) -> None:
        self.remarks.append(f"{self.base / path} is not read: {why}")

    def unreadable(self, path: PurePosixPath, error: OSError) -> UsageError:
        return UsageError(
            f"{self.base / path} cannot be read: {(error.strerror or str(error)).lower()}",
            "see who may read it: ls -l",
        )
