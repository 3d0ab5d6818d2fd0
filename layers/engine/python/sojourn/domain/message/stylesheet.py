"""Cuts a style sheet into its rules, in one linear pass, and says which of them can become `style` attributes.

What it cannot place with certainty it calls fixed: a rule that stays where it was can do no harm. It knows no HTML.
"""

from __future__ import annotations

import re
from typing import NamedTuple

_ASIDE = r"/\*.*?(?:\*/|\Z)|\"(?:[^\"\\\n]|\\.)*\"|'(?:[^'\\\n]|\\.)*'"
_COMMENT_OR_STRING = re.compile(_ASIDE, re.DOTALL)
_TOKEN = re.compile(_ASIDE + "|[{};]", re.DOTALL)
_PLAIN_SELECTOR = re.compile(r"[\w\s.#*>~+,\-\[\]=\"'^$|:()\u00a0-\uffff]+")
_STRUCTURE = re.compile(r":(?:first|last|only)-(?:child|of-type)\b|:nth-[\w-]+\([\w\s+-]*\)")
_BY_NEIGHBOURS = re.compile(r"[:~+]")
_BY_STYLE = re.compile(r"\[\s*style", re.IGNORECASE)
_DECLARED = re.compile(r"\s*[\w-]+\s*:")


class Rule(NamedTuple):
    """A stretch of a style sheet: a rule, an at-rule with all inside, or what stands between them.

    Args:
        selector: the selectors that can be inlined, with commas; empty where nothing can.
        block: the declarations, without braces.
        fixed: whether it has to stay in the sheet, be it inlined besides or not.
    """

    start: int
    end: int
    selector: str = ""
    block: str = ""
    fixed: bool = True


def rules_of(sheet: str, *, repeats: bool, word: str = "") -> tuple[Rule, ...] | None:
    """Return the rules of *sheet* in order, which together are all of it; None where it is not well formed.

    Args:
        repeats: elements may come and go when a message is rendered, so that who is first or next is not known yet.
        word: what stands for Liquid begins so; a rule that has it anywhere but in a value is fixed.
    """
    rules: list[Rule] = []
    start = opened = depth = 0
    for token in _TOKEN.finditer(sheet):
        sign = token.group()
        if sign == "{":
            depth += 1
            if depth == 1:
                opened = token.start()
        elif sign == "}":
            depth -= 1
            if depth < 0:
                return None
            if depth == 0:
                block = sheet[opened + 1 : token.start()]
                rules.append(_rule(sheet[start:opened], block, start, token.end(), repeats, word))
                start = token.end()
        elif sign == ";" and depth == 0:
            rules.append(Rule(start, token.end()))
            start = token.end()
    if depth:
        return None
    if start < len(sheet):
        rules.append(Rule(start, len(sheet), fixed=bool(_bare(sheet[start:]))))
    return tuple(rules)


def _rule(head: str, block: str, start: int, end: int, repeats: bool, word: str) -> Rule:
    selector, block = _bare(head), _bare(block)
    if not _PLAIN_SELECTOR.fullmatch(selector) or (
        word and (word in selector or not _in_values(block, word))
    ):
        return Rule(start, end)
    if "{" in block:
        return Rule(start, end)
    every = [one.strip() for one in selector.split(",")]
    free = [one for one in every if one and _is_free(one, repeats)]
    return Rule(start, end, ", ".join(free), block, fixed=len(free) < len(every))


def _is_free(selector: str, repeats: bool) -> bool:
    """Say whether what *selector* finds is known before a message is rendered and read."""
    if _BY_STYLE.search(selector) or "(" in _STRUCTURE.sub("", selector):
        return False
    return not (_BY_NEIGHBOURS.search(selector) if repeats else ":" in _STRUCTURE.sub("", selector))


def _in_values(block: str, word: str) -> bool:
    declarations = block.split(";")
    names = (_DECLARED.match(one) for one in declarations if word in one)
    return all(name is not None and word not in name.group() for name in names)


def _bare(text: str) -> str:
    """Return *text* without comments."""
    return _COMMENT_OR_STRING.sub(lambda match: "" if match[0].startswith("/*") else match[0], text).strip()
