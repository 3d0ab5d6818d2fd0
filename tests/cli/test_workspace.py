from __future__ import annotations

import os
from pathlib import Path

import pytest

from sojourn.cli import workspace
from sojourn.cli.usage import UsageError
from sojourn.cli.workspace import Place, locate, read_files
from sojourn.domain.journey.yaml_text import MAX_BYTES
from tests.cli.conftest import Sojourn


@pytest.fixture
def folder(here: Path) -> Path:
    """A current folder with the bones of a workspace in `journeys`."""
    (here / "journeys" / "welcome" / "scenarios").mkdir(parents=True)
    (here / "journeys" / "workspace.yaml").write_bytes(b"workspace: shop\n")
    (here / "journeys" / "welcome" / "journey.yaml").write_bytes(b"journey: welcome\n")
    (here / "journeys" / "welcome" / "scenarios" / "a.yaml").write_bytes(b"scenario: a\n")
    return here


@pytest.mark.parametrize(
    ("typed", "shown", "only"),
    [
        (None, "journeys", ""),
        ("journeys", "journeys", ""),
        ("./journeys/", "journeys", ""),
        (".", "journeys", ""),
        ("journeys/welcome", "journeys", "journeys/welcome"),
        ("journeys/welcome/scenarios/a.yaml", "journeys", "journeys/welcome/scenarios/a.yaml"),
        ("journeys/welcome/..", "journeys", ""),
    ],
)
def test_a_path_means_a_workspace_or_a_part_of_it(
    folder: Path, typed: str | None, shown: str, only: str
) -> None:
    """Whatever is typed, the workspace around it is found and the part is remembered, as it would be typed."""
    place = locate(typed, folder)

    assert (place.folder, place.shown, place.only) == (folder / "journeys", shown, only)


@pytest.mark.parametrize(
    ("inside", "typed", "shown", "only"),
    [
        ("journeys", None, ".", ""),
        ("journeys", "welcome", ".", "welcome"),
        ("journeys/welcome", None, "..", "../welcome"),
        ("journeys/welcome", "journey.yaml", "..", "../welcome/journey.yaml"),
        ("journeys/welcome/scenarios", "a.yaml", "../..", "../../welcome/scenarios/a.yaml"),
    ],
)
def test_paths_are_shown_from_where_one_is(
    folder: Path, inside: str, typed: str | None, shown: str, only: str
) -> None:
    """Inside a workspace no path is needed, and what is shown can be typed there."""
    place = locate(typed, folder / inside)

    assert (place.folder, place.shown, place.only) == (folder / "journeys", shown, only)


def test_a_full_path_elsewhere_is_shown_in_full(folder: Path) -> None:
    """A workspace that is not below the current folder and was typed with its full path is shown so."""
    place = locate(str(folder / "journeys" / "welcome"), folder.parent / "other")

    assert place.shown == str(folder / "journeys")
    assert place.only == str(folder / "journeys" / "welcome")


def test_journeys_without_a_workspace_file_are_read_all_the_same(folder: Path) -> None:
    """That workspace.yaml is missing is for `check` to say, where there are journeys."""
    (folder / "journeys" / "workspace.yaml").unlink()

    assert locate(None, folder) == Place(folder / "journeys", "journeys")


def test_a_part_covers_what_lies_in_it() -> None:
    """A folder covers its files, and nothing of a folder whose name begins alike."""
    place = Place(Path("/w"), "w", "w/a")

    assert place.covers("w/a")
    assert place.covers("w/a/journey.yaml")
    assert not place.covers("w/ab/journey.yaml")


def test_the_files_of_a_workspace_are_read(folder: Path) -> None:
    """What a workspace is made of is read; what lies beside it, hidden or of another kind, is not."""
    journeys = folder / "journeys"
    (journeys / ".git").mkdir()
    (journeys / ".git" / "x.yaml").write_bytes(b"x")
    (journeys / "node_modules").mkdir()
    (journeys / "node_modules" / "x.yaml").write_bytes(b"x")
    (journeys / "photo.jpg").write_bytes(b"x")
    (journeys / "welcome" / "hello.MJML").write_bytes(b"<mjml>")

    files, remarks = read_files(locate(None, folder))

    assert files == {
        "journeys/workspace.yaml": b"workspace: shop\n",
        "journeys/welcome/journey.yaml": b"journey: welcome\n",
        "journeys/welcome/scenarios/a.yaml": b"scenario: a\n",
        "journeys/welcome/hello.MJML": b"<mjml>",
    }
    assert remarks == ()


def test_from_inside_paths_have_no_leading_dot(folder: Path) -> None:
    """In the workspace's own folder its files are called as one would type them."""
    files, _ = read_files(locate(None, folder / "journeys"))

    assert "welcome/journey.yaml" in files


def test_links_out_of_the_workspace_are_not_followed(folder: Path) -> None:
    """A link to a file elsewhere, to a folder or to nothing is passed over, and that is said."""
    journeys = folder / "journeys"
    (folder / "secret.yaml").write_bytes(b"secret")
    (journeys / "out.yaml").symlink_to(folder / "secret.yaml")
    (journeys / "loop").symlink_to(journeys)
    (journeys / "gone.yaml").symlink_to(journeys / "nowhere.yaml")

    files, remarks = read_files(locate(None, folder))

    assert b"secret" not in files.values()
    assert remarks == (
        "journeys/gone.yaml is not read: it is a link to nothing",
        "journeys/loop is not read: it is a link to a folder",
        "journeys/out.yaml is not read: it is a link out of the workspace",
    )


def test_links_within_the_workspace_are_followed(folder: Path) -> None:
    """A file may stand in for another of the same workspace."""
    journeys = folder / "journeys"
    (journeys / "welcome" / "b.yaml").symlink_to(journeys / "welcome" / "scenarios" / "a.yaml")

    files, remarks = read_files(locate(None, folder))

    assert files["journeys/welcome/b.yaml"] == b"scenario: a\n"
    assert remarks == ()


def test_what_is_no_file_is_not_opened(folder: Path) -> None:
    """A pipe would make the command wait for ever."""
    os.mkfifo(folder / "journeys" / "pipe.yaml")

    files, remarks = read_files(locate(None, folder))

    assert "journeys/pipe.yaml" not in files
    assert remarks == ("journeys/pipe.yaml is not read: it is no file",)


def test_a_name_that_is_no_text_is_passed_over(folder: Path, sojourn: Sojourn) -> None:
    """A file name that is not UTF-8 cannot be written in a journey, nor into JSON."""
    with open(os.fsencode(folder / "journeys") + b"/caf\xe9.yaml", "wb") as file:  # noqa: PTH123 - a name of bytes
        file.write(b"x: 1")

    answer = sojourn("test")

    assert "note: journeys/caf\\udce9.yaml is not read: its name is not UTF-8 text" in answer.err


def test_of_a_large_file_only_the_beginning_is_read(folder: Path) -> None:
    """As much is read as shows that it is too large."""
    (folder / "journeys" / "big.yaml").write_bytes(b"#" * 3_000_000)

    files, _ = read_files(locate(None, folder))

    assert len(files["journeys/big.yaml"]) == MAX_BYTES + 1


def test_far_too_many_files_are_no_workspace(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Naming a whole disk by mistake ends soon, with words."""
    monkeypatch.setattr(workspace, "MAX_ENTRIES", 3)

    with pytest.raises(UsageError, match="far more than a workspace"):
        read_files(locate(None, folder))


def test_what_may_not_be_read_is_said(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that belongs to somebody else stops the command with its name and the reason."""

    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)

    with pytest.raises(UsageError, match=r"journeys/workspace.yaml cannot be read: permission denied"):
        read_files(locate(None, folder))
