from __future__ import annotations

import json
from pathlib import Path

import pytest

from sojourn.cli.commands.new import workspace_name
from tests.cli.conftest import Sojourn


def test_a_new_workspace_passes_check_and_test(shop: Path, sojourn: Sojourn) -> None:
    """What `new` makes has no findings, not even warnings, and its scenarios pass."""
    checked = sojourn("check")
    tested = sojourn("test")

    assert (checked.status, checked.err) == (0, "")
    assert (tested.status, tested.err) == (0, "")
    assert tested.out.count("ok") == 2


def test_it_says_what_it_made_and_what_to_do_next(here: Path, sojourn: Sojourn) -> None:
    """Every file is named, and the calls that follow work as they are printed."""
    answer = sojourn("new", "my shop")

    named = [here / line.strip() for line in answer.out.splitlines() if line.startswith("  my shop/")]
    assert sorted(named) == sorted(path for path in (here / "my shop").rglob("*") if path.is_file())
    assert "  sojourn test 'my shop' " in answer.out
    assert sojourn("test", "my shop").status == 0


def test_a_program_reads_what_it_made(here: Path, sojourn: Sojourn) -> None:
    """Where it is, what it is called, and each file below."""
    made = json.loads(sojourn("new", "marketing/Bike Shop", "--json").out)

    folder = here / "marketing" / "Bike Shop"
    there = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
    assert made == {"folder": "marketing/Bike Shop", "workspace": "bike-shop", "files": there}


def test_the_workspace_has_the_name_of_its_folder(here: Path, sojourn: Sojourn) -> None:
    """The name in workspace.yaml is the folder's, as a workspace may be called."""
    sojourn("new", "marketing/Bike Shop")

    text = (here / "marketing" / "Bike Shop" / "workspace.yaml").read_text(encoding="utf-8")
    assert "workspace: bike-shop\n" in text
    assert sojourn("check", "marketing/Bike Shop").status == 0


@pytest.mark.parametrize(
    ("folder", "name"),
    [
        ("shop", "shop"),
        ("Müller & Söhne 2", "muller-sohne-2"),
        ("2026", "shop-2026"),
        ("日本", "shop"),
        ("a" * 80, "a" * 60),
        ("", "shop"),
    ],
)
def test_any_folder_gives_a_name(folder: str, name: str) -> None:
    """Whatever a folder is called, the workspace gets a name that is allowed."""
    assert workspace_name(folder) == name


def test_an_empty_folder_is_filled(here: Path, sojourn: Sojourn) -> None:
    """A folder that holds nothing may exist already."""
    (here / "shop").mkdir()

    assert sojourn("new", "shop").status == 0


@pytest.mark.parametrize("folder", ["shop", "shop/notes.txt"])
def test_nothing_is_written_over(here: Path, sojourn: Sojourn, folder: str) -> None:
    """A folder that holds something, or a file, is left as it is."""
    (here / "shop").mkdir()
    (here / "shop" / "notes.txt").write_text("mine", encoding="utf-8")

    answer = sojourn("new", folder)

    assert answer.status == 2
    assert "is there already" in answer.err
    assert [path.name for path in (here / "shop").iterdir()] == ["notes.txt"]


def test_a_folder_below_a_file_cannot_be_made(here: Path, sojourn: Sojourn) -> None:
    """What the file system refuses is said in words."""
    (here / "notes").write_text("mine", encoding="utf-8")

    answer = sojourn("new", "notes/shop")

    assert answer.status == 2
    assert "notes/shop cannot be made: not a directory" in answer.err
