"""A rule's page: its class docstring, cut into the law, what, why, and two sets of files that are run as tests.

The form is fixed, so that `sojourn explain`, the generated documentation and the tests read one source:

    The law in one sentence.

    What:
        ...
    Why:
        ...
    Instead of:
        steps: ...
    Write:
        steps: ...

A snippet is laid over a small workspace, so it shows only what matters. It is the journey's file unless a line
`# file: workspace.yaml` says otherwise; further such lines begin further files. `# no file: workspace.yaml` shows
what happens without one.
"""

from __future__ import annotations

import inspect
import re
import textwrap
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sojourn.domain.journey.rules.rule import Rule

SECTIONS = ("What", "Why", "Instead of", "Write")
JOURNEY = "journey.yaml"

_HEADING = re.compile(r"^(What|Why|Instead of|Write):[ \t]*$", re.MULTILINE)
_FILE = re.compile(r"^# file: (?P<path>\S+)(?:, saved as (?P<encoding>[\w-]+))?[ \t]*$")
_ABSENT = re.compile(r"^# no file: (?P<path>\S+)[ \t]*$")
_REPEATED = re.compile(r"^(?P<indent> *)# and (?P<times>[\d,]+) more lines like this$")


class PageError(ValueError):
    """A rule's docstring is no page: a section is missing or out of order. Our mistake, never an author's."""


@dataclass(frozen=True, slots=True)
class Snippet:
    """One file of an example, as it is shown; `absent` says that there is no such file."""

    path: str
    text: str
    encoding: str = "utf-8"
    absent: bool = False

    @property
    def content(self) -> bytes:
        """The file's bytes: encoded, and with the lines written out that the page only announces."""
        lines: list[str] = []
        for line in self.text.splitlines():
            if lines and (found := _REPEATED.match(line)):
                lines += [lines[-1]] * int(found["times"].replace(",", ""))
            else:
                lines.append(line)
        return "".join(line + "\n" for line in lines).encode(self.encoding)


@dataclass(frozen=True, slots=True)
class Page:
    """What a rule says about itself; `instead_of` and `write` are the files of its two examples."""

    law: str
    what: str
    why: str
    instead_of: tuple[Snippet, ...]
    write: tuple[Snippet, ...]


def page_of(rule: type[Rule] | Rule) -> Page:
    """Cut the docstring of *rule* into its page.

    Raises:
        PageError: it has not exactly the sections of a page.
    """
    cls = rule if isinstance(rule, type) else type(rule)
    text = inspect.cleandoc(cls.__doc__ or "")
    found = list(_HEADING.finditer(text))
    if tuple(match[1] for match in found) != SECTIONS:
        raise PageError(f"the docstring of {cls.__name__} must have the sections {', '.join(SECTIONS)}")
    ends = [*(match.start() for match in found[1:]), len(text)]
    bodies = [
        textwrap.dedent(text[match.end() : end].strip("\n")).rstrip()
        for match, end in zip(found, ends, strict=True)
    ]
    law = " ".join(text[: found[0].start()].split())
    if not law or not all(bodies):
        raise PageError(f"a section of {cls.__name__} is empty")
    return Page(law, _flowing(bodies[0]), _flowing(bodies[1]), _files(bodies[2]), _files(bodies[3]))


def _flowing(text: str) -> str:
    """Join the lines of each paragraph; how they were broken in the source means nothing."""
    return "\n\n".join(" ".join(paragraph.split()) for paragraph in re.split(r"\n\s*\n", text))


def _files(text: str) -> tuple[Snippet, ...]:
    files: list[Snippet] = []
    path, encoding, lines = JOURNEY, "utf-8", list[str]()
    for line in text.splitlines():
        if absent := _ABSENT.match(line):
            files.append(Snippet(absent["path"], "", absent=True))
        elif found := _FILE.match(line):
            if any(lines):
                files.append(Snippet(path, "\n".join(lines).strip("\n"), encoding))
            path, encoding, lines = found["path"], found["encoding"] or "utf-8", []
        else:
            lines.append(line)
    if any(lines):
        files.append(Snippet(path, "\n".join(lines).strip("\n"), encoding))
    return tuple(files)
