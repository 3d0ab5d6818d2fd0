"""Reads what Lambda hands a function behind a URL (payload format 2.0): a request for a link, from anybody at all.

Whatever comes can be read: what makes no sense is a request for nothing. It knows neither keys nor pages.
"""

from __future__ import annotations

import re
from base64 import b64decode
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from sojourn.adapters.links.signed import OPEN, PICTURE
from sojourn.aws_runtime.links.texts import language
from sojourn.domain.decide import machines
from sojourn.domain.decide.machines import What

LONGEST_BODY = 4_096
"""So many characters of a body are read; ours and RFC 8058's have under a hundred."""

_AHEAD = re.compile(r"prefetch|prerender|preview")
_PURPOSES = ("sec-purpose", "purpose", "x-purpose", "x-moz")


@dataclass(frozen=True, slots=True)
class Request:
    """One request.

    Args:
        kind: what stands before the token in the path, as in `sojourn.adapters.links.signed`.
        locale: the language that the reader's browser wants, among those we have.
        machine: nobody has opened or clicked: a program fetches, or a browser ahead of its reader.
        one_click: a mail program's button was pressed (RFC 8058), not one of a page.
    """

    method: str
    kind: str
    token: str
    locale: str
    machine: bool
    form: Mapping[str, str]
    one_click: bool

    @property
    def by(self) -> str:
        """Who asks, as metrics and events tell them apart."""
        return "machine" if self.machine else "reader"


def request_of(event: Mapping[str, Any]) -> Request:
    """Return the request in an event."""
    about = _mapping(event.get("requestContext"))
    headers = {name: str(value) for name, value in _mapping(event.get("headers")).items()}
    # What stands before is the operator's: an address of his own may lead here from a path.
    *_, kind, token = ("", "", *str(event.get("rawPath", "")).split("/"))
    if kind == OPEN:
        token = token.removesuffix(PICTURE)
    body = _body(event)
    form = dict(parse_qsl(body, keep_blank_values=True))
    return Request(
        method=str(_mapping(about.get("http")).get("method", "")).upper(),
        kind=kind,
        token=token,
        locale=language(headers.get("accept-language", "")),
        machine=is_machine("opened" if kind == OPEN else "clicked", headers, _address(about, headers)),
        form=form,
        # Urlencoded or multipart: both have these two words, and no form of ours has them.
        one_click="List-Unsubscribe" in body and "One-Click" in body,
    )


def is_machine(what: What, headers: Mapping[str, str], address: str = "") -> bool:
    """Say whether a request is likely no reader's: by what the program calls itself, what it is for, where it is."""
    if any(_AHEAD.search(headers.get(name, "").lower()) for name in _PURPOSES):
        return True
    return machines.is_machine(what, headers.get("user-agent", ""), address)


def _address(about: Mapping[str, Any], headers: Mapping[str, str]) -> str:
    """Return who asks, or whom a proxy of the operator's asks for: the first of those it names.

    Anybody may name anybody there: nobody gains by being taken for a program.
    """
    first = headers.get("x-forwarded-for", "").partition(",")[0].strip()
    return first or str(_mapping(about.get("http")).get("sourceIp", ""))


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _body(event: Mapping[str, Any]) -> str:
    """Return the beginning of the body; nothing where it is no text."""
    body = event.get("body")
    if not isinstance(body, str):
        return ""
    body = body[:LONGEST_BODY]
    if not event.get("isBase64Encoded"):
        return body
    try:
        return b64decode(body).decode("utf-8", "replace")
    except ValueError:
        return ""
