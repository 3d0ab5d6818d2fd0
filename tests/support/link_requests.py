"""Requests as Lambda hands them to a function behind a URL: payload format 2.0, its names and its habits.

Source: "Invoking Lambda function URLs", AWS Lambda developer guide.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

BROWSER = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 Version/18.6 Mobile/15E148"
)
ONE_CLICK = "List-Unsubscribe=One-Click"
FORM = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data; boundary=b"
ONE_CLICK_PARTS = (
    '--b\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n--b--\r\n'
)


def asked(
    method: str, url: str, body: str | None = None, *, number: int = 1, encoded: bool = False, **headers: str
) -> dict[str, Any]:
    """Return the event of a request.

    Args:
        url: whole, or its path alone.
        number: another for each request.
        encoded: whether the body comes in base64, as it does unless its type is a text's.
        headers: `user_agent="…"`.
    """
    parts = urlsplit(url)
    said = {"user-agent": BROWSER, "accept-language": "en-GB,en;q=0.9"}
    said |= {name.replace("_", "-"): value for name, value in headers.items()}
    event: dict[str, Any] = {
        "version": "2.0", "routeKey": "$default", "rawPath": parts.path, "rawQueryString": parts.query,
        "headers": {"host": "abc.lambda-url.us-east-1.on.aws", "x-forwarded-proto": "https", **said},
        "requestContext": {
            "accountId": "anonymous", "apiId": "abc", "requestId": f"request-{number}", "stage": "$default",
            "http": {"method": method, "path": parts.path, "protocol": "HTTP/1.1", "sourceIp": "192.0.2.7",
                     "userAgent": said["user-agent"]},
        },
        "isBase64Encoded": encoded,
    }  # fmt: skip
    if body is not None:
        event["body"] = b64encode(body.encode()).decode() if encoded else body
    return event


def headers_of(answer: Mapping[str, Any]) -> dict[str, str]:
    """Return an answer's headers, which Lambda sends as they are."""
    found: dict[str, str] = answer["headers"]
    assert all(name == name.lower() and "\n" not in value + name for name, value in found.items())
    return found
