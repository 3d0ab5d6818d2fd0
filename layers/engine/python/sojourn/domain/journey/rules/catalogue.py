"""Every rule there is: found by walking this package, so that adding a file is all it takes to add a rule."""

from __future__ import annotations

import pkgutil
from functools import cache
from importlib import import_module

from sojourn.domain.findings import did_you_mean
from sojourn.domain.journey import rules
from sojourn.domain.journey.rules.page import Snippet, page_of
from sojourn.domain.journey.rules.rule import Rule


class UnknownRule(LookupError):
    """Nobody has a rule of that code or name; `help` says which is near."""

    def __init__(self, asked: str, help_: str) -> None:
        super().__init__(f'"{asked}" is no code or name of a rule')
        self.help = help_


@cache
def all_rules() -> tuple[Rule, ...]:
    """Return one instance of every rule, by code."""
    found: dict[str, Rule] = {}
    for module in pkgutil.walk_packages(rules.__path__, f"{rules.__name__}."):
        for thing in vars(import_module(module.name)).values():
            if isinstance(thing, type) and issubclass(thing, Rule) and hasattr(thing, "code"):
                found[thing.__module__] = thing()
    return tuple(sorted(found.values(), key=lambda rule: rule.code))


def rule_of(code_or_name: str) -> Rule:
    """Return the rule of a code (`SJ204`, in any case, or just `204`) or a name (`wait-without-limit`).

    Raises:
        UnknownRule: there is none.
    """
    wanted = code_or_name.strip().lower()
    for rule in all_rules():
        if wanted in (rule.code.lower(), rule.code[2:], rule.name):
            return rule
    codes = wanted.startswith("sj") or wanted.isdigit()
    known = [rule.code if codes else rule.name for rule in all_rules()]
    raise UnknownRule(code_or_name, did_you_mean(wanted.upper() if codes else wanted, known))


def explain(code_or_name: str) -> str:
    """Return the page of a rule as plain text, for a terminal.

    Raises:
        UnknownRule: there is none.
    """
    rule = rule_of(code_or_name)
    page = page_of(rule)
    parts = [
        f"{rule.code} {rule.name} ({rule.severity})",
        page.law,
        _section("What", page.what),
        _section("Why", page.why),
        _section("Instead of", shown(page.instead_of)),
        _section("Write", shown(page.write)),
    ]
    return "\n\n".join(parts) + "\n"


def shown(files: tuple[Snippet, ...]) -> str:
    """Return the files of an example as one text, each but a lone `journey.yaml` under its path."""
    if len(files) == 1 and _head(files[0]) == "# file: journey.yaml":
        return files[0].text
    return "\n\n".join(f"{_head(file)}\n{file.text}".rstrip("\n") for file in files)


def _head(file: Snippet) -> str:
    if file.absent:
        return f"# no file: {file.path}"
    return f"# file: {file.path}" + (f", saved as {file.encoding}" if file.encoding != "utf-8" else "")


def _section(title: str, body: str) -> str:
    return f"{title}:\n" + "\n".join(f"  {line}".rstrip() for line in body.splitlines())
