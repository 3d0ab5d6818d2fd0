"""What to write instead, for the slips people bring along from SQL, spreadsheets and other languages.

It only words advice: whether something is wrong is decided elsewhere.
"""

from __future__ import annotations

import re

_INSTEAD = {
    "=": 'to compare, write "=="',
    "<>": 'write "!="',
    "&": 'write "&&"',
    "|": 'write "||"',
    "and": 'write "&&"',
    "or": 'write "||"',
    "not": 'write "!" before it',
    "is": 'to compare, write "=="',
    "equals": 'to compare, write "=="',
    "like": 'write name.contains("…"), name.startsWith("…") or name.matches("…")',
    "between": "write a <= x && x <= b",
    "then": 'write condition ? "yes" : "no"',
    ";": "a condition is one expression",
}
_UNIT = re.compile(r"(?i)(?:w|weeks?|d|days?|h|hrs?|hours?|m|mins?|minutes?|s|secs?|seconds?)")


def advice_for(word: str, before: str, after: str) -> str:
    """Return the help for an unexpected *word*, given the token *before* it and the text *after* it; or ""."""
    if _UNIT.fullmatch(word) and before[:1].isdigit():
        return f'write duration("{before} {word}")'
    if before.casefold() == "not":
        return f'write "!{word}"'
    if word == "=" and after.startswith(">"):
        return 'write ">="'
    if word == "=" and before in ("<", ">"):
        return f'write "{before}="'
    if (instead := _INSTEAD.get(word.casefold())) is not None:
        return instead
    if before.casefold() in ("and", "or", "if", "when") or word.casefold() in ("if", "when"):
        return "write only the condition itself"
    if before in ("b", "B") and word[:1] in "\"'":
        return f"write {word}"
    return ""
