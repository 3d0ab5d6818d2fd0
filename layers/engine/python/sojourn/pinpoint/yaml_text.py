"""Writes YAML 1.2 that reads well: short values on one line, everything that could mean something else in quotes."""

from __future__ import annotations

import json
import re
from typing import Any, Final

_WIDEST: Final = 108
_PLAIN = re.compile(r"[0-9]+ [a-z]+(?: [0-9]+ [a-z]+)*|[A-Za-z_](?:[A-Za-z0-9_ ./%()'+-]*[A-Za-z0-9_.%)])?")
_WORDS: Final = ("true", "false", "null", "yes", "no", "on", "off", "y", "n")
_UNPRINTABLE = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ufeff\ud800-\udfff\ufffe\uffff]")


def write(value: dict[str, Any], comment: str = "") -> str:
    """Return *value*, mappings, lists and scalars, as a YAML document.

    Args:
        comment: one line that stands above it.
    """
    head = f"# {comment}\n" if comment else ""
    return head + "\n".join(_block(value, 0)) + "\n"


def _block(value: Any, indent: int) -> list[str]:
    pad = " " * indent
    if isinstance(value, dict):
        return [
            line
            for key, one in value.items()
            for line in _item(f"{pad}{_scalar(key, key=True)}:", one, indent)
        ]
    lines: list[str] = []
    for one in value:
        if (short := _flow(one, indent + 2)) is not None:
            lines.append(f"{pad}- {short}")
        else:
            first, *rest = _block(one, indent + 2)
            lines += [f"{pad}- {first.lstrip()}", *rest]
    return lines


def _item(head: str, value: Any, indent: int) -> list[str]:
    short = _flow(value, len(head) + 1)
    return [f"{head} {short}"] if short is not None else [head, *_block(value, indent + 2)]


def _flow(value: Any, used: int) -> str | None:
    """Return *value* on one line, None where it is too long or too deep for one."""
    if not isinstance(value, dict | list):
        return _scalar(value)
    if value and (_depth(value) > 2 or "steps" in value or "else" in value):
        return None
    text = _inline(value)
    return text if used + len(text) <= _WIDEST or not value else None


def _inline(value: Any) -> str:
    if isinstance(value, dict):
        return (
            "{" + ", ".join(f"{_scalar(key, key=True)}: {_inline(one)}" for key, one in value.items()) + "}"
        )
    if isinstance(value, list):
        return "[" + ", ".join(map(_inline, value)) + "]"
    return _scalar(value)


def _depth(value: Any) -> int:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else None
    return 0 if inner is None else 1 + max(map(_depth, inner), default=0)


def _scalar(value: Any, *, key: bool = False) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return repr(int(value)) if float(value).is_integer() else repr(value)
    text = str(value)
    if _PLAIN.fullmatch(text) and (key or text.lower() not in _WORDS):
        return text
    if '"' in text and not _UNPRINTABLE.search(text):
        return "'" + text.replace("'", "''") + "'"
    return _UNPRINTABLE.sub(_escaped, json.dumps(text, ensure_ascii=False))


def _escaped(found: re.Match[str]) -> str:
    """Write out a character that YAML does not take; half of a pair, which is no character, as its sign."""
    code = ord(found[0])
    return f"\\u{0xFFFD if 0xD800 <= code <= 0xDFFF else code:04x}"
