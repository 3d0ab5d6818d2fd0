"""Cuts a condition's text into CEL tokens, each with its place.

Strict CEL lexical grammar (https://github.com/google/cel-spec, "Syntax") without bytes. It knows no grammar
beyond a single token, but recognises the slips people make within one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from sojourn.domain.condition.types import ConditionError, Problem, ProblemKind

_TOKEN = re.compile(
    r"""
    (?P<space>[ \t\r\n\f]+|//[^\n]*)
  | (?P<number>0[xX][0-9a-fA-F]+[uU]?|(?:\d+\.\d+|\.\d+|\d+)(?:[eE][+-]?\d+)?[uU]?)
  | (?P<string>[rR]?(?:\"\"\"|'''|"|'))
  | (?P<name>[A-Za-z_][A-Za-z0-9_]*)
  | (?P<operator>&&|\|\||==|!=|<=|>=|<>|[-+*/%<>!?:.,()\[\]{}=&|;])
    """,
    re.VERBOSE,
)
_BODIES = {  # what may stand between the quotes
    '"': re.compile(r'(?:[^"\\\r\n]|\\.)*'),
    "'": re.compile(r"(?:[^'\\\r\n]|\\.)*"),
    '"""': re.compile(r'(?:[^"\\]|\\.|"(?!""))*', re.DOTALL),
    "'''": re.compile(r"(?:[^'\\]|\\.|'(?!''))*", re.DOTALL),
}
_RAW_BODIES = {
    '"': re.compile(r'[^"\r\n]*'),
    "'": re.compile(r"[^'\r\n]*"),
    '"""': re.compile(r'(?:[^"]|"(?!""))*'),
    "'''": re.compile(r"(?:[^']|'(?!''))*"),
}
_ESCAPE = re.compile(
    r"\\(x[0-9a-fA-F]{2}|X[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|[0-3][0-7]{2}|.)", re.DOTALL
)
_SIMPLE = {"a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}
_SIMPLE |= {c: c for c in "\\'\"`?"}


@dataclass(frozen=True, slots=True)
class Token:
    """One token; `value` is what a number or string stands for, `exact` that the string has no escapes."""

    kind: str
    text: str
    offset: int
    end: int
    value: str | int | float | None = None
    exact: bool = False


def syntax_error(message: str, offset: int, length: int, advice: str = "") -> ConditionError:
    """Make the error for a text that does not follow the grammar."""
    return ConditionError(Problem(ProblemKind.SYNTAX, message, advice, offset, length))


def tokens(text: str) -> list[Token]:
    """Return the tokens of *text*, the last of kind `end`; raises ConditionError at the first bad character."""
    found: list[Token] = []
    at = 0
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            raise _stranger(text, at)
        kind, written = str(match.lastgroup), match.group()
        if kind == "string":
            found.append(_string(text, at, written))
        elif kind == "number":
            found.append(Token(kind, written, at, match.end(), _number(written, at)))
        elif kind != "space":
            found.append(Token(kind, written, at, match.end()))
        at = found[-1].end if kind == "string" else match.end()
    found.append(Token("end", "", len(text), len(text)))
    return found


def _stranger(text: str, at: int) -> ConditionError:
    character = text[at]
    advice = ""
    if character in "“”„‘’‚«»":
        advice = 'use straight quotes: "…"'
    elif character in "–—−":
        advice = 'use a plain "-"'
    elif character in "≤≥≠":
        advice = f'write "{ {"≤": "<=", "≥": ">=", "≠": "!="}[character] }"'
    shown = character if character.isprintable() else f"U+{ord(character):04X}"
    return syntax_error(f'"{shown}" has no meaning here', at, 1, advice)


def _number(written: str, at: int) -> int | float:
    digits = written.rstrip("uU")
    if digits[:2] in ("0x", "0X"):
        value: int | float = int(digits, 16) if len(digits) <= 18 else float("inf")
    else:
        value = float(digits)
    if value == float("inf"):
        raise syntax_error(f"{written[:20]} is too big for a number", at, len(written))
    if isinstance(value, int):
        return value
    return value if any(c in digits for c in ".eE") else int(digits) if len(digits) < 17 else value


def _string(text: str, at: int, opening: str) -> Token:
    raw = opening[0] in "rR"
    quote = opening[1:] if raw else opening
    start = at + len(opening)
    match = (_RAW_BODIES if raw else _BODIES)[quote].match(text, start)
    end = match.end() if match else start
    if not text.startswith(quote, end):
        raise syntax_error(
            "this text has no closing quote", at, max(end - at, 1), f"add {quote} where the text ends"
        )
    body = text[start:end]
    value = body if raw else _ESCAPE.sub(lambda m: _unescape(m, start), body)
    # a lone surrogate cannot leave the process as UTF-8, nor can NUL enter the C++ runtime
    value = value.replace("\0", "\ufffd").encode("utf-8", "replace").decode()
    end += len(quote)
    return Token("string", text[at:end], at, end, value, len(opening) == 1 and value == body)


def _unescape(match: re.Match[str], start: int) -> str:
    code = match.group(1)
    if code in _SIMPLE:
        return _SIMPLE[code]
    if len(code) == 3 and code[0] in "0123":
        return chr(int(code, 8))
    point = int(code[1:], 16) if len(code) > 1 else 0x110000
    if point > 0x10FFFF:
        at = start + match.start()
        raise syntax_error(
            f'"{match.group()}" is no known escape', at, len(match.group()), r'a backslash is written "\\"'
        )
    return chr(point)
