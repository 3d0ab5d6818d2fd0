"""Watches a function in tests: writes down every call that it makes to AWS, and keeps it on this machine.

A function's `bootstrap` runs this file before it imports the handler, where `SOJOURN_RUN_FIRST` names it. The log,
`SOJOURN_CALLS_LOG`, gets a line of JSON for each call: the function, the service as IAM names it, the operation and
its parameters. It is written as botocore is asked, whatever comes of the call. Hosts beyond loopback are unknown, as
they are on a machine without a network.
"""

from __future__ import annotations

import base64
import json
import os
import socket
from collections.abc import Mapping
from contextlib import suppress
from ipaddress import ip_address
from typing import Any

import botocore.session

_begin = botocore.session.get_session
_look_up = socket.getaddrinfo


def watched(*arguments: Any, **options: Any) -> Any:
    """Return a session whose clients' calls are written down."""
    session = _begin(*arguments, **options)
    session.register("before-parameter-build", written)
    return session


def written(params: Mapping[str, Any], model: Any, **_: Any) -> None:
    """Write a call down: one line, in one go, as several functions write at once."""
    call = {
        "function": os.environ["AWS_LAMBDA_FUNCTION_NAME"],
        "service": model.service_model.signing_name,
        "operation": model.name,
        "parameters": params,
    }
    line = json.dumps(call, default=_plain) + "\n"
    log = os.open(os.environ["SOJOURN_CALLS_LOG"], os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        os.write(log, line.encode())
    finally:
        os.close(log)


def looked_up(host: Any, *arguments: Any, **options: Any) -> Any:
    """Look up a host, if it is this machine."""
    if not _is_here(host):
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
    return _look_up(host, *arguments, **options)


def _is_here(host: Any) -> bool:
    with suppress(ValueError):
        return bool(ip_address(host).is_loopback)
    return bool(host == "localhost")


def _plain(value: Any) -> str:
    return base64.b64encode(value).decode() if isinstance(value, bytes) else str(value)


botocore.session.get_session = watched
socket.getaddrinfo = looked_up
