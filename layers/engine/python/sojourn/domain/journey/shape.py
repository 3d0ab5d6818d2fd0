"""Turns placed data into models, and pydantic's complaints into findings in the author's words.

Everything wrong with the shape of a file is reported at once, at its place. This module knows the models'
types only through pydantic; what the words mean is for the rules.
"""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import TypeAdapter, ValidationError

from sojourn.domain.findings import Finding, did_you_mean
from sojourn.domain.journey.model.steps import VERBS
from sojourn.domain.journey.written import Written, fields_of, without, written_at
from sojourn.domain.places import Placed, Span

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

T = TypeVar("T")

_WANTED = {
    "string_type": "text", "int_type": "a whole number", "int_parsing": "a whole number",
    "int_from_float": "a whole number", "float_type": "a number", "float_parsing": "a number",
    "bool_type": "true or false", "bool_parsing": "true or false", "tuple_type": "a list", "list_type": "a list",
    "dict_type": "a mapping", "model_type": "a mapping", "model_attributes_type": "a mapping",
}  # fmt: skip
_BESIDES = {frozenset(("stay", "drain", "exit")): ("{move: <step>}",)}
"""What a value may be that is no word, by all the words that it may be."""
_BOUNDS = {
    "greater_than_equal": "must be at least {ge:g}", "greater_than": "must be more than {gt:g}",
    "less_than_equal": "must be at most {le:g}", "less_than": "must be less than {lt:g}",
    "finite_number": "must be a number that can be counted",
    "string_too_long": "must have at most {max_length:,} characters",
    "string_too_short": "must have at least {min_length} characters",
    "too_short": "needs at least {min_length} of them", "too_long": "has room for at most {max_length}",
}  # fmt: skip
_CALLED_ELSEWHERE = {
    "delay": "wait", "sleep": "wait", "pause": "wait", "if": "branch", "condition": "branch", "choice": "branch",
    "switch": "branch", "ab_test": "split", "random": "split", "email": "send", "sms": "send", "push": "send",
    "message": "send", "set": "update", "webhook": "call", "http": "call", "event": "emit", "loop": "goto",
    "end": "exit", "stop": "exit", "journey": "start",
}  # fmt: skip
_ROUNDS = 6
MOST_FINDINGS = 200
"""Findings of one file's shape; who has more of them reads no further."""
_ADAPTERS: dict[Any, TypeAdapter[Any]] = {}


def shaped(type_: type[T] | Any, data: Any, file: str) -> tuple[T | None, tuple[Finding, ...]]:
    """Return *data* as *type_* with everything that is wrong with its shape.

    What is wrong is left out, so that rules can look at the rest and everything is reported at once; None where
    nothing is left to look at.
    """
    try:
        return _adapter(type_).validate_python(data), ()
    except ValidationError as error:
        return _rest(type_, data, error), tuple(islice(_findings(type_, data, file, error), MOST_FINDINGS))


def _adapter(type_: Any) -> TypeAdapter[Any]:
    if type_ not in _ADAPTERS:
        _ADAPTERS[type_] = TypeAdapter(type_)
    return _ADAPTERS[type_]


def _complaints(type_: Any, data: Any, error: ValidationError) -> Iterator[tuple[Mapping[str, Any], Written]]:
    """Yield what is wrong, once a place: members of a plain union each complain, and so do emptied lists."""
    seen: set[tuple[int | str, ...]] = set()
    for item in error.errors(include_url=False):
        at = written_at(type_, data, item["loc"])
        if item["type"] == "too_short" and len(at.value) >= item["ctx"]["min_length"]:
            continue
        if at.rest and item["type"] != "missing":
            if at.path in seen:
                continue
            seen.add(at.path)
        yield item, at


def _rest(type_: Any, data: Any, error: ValidationError) -> Any:
    """Return the model of what is left of *data* when everything is taken out that *error* complains of."""
    for _ in range(_ROUNDS):
        paths = [at.path for _, at in _complaints(type_, data, error)]
        if not paths or () in paths:
            return None
        data = without(data, paths)
        try:
            return _adapter(type_).validate_python(data)
        except ValidationError as left:
            error = left
    return None


def _findings(type_: Any, data: Any, file: str, error: ValidationError) -> Iterator[Finding]:
    for item, at in _complaints(type_, data, error):
        kind, context, given = item["type"], item.get("ctx", {}), item.get("input")
        if kind == "extra_forbidden":
            yield _unknown_key(at, file)
        elif kind == "missing":
            yield _missing(item["loc"][-1], at, file)
        elif kind == "unknown_verb":
            yield _unknown_verb(given, file, at.value_at)
        elif kind == "unknown_form":
            yield Finding("SJ113", "wrong-type", f"{at.named} cannot be {_said(given)}", file, at.value_at,
                          f"write {item['msg']}")  # fmt: skip
        elif kind in ("literal_error", "enum"):
            known = [word.strip("'") for word in str(context["expected"]).replace(" or ", ", ").split(", ")]
            known += _BESIDES.get(frozenset(known), ())
            yield Finding("SJ114", "unknown-value", f"{at.named} cannot be {_said(given)}", file, at.value_at,
                          did_you_mean(str(given)[:100], known))  # fmt: skip
        elif kind == "string_pattern_mismatch":
            is_key = "[key]" in at.rest or at.last == given != at.value
            yield Finding("SJ115", "bad-name", f'"{str(given)[:40]}" cannot be a name here', file,
                          at.key_at if is_key else at.value_at, _name_help(context.get("pattern", "")))  # fmt: skip
        elif kind in _WANTED:
            help_ = "put it in quotes" if kind == "string_type" and isinstance(given, int | float) else ""
            if kind in ("tuple_type", "list_type") and not isinstance(given, dict | None):
                help_ = f"write it in brackets: [{str(given)[:40]}]"
            yield Finding("SJ113", "wrong-type", f"{at.named} must be {_WANTED[kind]}, not {_said(given)}", file,
                          at.value_at, help_)  # fmt: skip
        elif kind in _BOUNDS:
            yield Finding(
                "SJ116", "out-of-bounds", f"{at.named} {_BOUNDS[kind].format(**context)}", file, at.value_at
            )
        else:
            said = str(item["msg"]).removeprefix("Value error, ")
            yield Finding("SJ116", "out-of-bounds", f"{at.named}: {said}", file, at.value_at)


def _missing(part: int | str, at: Written, file: str) -> Finding:
    if isinstance(part, int):
        return Finding("SJ112", "missing-key", f"{at.named} needs {part + 1} items", file, at.value_at)
    return Finding("SJ112", "missing-key", f'"{part}" is missing', file, at.value_at, f"add `{part}: …`")


def _unknown_key(at: Written, file: str) -> Finding:
    key = str(at.last)
    known = list(fields_of(at.model)) if at.model else []
    verb = getattr(at.model, "verb", None)
    if verb and key in VERBS:
        return Finding("SJ117", "two-verbs", f'a step does one thing, this one says "{verb}" and "{key}"', file,
                       at.key_at, f"make `{key}` a step of its own: start a new item with `- {key}:`")  # fmt: skip
    return Finding(
        "SJ110",
        "unknown-key",
        f'"{key[:40]}" is not known here',
        file,
        at.key_at,
        did_you_mean(key[:100], known),
    )


def _unknown_verb(given: Any, file: str, at: Span) -> Finding:
    if not isinstance(given, dict) or not given:
        return Finding("SJ111", "unknown-verb", f"a step cannot be {_said(given)}", file, at,
                       "write a verb and what it needs, such as `wait: 2 hours`")  # fmt: skip
    verb = next(
        (key for key in given if key not in ("id", "title", "with", "otherwise", "up_to")), next(iter(given))
    )
    span = given.keys_at[verb] if isinstance(given, Placed) else at
    elsewhere = _CALLED_ELSEWHERE.get(verb)
    help_ = f"write `{elsewhere}: …`" if elsewhere else did_you_mean(verb[:100], VERBS)
    return Finding(
        "SJ111",
        "unknown-verb",
        f'"{verb[:40]}" is no verb',
        file,
        span,
        help_ or f"verbs: {', '.join(VERBS)}",
    )


def _said(value: Any) -> str:
    if value is None:
        return "empty"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, list | tuple):
        return "a list"
    if isinstance(value, int | float):
        return f"the number {value}"
    return f'"{str(value)[:40]}"'


def _name_help(pattern: str) -> str:
    if r"\." in pattern:
        return "write an event and one of its properties, such as order_completed.total"
    if "-_" in pattern:
        return "use lower-case letters, digits and - or _ between words"
    if "A-Z" in pattern:
        return "use letters, digits and _, not beginning with a digit"
    return "use lower-case letters, digits and _, so that conditions can name it"
