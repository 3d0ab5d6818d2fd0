"""What importing and sending cost: no locale database, and no python-liquid for plain templates."""

from __future__ import annotations

import subprocess
import sys

PLAIN = """
import sys
from sojourn.domain.message.content import CompiledMessage, render
from sojourn.domain.message import sms
message = CompiledMessage("m", "0", {"en": {"sms": {"body": "Hi {{ a | default: 'you' }}"}}}, "en")
assert render(message, "sms", None, {}).parts == {"body": "Hi you"}
print(sorted({"liquid", "babel", "pytz", "mrml", "lxml", "css_inline"} & set(sys.modules)))
"""
FULL = """
import sys
from sojourn.domain.message.template import parse
assert parse("{% if a %}x{% endif %}").render({"a": 1}) == "x"
print(sorted({"liquid", "babel", "babel.dates", "pytz"} & set(sys.modules)))
"""


def loaded(program: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60
    )
    return done.stdout.strip()


def test_a_plain_message_is_sent_without_python_liquid() -> None:
    """A function that sends plain templates imports neither python-liquid nor what compiles HTML and MJML."""
    assert loaded(PLAIN) == "[]"


def test_python_liquid_is_imported_without_babel() -> None:
    """The full language needs no locale data, and leaves no stand-in behind for others to stumble over."""
    assert loaded(FULL) == "['liquid']"
