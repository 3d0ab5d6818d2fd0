"""What the pages behind links say, in the languages there are; the reader's browser says which it wants.

A page knows neither the customer nor the workspace: only what a link stands for. So topics appear under the names
they have in `workspace.yaml`. It knows no HTML.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

DEFAULT = "en"
LANGUAGES = ("en", "de", "fr", "es", "it", "nl", "pt", "pl")
"""Those there are; each is a file of the same shape, which `Texts` says."""
_FOLDER = Path(__file__).with_name("languages")
LONGEST_HEADER = 400
"""So much of an Accept-Language header is read; browsers send less."""


@dataclass(frozen=True, slots=True)
class Texts:
    """One language. `{topic}` is the kind of message, `{by}` how it comes: one of `by`.

    Args:
        by: channel -> "by email"; "" for any other channel.
        unsubscribe: title, and the button of a page with one question.
        still: what no unsubscription stops.
    """

    by: Mapping[str, str]
    unsubscribe: str
    ask_topic: str
    ask_channel: str
    preferences: str
    choose: str
    option_topic: str
    option_channel: str
    option_all: str
    stop: str
    done: str
    done_topic: str
    done_channel: str
    done_all: str
    still: str
    broken: str
    broken_text: str
    failed: str
    failed_text: str


@cache
def texts_in(language: str) -> Texts:
    """Return what the pages say in one of `LANGUAGES`: `languages/<language>.json`, read when it is first asked for.

    Raises:
        KeyError: it is none of them, so that no reader's word becomes the name of a file.
    """
    if language not in LANGUAGES:
        raise KeyError(language)
    said: dict[str, Any] = json.loads((_FOLDER / f"{language}.json").read_text(encoding="utf-8"))
    # Of several sentences each stands in a line of its own there.
    for name, text in said.items():
        if isinstance(text, list):
            said[name] = " ".join(text)
    return Texts(**said)


def language(accepted: str) -> str:
    """Return the first language there is in the order a browser wants them.

    Args:
        accepted: the header Accept-Language, `de-AT,de;q=0.9,en;q=0.5` (RFC 9110, section 12.5.4); anybody's text.
    """
    wanted: list[tuple[float, str]] = []
    for part in accepted[:LONGEST_HEADER].split(","):
        tag, *parameters = part.lower().split(";")
        quality = next((text.strip()[2:] for text in parameters if text.strip().startswith("q=")), "1")
        try:
            wanted.append((float(quality), tag.strip().split("-")[0]))
        except ValueError:
            continue
    offered = [(wish, tag) for wish, tag in wanted if tag in LANGUAGES and wish > 0]
    return max(offered, key=lambda one: one[0])[1] if offered else DEFAULT
