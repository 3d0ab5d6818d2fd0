"""Lets the functions of one deployment take the time from whoever tells a story, customer by customer.

A function's `bootstrap` runs this file before it imports the handler, where `SOJOURN_RUN_FIRST` names it. It watches
the function (`infra/local_cloud/watch.py`); and in functions of the stage that `SOJOURN_TOLD_STAGE` names, the clock
answers what stands in the file of the customer that the invocation is about, in the folder `SOJOURN_TOLD_TIME`. Who
has no file there lives now. What begins and ends is noted in the file beside it, so that the teller knows when all is
still.

A state is entered at the time that is told, too: time stands still while a state is entered. And nothing is put apart
at random: what is held until eight in the morning goes out at eight, as in a scenario. A provider fails for a customer
as the file of faults says: it rejects a message, or does not answer.
"""

from __future__ import annotations

import json
import os
import random
import runpy
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import botocore.session
from botocore.awsrequest import AWSResponse
from botocore.exceptions import ReadTimeoutError

_STAGE = os.environ.get("SOJOURN_TOLD_STAGE", "")
_FOLDER = Path(os.environ.get("SOJOURN_TOLD_TIME", os.devnull))
HEADER = "x-told-customer"
"""Says who a request of HTTP is about."""
OPERATIONS = {"SendEmail": "email", "SendTextMessage": "sms", "Publish": "push"}
"""What a provider is asked for to send, and on which channel that is."""
REJECTED = (
    b"<ErrorResponse><Error><Code>ParameterValueInvalid</Code><Message>no</Message></Error></ErrorResponse>"
)
"""What SNS answers to a notification that it does not take."""
_about = ""


def now(_: Any = None) -> datetime:
    """Return the time that is told of whom the invocation is about."""
    try:
        return datetime.fromisoformat((_FOLDER / _about).read_text())
    except OSError:
        return datetime.now(UTC)


def told(handler: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    """Return a handler that works on what comes from a queue one by one, each at its customer's time."""

    def handled(event: Any, context: Any) -> Any:
        records = event.get("Records") or [{}]
        if "body" in records[0]:
            answers = [_one({"Records": [record]}, context) for record in records]
            return {"batchItemFailures": [one for answer in answers for one in answer["batchItemFailures"]]}
        return _one(event, context)

    def _one(event: Any, context: Any) -> Any:
        customer, what = whose(event)
        with _noted(customer, what):
            known = {**event, "entered": now().isoformat()} if "entered" in event else event
            return handler(known, context)

    return handled


def whose(event: Mapping[str, Any]) -> tuple[str, str]:
    """Return who an invocation is about, and what came: the id of an event, the name of a step."""
    if "state" in event:
        return event["state"]["customer"], event["step"]
    if "Records" in event:
        detail = json.loads(event["Records"][0].get("body") or "{}").get("detail") or {}
        tags = detail.get("mail", {}).get("tags", {})
        return detail.get("customer") or (tags.get("customer") or [""])[0], str(detail.get("id", ""))
    return (event.get("headers") or {}).get(HEADER, ""), ""


def failing(request: Any, event_name: str, **_: Any) -> AWSResponse | None:
    """Answer for a provider that fails for this customer.

    Raises:
        ReadTimeoutError: it is one that does not answer.
        ValueError: nobody has said how one of its kind does that.
    """
    channel, faults = OPERATIONS.get(event_name.rpartition(".")[2], ""), _FOLDER / f"{_about}.faults"
    fault = json.loads(faults.read_text()).get(channel) if faults.exists() else None
    if fault == "unknown":
        raise ReadTimeoutError(endpoint_url=request.url)
    if fault and (fault, channel) != ("rejected", "push"):
        raise ValueError(f"{fault} on {channel}")
    return AWSResponse(request.url, 400, {}, _Raw(REJECTED)) if fault else None


class _Raw(BytesIO):
    """A body, as botocore reads it."""

    def stream(self) -> Iterator[bytes]:
        """Yield all of it."""
        yield self.read()


@contextmanager
def _noted(customer: str, what: str) -> Iterator[None]:
    global _about  # noqa: PLW0603 - a function does one thing at a time
    _about = customer if customer and (_FOLDER / customer).exists() else "nobody"
    _note("begins", what)
    try:
        yield
    finally:
        _note("ends", what)


def _note(how: str, what: str) -> None:
    if _about == "nobody":
        return
    name = os.environ["AWS_LAMBDA_FUNCTION_NAME"].rpartition("-")[2]
    log = os.open(_FOLDER / f"{_about}.did", os.O_WRONLY | os.O_APPEND)
    try:
        os.write(log, f"{how} {name} {what}\n".encode())
    finally:
        os.close(log)


def install() -> None:
    """Watch the function; and put the told time in the place of the machine's, where this stage's is told."""
    runpy.run_path(os.environ["SOJOURN_TOLD_WATCH"])
    if not os.environ["AWS_LAMBDA_FUNCTION_NAME"].startswith(f"sojourn-{_STAGE}-"):
        return
    # Before the engine is imported, which takes it as it is then.
    random.random = lambda: 0.0
    from sojourn.aws_runtime import clock, observability

    clock.SystemClock.now = now  # type: ignore[method-assign]
    begin = botocore.session.get_session

    def session(*arguments: Any, **options: Any) -> Any:
        begun = begin(*arguments, **options)
        begun.register("before-send", failing)
        return begun

    botocore.session.get_session = session
    observe = observability.observed
    observability.observed = lambda handler: told(observe(handler))


if os.environ.get("AWS_LAMBDA_FUNCTION_NAME"):
    install()
