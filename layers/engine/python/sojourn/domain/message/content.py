"""Messages: what an author wrote, compiled once, rendered for one customer on one channel.

Compiling collects everything that is wrong and does the expensive work (MJML, the text part); the result is plain
JSON that travels with the journey version. Rendering fills in a customer's values or says why it cannot.
"""

from __future__ import annotations

import hashlib
import html
import json
import re
from collections.abc import Callable, Mapping
from typing import Any

from sojourn.domain.message.authored import Authored, AuthoredTemplate, read_content
from sojourn.domain.message.channels import CHANNELS
from sojourn.domain.message.compiled import CompiledMessage, plain, render
from sojourn.domain.message.locales import canonical
from sojourn.domain.message.marks import scan
from sojourn.domain.message.markup import cut
from sojourn.domain.message.mjml import Compiled, compile_html, compile_mjml
from sojourn.domain.message.problems import ContentError, MessageProblem
from sojourn.domain.message.protect import mask, protect
from sojourn.domain.message.rendering import Rendered
from sojourn.domain.message.template import check_template, parse

_OPT_OUT = ("unsubscribe_url", "preferences_url")
_STOP = re.compile(r"\bSTOP\b")
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_HIDDEN = "display:none;font-size:1px;line-height:1px;max-height:0;max-width:0;opacity:0;overflow:hidden"


def read_templates(
    content: Mapping[str, Any], default_locale: str, files: Callable[[str], str]
) -> tuple[AuthoredTemplate, ...]:
    """Return every template of an authored message, for rules that look at variables; what is wrong is left out."""
    return tuple(read_content(content, default_locale, files).templates)


def compile_message(
    name: str, content: Mapping[str, Any], default_locale: str, files: Callable[[str], str]
) -> tuple[CompiledMessage | None, tuple[MessageProblem, ...]]:
    """Compile an authored message.

    Args:
        content: the mapping as it stands in `messages/<name>.yaml`: channels in the default locale, and `locales`.
        default_locale: the workspace's locale.
        files: gives the text of a file beside the message by its name; LookupError, OSError or ValueError where it
            cannot.

    Returns:
        The message and no problems, or None and everything that is wrong. Whether variables exist is not looked at.
    """
    authored = read_content(content, default_locale, files)
    problems = list(authored.problems)
    parts: dict[str, dict[str, dict[str, Any]]] = {}
    for template in authored.templates:
        found = [
            MessageProblem(p.kind, p.message, p.help, template.path, template.file, p.offset, p.length)
            for p in check_template(template.text, lambda _path: None)
        ]
        problems.extend(found)
        channel = parts.setdefault(canonical(template.locale), {}).setdefault(template.channel, {})
        if not found:
            problems.extend(_put(channel, template))
    problems.extend(_finish(parts, authored))
    if problems:
        return None, tuple(sorted(set(problems), key=lambda p: (p.path, p.file, p.offset, p.kind, p.message)))
    body = {"name": name, "default_locale": default_locale, "locales": parts}
    canonical_json = json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    digest = hashlib.sha256(canonical_json.encode("utf-8", "surrogatepass")).hexdigest()[:16]
    return CompiledMessage(name, digest, parts, default_locale), ()


def has_unsubscribe(message: CompiledMessage, channel: str) -> bool:
    """Tell whether the channel's content offers a way out, in every locale that has such content.

    For an email that is a link (`unsubscribe_url` or `preferences_url`) in its HTML or its text, for SMS and WhatsApp
    also the word STOP. What lies in an app or goes to a machine needs none: True.
    """
    if channel not in ("email", "sms", "whatsapp"):
        return True
    contents = [locale[channel] for locale in message.locales.values() if channel in locale]
    return bool(contents) and all(_offers(channel, parts) for parts in contents)


def _offers(channel: str, parts: Mapping[str, Any]) -> bool:
    if channel == "whatsapp" and "template" in parts:
        return True  # the template's text lies with the provider, who asks for the way out there
    texts = [(parts.get("html", ""), True), (parts.get("text", ""), False)]
    if channel != "email":
        texts = [(parts.get("body", ""), False)]
        if _STOP.search(texts[0][0]):
            return True
    return any(_leads_out(text, escape) for text, escape in texts)


def _leads_out(text: str, markup: bool) -> bool:
    """Tell whether *text* names a way out where a reader sees it, which is not within a comment of HTML."""
    hidden = [comment.span() for comment in _COMMENT.finditer(text)] if markup else []
    return any(
        variable.path[0] in _OPT_OUT and not any(start <= variable.offset < end for start, end in hidden)
        for variable in parse(text, markup).variables
    )


def _put(channel: dict[str, Any], template: AuthoredTemplate) -> list[MessageProblem]:
    """Add the part that *template* is; return what is wrong with its markup."""
    if template.form not in ("mjml", "html"):
        channel[template.part] = template.text
        return []
    compiled, problems = (compile_mjml if template.form == "mjml" else compile_html)(
        template.text, template.locale
    )
    if compiled:
        channel["html"] = compiled
    return [
        MessageProblem(p.kind, p.message, p.help, template.path, template.file, p.offset, p.length)
        for p in problems
    ]


def _finish(parts: dict[str, dict[str, dict[str, Any]]], authored: Authored) -> list[MessageProblem]:
    """Make whole what came in pieces: an email's body, text part and preheader, and nested values."""
    for (locale, channel, part), value in authored.structures.items():
        parts.setdefault(canonical(locale), {}).setdefault(channel, {})[part] = plain(value)
    problems = []
    for locale, channels in parts.items():
        email = channels.get("email", {})
        preheader = email.pop("preheader", None)
        if not isinstance(body := email.get("html"), Compiled):
            continue
        email["html"] = _with_preheader(body.html, preheader) if preheader else body.html
        if email.setdefault("text", body.text) == body.text and scan(body.text)[1]:
            at = next(
                t for t in authored.templates if canonical(t.locale) == locale and t.form in ("mjml", "html")
            )
            message = (
                "no text part can be made of this, as its tags open and close in parts that text leaves out"
            )
            problems.append(MessageProblem("missing-part", message, "write one: text: …", at.path, at.file))
    return problems


def _with_preheader(body: str, preheader: str) -> str:
    """Return the HTML with the line that inboxes show after the subject, hidden from whoever opens the email."""
    words = protect(preheader, scan(preheader)[0])
    hidden = f'<div style="{_HIDDEN}">{words.restore(html.escape(words.text, quote=False))}</div>'
    pieces, _ = cut(mask(body, scan(body)[0]))
    start = next((piece.end for piece in pieces if piece.kind == "open" and piece.name == "body"), 0)
    return body[:start] + hidden + body[start:]


__all__ = [
    "CHANNELS",
    "AuthoredTemplate",
    "CompiledMessage",
    "ContentError",
    "MessageProblem",
    "Rendered",
    "compile_message",
    "has_unsubscribe",
    "read_templates",
    "render",
]
