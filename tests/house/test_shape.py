from __future__ import annotations

from pathlib import Path

from tests.house.tree import PRODUCT, files, python_files, text

SPLIT_AT = 300
NEVER_OVER = 500
# Modules longer than SPLIT_AT, each with the reason why splitting it would make it harder to read.
LONGER: dict[str, str] = {}
ANONYMOUS = {"common", "helper", "helpers", "misc", "util", "utils"}


def lines(path: Path) -> int:
    """Return how many lines a file has."""
    return (text(path) or "").count("\n")


def test_modules_are_short_enough_to_enter() -> None:
    """A product module is split at 300 lines unless it is listed here with a reason."""
    long = {str(path): lines(path) for path in python_files(*PRODUCT) if lines(path) > SPLIT_AT}

    assert {path: count for path, count in long.items() if path not in LONGER} == {}


def test_no_module_is_ever_longer_than_500_lines() -> None:
    """No reason is good enough for 500 lines, in tests neither."""
    long = {str(path): lines(path) for path in python_files() if lines(path) > NEVER_OVER}

    assert long == {}


def test_the_list_of_longer_modules_is_not_stale() -> None:
    """A module that was split leaves the list of exceptions."""
    needed = {str(path) for path in python_files(*PRODUCT) if lines(path) > SPLIT_AT}

    assert set(LONGER) - needed == set()


def test_names_say_what_is_inside() -> None:
    """No folder or file has a name that could hold anything."""
    anonymous = [
        str(path) for path in files() if {part.split(".")[0].lower() for part in path.parts} & ANONYMOUS
    ]

    assert anonymous == []


def test_python_names_are_lower_case() -> None:
    """Module and package names are lower_case_with_underscores, so that an import reads as a phrase."""
    odd = [str(path) for path in python_files() if path.stem != path.stem.lower() or "-" in path.stem]

    assert odd == []
