from __future__ import annotations

import re

from tests.house.tree import ROOT, files, python_files, text

# Written so that no pattern matches its own text.
UNFINISHED = re.compile(r"\b(TOD[O]|FIXM[E]|XX[X]|HAC[K])\b|NotImplemented[E]rror|not implemented [y]et")
ONE_MACHINE = re.compile(r"/wor[k]/|/roo[t]/|/hom[e]/\w|/User[s]/\w|/tm[p]/\w")
REGISTRY = re.compile(r"pypi[.]org|pythonhosted[.]org|registry[.]npmjs|npmjs[.]org|yarnpkg[.]com|crates[.]io")
DOWNLOAD = re.compile(r"https?:/[/]\S+\.(whl|tgz|tar\.gz|tar\.bz2|zip|deb)\b")


def lines_with(pattern: re.Pattern[str], suffixes: tuple[str, ...] = ()) -> list[str]:
    """Return `file:line: text` of every line in the repository that matches."""
    return [
        f"{path}:{number}: {line.strip()[:80]}"
        for path in files()
        if (not suffixes or path.suffix in suffixes) and (content := text(path))
        for number, line in enumerate(content.splitlines(), 1)
        if pattern.search(line)
    ]


def test_nothing_is_left_for_later() -> None:
    """No marker of unfinished work: what is not built is not there."""
    assert lines_with(UNFINISHED, (".py", ".sh", ".toml", ".yaml", ".yml", ".md")) == []


def test_no_file_knows_one_machine() -> None:
    """No file names a path that exists on one machine only."""
    assert lines_with(ONE_MACHINE) == []


def test_no_file_names_a_package_registry() -> None:
    """Where packages come from is a matter of the machine's settings, not of the repository's."""
    assert lines_with(REGISTRY) == []


def test_no_file_holds_a_download_address() -> None:
    """Nothing is fetched from an address written in a file."""
    assert lines_with(DOWNLOAD) == []


def test_every_decision_says_why_and_what_it_costs() -> None:
    """A decision is half a page: its context, the choice, and what the choice costs."""
    decisions = [path for path in files() if path.parent.as_posix() == "docs/decisions"]

    incomplete = [
        str(path)
        for path in decisions
        if re.findall(r"^## (.*)$", text(path) or "", re.MULTILINE) != ["Context", "Choice", "Cost"]
    ]

    assert decisions
    assert incomplete == []


def test_no_file_is_large() -> None:
    """A file of more than a megabyte belongs elsewhere."""
    large = [str(path) for path in files() if (ROOT / path).stat().st_size > 1_000_000]

    assert large == []


def test_annotations_are_postponed() -> None:
    """Every Python file postpones its annotations, so that types cost nothing at import."""
    without = [
        str(path)
        for path in python_files()
        if path.name != "__init__.py" and "from __future__ import annotations" not in (text(path) or "")
    ]

    assert without == []
