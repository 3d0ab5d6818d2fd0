"""What a state of a journey's machine hands the functions `step` and `send`. It knows the form, not the meaning.

Our own compiler wrote the form; it is looked at here for the machine that somebody changed by hand, and for a payload
sent to a function from the console: they get a sentence, not a `KeyError` in the middle of a commit.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_PART = (dict, str)
"""A mapping, or its JSON text where Step Functions might have read an author's words as its own."""
_REQUIRED: Mapping[str, tuple[type, ...]] = {
    "step": (str,), "do": _PART, "then": _PART, "state": (dict,), "entered": (str,), "execution": (str,),
}  # fmt: skip
_OPTIONAL: Mapping[str, tuple[type, ...]] = {
    "lane": (str,), "keep": (list,), "keep_paths": (list,), "token": (str,), "late": (str,), "up_to": (int, float),
}  # fmt: skip
_STATE: Mapping[str, tuple[type, ...]] = {"run": (str,), "customer": (str,), "steps": (dict,)}


class PayloadError(TypeError):
    """A payload that no journey's machine sends."""


def checked(payload: Any) -> Mapping[str, Any]:
    """Return a task's payload if it is one.

    Raises:
        PayloadError: it is none; the message says where, and nothing of what stands there.
    """
    if not isinstance(payload, dict):
        raise _no_payload("it", "is no object")
    _check(payload, _REQUIRED, "")
    _check(payload["state"], _STATE, "state.")
    for name, value in payload.items():
        if name not in _REQUIRED:
            if name not in _OPTIONAL:
                raise _no_payload(str(name), "is nothing that a task has")
            if not isinstance(value, _OPTIONAL[name]):
                raise _no_payload(name, "is of another kind")
    if payload.get("token") == "":
        raise _no_payload("token", "is empty")
    return payload


def _check(given: Mapping[str, Any], wanted: Mapping[str, tuple[type, ...]], where: str) -> None:
    for name, kinds in wanted.items():
        if name not in given:
            raise _no_payload(where + name, "is missing")
        if not isinstance(given[name], kinds):
            raise _no_payload(where + name, "is of another kind")


def _no_payload(where: str, what: str) -> PayloadError:
    return PayloadError(f"no payload of a journey's task: {where} {what}")
