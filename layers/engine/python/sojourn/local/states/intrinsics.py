"""The intrinsic functions, `States.Format` and the others: what each does to its arguments.

Every function takes its arguments as a list and the scope, and raises `Refused` where AWS would fail the
state with `States.IntrinsicFailure`. How a call is written is the business of `calls`. Limits are those of
the Step Functions developer guide; where it is silent (how `States.Format` prints an object, that
`States.StringSplit` drops empty parts), what the service is known to do.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import math
import re
from collections.abc import Callable
from functools import lru_cache
from typing import Any, NamedTuple
from uuid import UUID

from sojourn.local.states.evaluation import UNKNOWN, Growth, Scope
from sojourn.local.states.payload import same, to_json

_MOST_CHARACTERS = 10_000
_MOST_ELEMENTS = 1_000
LARGEST_SUMMAND = 2_147_483_647
_HASHES = {"MD5": "md5", "SHA-1": "sha1", "SHA-256": "sha256", "SHA-384": "sha384", "SHA-512": "sha512"}
_PLACE = re.compile(r"\\(.)|\{\}", re.DOTALL)


class Refused(ValueError):
    """A function cannot do with these arguments what it was asked to."""


def _text(value: Any, what: str) -> str:
    if not isinstance(value, str):
        raise Refused(f"{what} must be a string, not {to_json(value)}")
    return value


def _short_text(value: Any, what: str) -> str:
    text = _text(value, what)
    if len(text) > _MOST_CHARACTERS:
        raise Refused(f"{what} is longer than {_MOST_CHARACTERS} characters")
    return text


def _array(value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise Refused(f"the first argument must be an array, not {to_json(value)}")
    return value


def _object(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise Refused(f"only objects can be merged, not {to_json(value)}")
    return value


def _whole(value: Any) -> int:
    """Return a number rounded to the nearest integer, halves upwards."""
    if type(value) is int:
        return value
    if isinstance(value, float):
        return math.floor(value + 0.5)
    raise Refused(f"a number is needed, not {to_json(value)}")


def _printed(value: Any) -> str:
    """Return how `States.Format` prints a value: objects and arrays in the manner of the JVM."""
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        return f"[{', '.join(map(_printed, value))}]"
    if isinstance(value, dict):
        return f"{{{', '.join(f'{key}={_printed(part)}' for key, part in value.items())}}}"
    return to_json(value)


@lru_cache(maxsize=1024)
def _template(text: str) -> tuple[str, ...]:
    """Return the parts of a format text between its `{}`, escapes undone."""
    parts, current, at = [], "", 0
    for found in _PLACE.finditer(text):
        current += text[at : found.start()]
        at = found.end()
        if found.group(1) is not None:
            current += found.group(1) if found.group(1) in "{}'\\" else found.group()
        else:
            parts.append(current)
            current = ""
    return (*parts, current + text[at:])


def _format(arguments: list[Any], scope: Scope) -> str:
    parts = _template(_text(arguments[0], "the first argument"))
    values = arguments[1:]
    if len(parts) - 1 != len(values):
        raise Refused(f"{len(parts) - 1} places {{}} in the text, but {len(values)} values for them")
    return "".join(text for pair in zip(parts, [*map(_printed, values), ""], strict=True) for text in pair)


def _string_to_json(arguments: list[Any], scope: Scope) -> Any:
    text = _text(arguments[0], "the argument")
    if not text.strip():
        return None
    try:
        return json.loads(text)
    except ValueError as error:
        raise Refused(f"the text is not JSON: {error}") from None


def _array_partition(arguments: list[Any], scope: Scope) -> list[Any]:
    array, length = _array(arguments[0]), _whole(arguments[1])
    if length <= 0:
        raise Refused("the length of a part must be greater than 0")
    return [array[start : start + length] for start in range(0, len(array), length)]


def _array_range(arguments: list[Any], scope: Scope) -> list[int]:
    first, last, step = map(_whole, arguments)
    if step == 0:
        raise Refused("the step must not be 0")
    numbers = range(first, last + (1 if step > 0 else -1), step)
    if len(numbers) > _MOST_ELEMENTS:
        raise Refused(f"the range has more than {_MOST_ELEMENTS} elements")
    return list(numbers)


def _array_get_item(arguments: list[Any], scope: Scope) -> Any:
    array, index = _array(arguments[0]), arguments[1]
    if type(index) is not int or not 0 <= index < len(array):
        raise Refused(f"the array of {len(array)} elements has no index {to_json(index)}")
    return array[index]


def _array_unique(arguments: list[Any], scope: Scope) -> list[Any]:
    unique: dict[str, Any] = {}
    for value in _array(arguments[0]):
        unique.setdefault(json.dumps(value, sort_keys=True), value)
    return list(unique.values())


def _base64_decode(arguments: list[Any], scope: Scope) -> str:
    try:
        return base64.b64decode(_short_text(arguments[0], "the argument"), validate=True).decode()
    except (binascii.Error, UnicodeDecodeError) as error:
        raise Refused(f"the text is not Base64 of UTF-8: {error}") from None


def _hash(arguments: list[Any], scope: Scope) -> str:
    data = arguments[0] if isinstance(arguments[0], str) else to_json(arguments[0])
    algorithm = _HASHES.get(_text(arguments[1], "the algorithm"))
    if algorithm is None:
        raise Refused(f"{arguments[1]!r} is no hash algorithm; there are {', '.join(_HASHES)}")
    return hashlib.new(algorithm, _short_text(data, "the data").encode(), usedforsecurity=False).hexdigest()


def _json_merge(arguments: list[Any], scope: Scope) -> dict[str, Any]:
    if arguments[2] is not False:
        raise Refused("Step Functions merges objects only shallowly: the third argument must be false")
    return {**_object(arguments[0]), **_object(arguments[1])}


def _math_random(arguments: list[Any], scope: Scope) -> int:
    start, end = _whole(arguments[0]), _whole(arguments[1])
    if start >= end:
        raise Refused(f"the start {start} must be less than the end {end}")
    chance = scope.chance()
    if len(arguments) == 3:
        chance.seed(_whole(arguments[2]))
    return chance.randrange(start, end)


def _string_split(arguments: list[Any], scope: Scope) -> list[str]:
    text, separators = _text(arguments[0], "the text"), _text(arguments[1], "the separators")
    if not separators:
        return [text] if text else []
    return [part for part in re.split(f"[{re.escape(separators)}]", text) if part]


def _math_add(arguments: list[Any], scope: Scope) -> int:
    numbers = [_whole(argument) for argument in arguments]
    for number in numbers:
        if abs(number) > LARGEST_SUMMAND:
            raise Refused(f"{number} is outside of -{LARGEST_SUMMAND} to {LARGEST_SUMMAND}")
    return sum(numbers)


def _uuid(arguments: list[Any], scope: Scope) -> str:
    return str(UUID(int=scope.chance().getrandbits(128), version=4))


class Intrinsic(NamedTuple):
    """A function, how many arguments it takes, and how large its value can be; None: all its arguments."""

    call: Callable[[list[Any], Scope], Any]
    least: int
    most: int
    growth: Growth | None = UNKNOWN


_NUMBER = Growth(25, 0)
_ANY_NUMBER = 255

INTRINSICS = {
    "States.Format": Intrinsic(_format, 1, _ANY_NUMBER),
    "States.StringToJson": Intrinsic(_string_to_json, 1, 1),
    "States.JsonToString": Intrinsic(lambda arguments, scope: to_json(arguments[0]), 1, 1),
    "States.Array": Intrinsic(lambda arguments, scope: arguments, 0, _ANY_NUMBER, None),
    "States.ArrayPartition": Intrinsic(_array_partition, 2, 2),
    "States.ArrayContains": Intrinsic(
        lambda arguments, scope: any(same(element, arguments[1]) for element in _array(arguments[0])),
        2,
        2,
        Growth(5, 0),
    ),
    "States.ArrayRange": Intrinsic(_array_range, 3, 3),
    "States.ArrayGetItem": Intrinsic(_array_get_item, 2, 2, None),
    "States.ArrayLength": Intrinsic(lambda arguments, scope: len(_array(arguments[0])), 1, 1, _NUMBER),
    "States.ArrayUnique": Intrinsic(_array_unique, 1, 1, None),
    "States.Base64Encode": Intrinsic(
        lambda arguments, scope: base64.b64encode(
            _short_text(arguments[0], "the argument").encode()
        ).decode(),
        1,
        1,
    ),
    "States.Base64Decode": Intrinsic(_base64_decode, 1, 1),
    "States.Hash": Intrinsic(_hash, 2, 2, Growth(130, 0)),
    "States.JsonMerge": Intrinsic(_json_merge, 3, 3, None),
    "States.MathRandom": Intrinsic(_math_random, 2, 3, _NUMBER),
    "States.MathAdd": Intrinsic(_math_add, 2, 2, _NUMBER),
    "States.StringSplit": Intrinsic(_string_split, 2, 2),
    "States.UUID": Intrinsic(_uuid, 0, 0, Growth(38, 0)),
}
