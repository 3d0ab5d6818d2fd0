"""Calling what a Task state names: Python functions stand in for Lambda functions and integrations.

What a handler raises becomes the error that AWS Lambda reports for it: the exception's class name as error
name, a JSON object as cause.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sojourn.local.states.errors import StateError
from sojourn.local.states.limits import too_large
from sojourn.local.states.payload import LIMIT, own_copy, shared, taken_over, to_json

Handler = Callable[[Any], Any]

_NOT_FOUND = "Lambda.ResourceNotFoundException"
_NOT_JSON = "Runtime.MarshalError"


class HandlerFailed(StateError):
    """A handler raised; *exception* is what."""

    def __init__(self, error: str, cause: str, exception: Exception) -> None:
        super().__init__(error, cause)
        self.exception = exception


class Resources:
    """The handlers by resource: a function's or integration's ARN, or a placeholder.

    Args:
        trusted: handlers change nothing they are handed and answer with nothing but JSON, so that neither need be
            copied.
    """

    def __init__(self, handlers: Mapping[str, Handler], *, trusted: bool = False) -> None:
        self._handlers = handlers
        self._copied: Callable[[Any], Any] = _as_it_is if trusted else own_copy
        self._take_over = shared if trusted else taken_over

    def call(self, resource: str, payload: Any) -> Any:
        """Hand *payload* to a resource; return its answer as it is.

        Raises:
            StateError: where there is no such resource, or it raised.
        """
        handler = self._handlers.get(resource)
        if handler is None:
            handler = self._unqualified(resource)
        try:
            return handler(self._copied(payload))
        except Exception as exception:  # a Lambda function reports whatever it raises
            error = str(getattr(exception, "error_name", type(exception).__name__))
            cause = to_json({"errorMessage": str(exception), "errorType": error})
            raise HandlerFailed(error, cause, exception) from exception

    def _unqualified(self, resource: str) -> Handler:
        """Return the handler of a function that is named with its version or alias."""
        name, colon, _ = resource.rpartition(":")
        handler = self._handlers.get(name) if colon else None
        if handler is None:
            raise StateError(_NOT_FOUND, f"Function not found: {resource}")
        return handler

    def accepted(self, answer: Any, resource: str) -> tuple[Any, int]:
        """Return a resource's answer as JSON of our own and its size.

        Raises:
            StateError: where it is not JSON, or too large.
        """
        try:
            result, length = self._take_over(answer)
        except (TypeError, ValueError) as problem:
            cause = to_json(
                {"errorMessage": f"Unable to marshal response: {problem}", "errorType": _NOT_JSON}
            )
            raise StateError(_NOT_JSON, cause) from None
        if length > LIMIT:
            raise too_large(f"The state/task '{resource}'")
        return result, length


def _as_it_is(value: Any) -> Any:
    return value
