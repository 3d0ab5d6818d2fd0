"""Pinpoint's contract, as botocore has it: what an export may hold, and where one does not.

The model of the service is read from botocore's data (API version 2016-12-01). botocore itself checks requests only,
and no words of a closed list; here exports are compared with the model's shapes, and what is wrong says how to mend
it: most mistakes are a key in the wrong place or in the wrong letters.
"""

from __future__ import annotations

import difflib
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

Path = tuple[str | int, ...]
_NUMBERS: Final[dict[str, Any]] = {
    "integer": (int,),
    "long": (int,),
    "double": (int, float),
    "float": (int, float),
}
_SAID: Final = {
    "string": "a text", "integer": "a whole number", "long": "a whole number", "double": "a number",
    "float": "a number", "boolean": "true or false", "timestamp": "a time", "structure": "an object",
    "map": "an object", "list": "a list",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is not as the model says.

    Args:
        path: the keys and indexes that lead to it.
    """

    path: Path
    what: str
    repair: str = ""


class ContractMissingError(LookupError):
    """botocore is not installed, or one that does not describe Pinpoint any more."""


@cache
def shape(name: str) -> Any:
    """Return one of the model's shapes: `JourneyResponse`.

    Raises:
        ContractMissingError: there is no model.
    """
    return _model().shape_for(name)


@cache
def _model() -> Any:
    # Imported here: the model is half a megabyte, and no other command needs it.
    try:
        from botocore.exceptions import DataNotFoundError
        from botocore.loaders import Loader
        from botocore.model import ServiceModel
    except ImportError as error:
        raise ContractMissingError("botocore is not installed") from error
    try:
        return ServiceModel(Loader().load_service_model("pinpoint", "service-2", "2016-12-01"), "pinpoint")
    except DataNotFoundError as error:
        raise ContractMissingError("this botocore does not know Pinpoint any more") from error


def faults(name: str, value: Any) -> Iterator[Fault]:
    """Yield what keeps *value* from being one of the shape *name*."""
    yield from _faults(shape(name), value, (), None)


def _faults(wanted: Any, value: Any, path: Path, around: Any) -> Iterator[Fault]:
    kind = wanted.type_name
    if kind in ("structure", "map") and not isinstance(value, dict):
        yield _wrong_type(path, kind, value)
    elif kind == "structure":
        yield from _of_structure(wanted, value, path, around)
    elif kind == "map":
        for key, one in value.items():
            yield from _of_word(wanted.key, key, path)
            yield from _faults(wanted.value, one, (*path, key), None)
    elif kind == "list":
        if not isinstance(value, list):
            yield _wrong_type(path, kind, value, "put it into [ ]")
            return
        for index, one in enumerate(value):
            yield from _faults(wanted.member, one, (*path, index), None)
    else:
        yield from _of_scalar(wanted, value, path)


def _of_scalar(wanted: Any, value: Any, path: Path) -> Iterator[Fault]:
    kind = wanted.type_name
    if kind in ("string", "timestamp"):
        if not isinstance(value, str):
            yield _wrong_type(path, kind, value, f'write "{value}"' if isinstance(value, int | float) else "")
        else:
            yield from _of_word(wanted, value, path)
    elif kind == "boolean":
        if not isinstance(value, bool):
            yield _wrong_type(path, kind, value)
    elif not _is_number(value, kind):
        yield _wrong_type(path, kind, value, "write it without quotes" if _says_number(value) else "")


def _of_structure(wanted: Any, value: dict[str, Any], path: Path, around: Any) -> Iterator[Fault]:
    members = wanted.members
    for missing in wanted.required_members:
        if missing not in value:
            yield Fault(path, f"`{missing}` is missing", f"add `{missing}`")
    for key, one in value.items():
        if key in members:
            yield from _faults(members[key], one, (*path, key), wanted)
        else:
            yield Fault(path, f"there is no `{key}` here", _instead(key, wanted, value, path, around))


def _instead(key: str, wanted: Any, value: dict[str, Any], path: Path, around: Any) -> str:
    """Say what to do about a key that does not belong where it stands."""
    members = wanted.members
    alike = next((name for name in members if _bare(name) == _bare(key)), None)
    if alike is not None:
        return f"write `{alike}` for `{key}`"
    inside = [name for name, one in members.items() if one.type_name == "structure" and key in one.members]
    written = {_bare(name) for name in value}
    present = [name for name in inside if _bare(name) in written]
    if present or len(inside) == 1:
        return f"move `{key}` into `{(present or inside)[0]}`"
    if around is not None and key in around.members and path:
        return f"move `{key}` out of `{path[-1]}`, beside it"
    for name in members:
        if _bare(key).startswith(_bare(name)) or (len(_bare(key)) > 3 and _bare(name).startswith(_bare(key))):
            return f"write `{name}` for `{key}`"
    near = difflib.get_close_matches(key, list(members), n=1, cutoff=0.6)
    if near:
        return f"write `{near[0]}` for `{key}`"
    return f"known here: {', '.join(members)}" if len(members) <= 14 else f"take `{key}` out"


def _of_word(wanted: Any, value: str, path: Path) -> Iterator[Fault]:
    words = getattr(wanted, "enum", None)
    if words and value not in words:
        alike = [word for word in words if _bare(word) == _bare(value)]
        near = alike or difflib.get_close_matches(value.upper(), words, n=1, cutoff=0.6)
        yield Fault(
            path,
            f'"{value}" is none of {", ".join(words)}',
            f'write "{near[0]}"' if near else "choose one of them",
        )


def _wrong_type(path: Path, kind: str, value: Any, repair: str = "") -> Fault:
    return Fault(
        path, f"{_called(value)} stands where {_SAID[kind]} belongs", repair or f"write {_SAID[kind]}"
    )


def _called(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict):
        return "an object"
    if isinstance(value, list):
        return "a list"
    return f'"{value}"' if isinstance(value, str) else str(value)


def _is_number(value: Any, kind: str) -> bool:
    """Say whether *value* is a number of this kind; JSON's 1e999 is none."""
    return (
        isinstance(value, _NUMBERS[kind]) and not isinstance(value, bool) and abs(value) <= sys.float_info.max
    )


def _says_number(value: Any) -> bool:
    return isinstance(value, str) and re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", value) is not None


def _bare(word: str) -> str:
    return re.sub(r"[^a-z0-9]", "", word.lower())
