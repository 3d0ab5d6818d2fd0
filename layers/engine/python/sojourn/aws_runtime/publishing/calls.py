"""Reads calls of the control API: who calls, for what, with what; and shapes the answers.

API Gateway let the call in by a route, whose permission the caller has; so the route says what is asked for, and not
the path or the body. Who called is what IAM says. Errors are `{"error": <word>, "message": <sentence>, …}`. It knows no
table.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sojourn.aws_runtime.api.http import Answer, BadCall, HttpCall, answered, call_of, checked, only, parsed
from sojourn.aws_runtime.observability import count, log_raised
from sojourn.aws_runtime.publishing.routes import ROUTES

REFUSED = "ControlRefused"
FAILED = "ControlFailed"
AGAIN_AFTER = 2
LONGEST_BODY = 5_500_000
"""Bytes, most of them a workspace in base64; Lambda takes 6 MB with everything around."""
LONGEST_TEXT = 1_000
"""Characters of a message or reason: people write it, and it is kept in every account of what was done."""
LONGEST_NAME, MOST_VERSIONS = 64, 2_000
"""Characters of the name of a journey or version, and of how many journeys a caller may say what they saw."""


class Refusal(BadCall):
    """A call that is refused, with more than a sentence for programs.

    Args:
        said: further fields of the answer.
    """

    def __init__(
        self, status: int, error: str, message: str, said: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:  # fmt: skip
        super().__init__(status, error, message, headers)
        self.said = said or {}

    def answer(self) -> Answer:
        """Return what the caller is told."""
        return answered(self.status, {"error": self.code, "message": self.message, **self.said}, self.headers)


@dataclass(frozen=True, slots=True)
class ControlCall:
    """One call.

    Args:
        name: of the route, see `routes`.
        by: the ARN under which somebody called.
        about: the journey, operation or source in the path; "" for all.
        body: what was said, an object; empty where nothing was.
    """

    name: str
    by: str
    about: str
    body: Mapping[str, Any]

    def text(self, name: str, longest: int = LONGEST_TEXT) -> str:
        """Return a text of the body, "" where there is none.

        Raises:
            Refusal: it is something else, or too long.
        """
        value = self.body.get(name)
        if value is None:
            return ""
        if not isinstance(value, str) or len(value) > longest:
            raise wrong(name, f"a text of up to {longest:,} characters is wanted")
        return value.strip()

    def id(self, name: str, longest: int) -> str:
        """Return an id of the body just as it is: whoever made it may mean every character of it.

        Raises:
            Refusal: it is none, or too long.
        """
        return exact(self.body.get(name), name, longest)

    def number(self, name: str, least: float, most: float) -> float:
        """Return a number of the body, 0.0 where it says none.

        Raises:
            Refusal: it is something else, or out of bounds.
        """
        value = self.body.get(name)
        if value is None:
            return 0.0
        if not isinstance(value, int | float) or isinstance(value, bool) or not least <= value <= most:
            raise wrong(name, f"a number from {least:g} to {most:,g} is wanted")
        return float(value)

    def flag(self, name: str, usual: bool) -> bool:
        """Return a yes or no of the body.

        Raises:
            Refusal: it is something else.
        """
        value = self.body.get(name, usual)
        if not isinstance(value, bool):
            raise wrong(name, "true or false is wanted")
        return value

    def word(self, name: str, *known: str) -> str:
        """Return one of *known* words, the first where the body says none.

        Raises:
            Refusal: it is another.
        """
        value = self.body.get(name)
        if value is None:
            return known[0]
        if value not in known:
            raise wrong(name, f"one of {', '.join(known)} is wanted")
        return str(value)

    def versions(self, name: str) -> dict[str, str]:
        """Return which version of each journey the caller saw, "" for none.

        Raises:
            Refusal: it is no object of texts.
        """
        value = self.body.get(name) or {}
        short = isinstance(value, dict) and all(
            isinstance(one, str) and len(one) <= LONGEST_NAME and len(journey) <= LONGEST_NAME
            for journey, one in value.items()
        )
        # It is kept with the operation, in one row.
        if not short or len(value) > MOST_VERSIONS:
            raise wrong(name, f"an object is wanted, of up to {MOST_VERSIONS:,} journeys and their versions")
        return value


def control_call(event: Mapping[str, Any]) -> ControlCall:
    """Return the call in an event.

    Raises:
        BadCall: nobody is known to call, there is no such route, or the body cannot be read.
    """
    context = _mapping(event.get("requestContext"))
    by = _mapping(_mapping(context.get("authorizer")).get("iam")).get("userArn")
    if not isinstance(by, str) or not by:
        raise Refusal(401, "nobody", "it is not known who calls: sign the call with AWS credentials")
    name = ROUTES.get(str(event.get("routeKey", "")))
    if name is None:
        raise Refusal(404, "not_found", "there is no such call")
    parameters = _mapping(event.get("pathParameters"))
    about = next((str(parameters[one]) for one in ("journey", "id", "source") if one in parameters), "")
    return ControlCall(name, by, about, _body(call_of(event)))


def answer(event: Mapping[str, Any], work: Callable[[ControlCall], Answer]) -> Answer:
    """Answer the call in an event as *work* does; never raises."""
    try:
        return work(control_call(event))
    except BadCall as bad:
        count(REFUSED, code=bad.code)
        if isinstance(bad, Refusal):
            return bad.answer()
        return Refusal(bad.status, bad.code, bad.message, headers=bad.headers).answer()
    except Exception as error:  # noqa: BLE001 - the caller comes again, an operator gets the log and an alarm
        log_raised(error)
        count(FAILED)
        said = "this could not be done just now: look what is there, and call again"
        return Refusal(503, "try_again", said, headers={"retry-after": str(AGAIN_AFTER)}).answer()


def known(call: ControlCall, *fields: str) -> None:
    """Refuse a body with a field that nobody reads: it is one misspelled, and meant something.

    Raises:
        BadCall: it names the first.
    """
    only(call.body, fields)


def exact(value: Any, name: str, longest: int) -> str:
    """Return a text of the body just as it is.

    Args:
        name: its place.

    Raises:
        Refusal: it is none, or too long.
    """
    if not isinstance(value, str) or not 0 < len(value) <= longest:
        raise wrong(name, f"a text of up to {longest:,} characters is wanted")
    return value


def wrong(name: str, wanted: str) -> Refusal:
    """Return the refusal of a field of the body."""
    return Refusal(400, "bad_field", f"{name}: {wanted}")


def _body(call: HttpCall) -> Mapping[str, Any]:
    content = call.content(LONGEST_BODY)
    if not content.strip():
        return {}
    said = parsed(content)
    # The workspace is a long text, and nothing that can be wrong with texts is wrong with base64.
    checked({name: value for name, value in said.items() if name != "workspace"}, "the body")
    return said


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}
