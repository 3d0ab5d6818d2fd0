"""Reads Markdown pages for the tests: their fenced blocks, commands with the output shown, headings and links."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PAGES = (ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md", *sorted(DOCS.rglob("*.md")))

_FENCE = re.compile(r"^```(?P<language>\w*)[^\n]*\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"\]\((?P<target>[^)\s]+)\)|<img src=\"(?P<image>[^\"]+)\"")
_HEADING = re.compile(r"^#{1,6} (?P<title>.*)$", re.MULTILINE)
_STATUS = re.compile(r"\[exit status (?P<status>\d+)\]")
_FILE = re.compile(r"# file: (?P<path>\S+)")
JOURNEY = "journey.yaml"
LEFT_OUT = "…"


@dataclass(frozen=True)
class Block:
    """A fenced block: its language, its text, and the line of the page on which it begins."""

    page: str
    line: int
    language: str
    text: str

    def __str__(self) -> str:
        return f"{self.page}:{self.line}"

    @property
    def files(self) -> dict[str, str]:
        """The files an example shows, by path: each begins with a `# file:` line, the journey's without one."""
        found: dict[str, str] = {}
        path = JOURNEY
        for line in self.text.splitlines(keepends=True):
            if begins := _FILE.fullmatch(line.rstrip()):
                path = begins["path"]
            else:
                found[path] = found.get(path, "") + line
        return found


@dataclass
class Shown:
    """A command as a page shows it, with the lines it says and the exit status (0 where nothing is said)."""

    command: str
    output: list[str] = field(default_factory=list)
    status: int = 0


def read(path: Path) -> str:
    """Return a page's text."""
    return path.read_text(encoding="utf-8")


def name_of(path: Path) -> str:
    """Return a page's path as the repository spells it."""
    return str(path.relative_to(ROOT))


def blocks(path: Path, *languages: str) -> list[Block]:
    """Return the fenced blocks of a page, of these languages or of all."""
    text = read(path)
    return [
        Block(name_of(path), text.count("\n", 0, found.start()) + 1, found["language"], found["text"])
        for found in _FENCE.finditer(text)
        if not languages or found["language"] in languages
    ]


def shown(block: Block, prompt: str = "$ ") -> list[Shown]:
    """Return the commands of a block, each with what follows until the next."""
    found: list[Shown] = []
    for line in block.text.splitlines():
        if line.startswith(prompt):
            found.append(Shown(line.removeprefix("$ ")))
        elif found and (said := _STATUS.fullmatch(line)):
            found[-1].status = int(said["status"])
        elif found:
            found[-1].output.append(line)
    return found


def agrees(expected: list[str], actual: str) -> bool:
    """Say whether an output is the one shown: a line `…` stands for any lines, `…` within a line for any text."""
    pattern = ""
    for line in expected:
        if line.strip() == LEFT_OUT:
            pattern += "(?:.*\n)*?"
        else:
            pattern += ".*".join(re.escape(part) for part in line.rstrip().split(LEFT_OUT)) + "\n"
    said = "".join(f"{line.rstrip()}\n" for line in actual.splitlines())
    return re.fullmatch(pattern, said) is not None


def prose(text: str) -> str:
    """Return a page without its fenced blocks."""
    return _FENCE.sub("", text)


def links(path: Path) -> list[str]:
    """Return where the links and pictures of a page lead, within the repository."""
    found = [match["target"] or match["image"] for match in _LINK.finditer(prose(read(path)))]
    return [target for target in found if "://" not in target and not target.startswith("mailto:")]


def anchors(path: Path) -> set[str]:
    """Return the anchors of a page's headings, made as GitHub makes them."""
    titles = (match["title"] for match in _HEADING.finditer(prose(read(path))))
    return {re.sub(r"[^\w\- ]", "", title.lower()).strip().replace(" ", "-") for title in titles}
