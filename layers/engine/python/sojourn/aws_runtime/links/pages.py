"""The pages behind links: a question with a button, what was done, what does not work. Plain HTML, nothing fetched.

Whoever reads one may be on a phone, with a screen reader, without scripts. Every text is escaped: a topic's name
comes from a link, which is ours, but nothing depends on that. It knows no event and no token.
"""

from __future__ import annotations

from collections.abc import Mapping
from html import escape

from sojourn.aws_runtime.links.texts import Texts, texts_in

TOPIC, CHANNEL, ALL = "topic", "channel", "all"
"""What can be stopped: this kind of message by this channel, everything by this channel, everything."""
FIELD = "stop"
"""The field of the form that says which."""

POLICY = "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
HEADERS: Mapping[str, str] = {
    "content-type": "text/html; charset=utf-8",
    "content-security-policy": POLICY,
    "vary": "accept-language",
}

_STYLE = """
:root { color-scheme: light dark; --text: #1c1c1e; --soft: #55555c; --paper: #fff; --ground: #f2f2f5;
  --line: #85858c; --button: #1a4fb4; --on-button: #fff; }
@media (prefers-color-scheme: dark) { :root { --text: #f2f2f5; --soft: #b4b4bc; --paper: #1f1f23;
  --ground: #121214; --button: #8fb4ff; --on-button: #101522; } }
* { box-sizing: border-box; }
body { margin: 0; padding: 1.5rem 1rem; background: var(--ground); color: var(--text);
  font: 1.0625rem/1.5 system-ui, sans-serif; }
main { max-width: 32rem; margin: 8vh auto 0; padding: 1.75rem 1.5rem; background: var(--paper);
  border-radius: .75rem; overflow-wrap: anywhere; }
h1 { margin: 0 0 .75rem; font-size: 1.5rem; line-height: 1.25; }
p { margin: 0 0 1.25rem; }
p:last-child { margin: 0; }
.brand { margin: 0 0 .25rem; font-weight: 600; }
.soft { color: var(--soft); font-size: .9375rem; }
fieldset { margin: 0 0 1.25rem; padding: 0; border: 0; }
legend { margin: 0 0 .5rem; padding: 0; }
label { display: flex; gap: .75rem; align-items: center; min-height: 3rem; padding: .5rem .75rem; margin-bottom: .5rem;
  border: 1px solid var(--line); border-radius: .5rem; }
input { flex: none; width: 1.25rem; height: 1.25rem; margin: 0; accent-color: var(--button); }
button { width: 100%; min-height: 3rem; margin-bottom: 1.25rem; padding: .5rem 1rem; border: 0; border-radius: .5rem;
  background: var(--button); color: var(--on-button); font: inherit; font-weight: 600; cursor: pointer; }
:focus-visible { outline: 3px solid var(--button); outline-offset: 2px; }
"""


def question(locale: str, topic: str, channel: str, brand: str = "") -> str:
    """Ask whether to stop this kind of message by this channel; without a topic, all messages by it."""
    said = _Said(locale, topic, channel)
    asked = said(said.texts.ask_topic if topic else said.texts.ask_channel)
    form = f"<p>{asked}</p>\n{_form(_button(said.texts.unsubscribe))}"
    return _page(locale, said.texts.unsubscribe, form + _soft(said.texts.still), brand)


def choices(locale: str, topic: str, channel: str, brand: str = "") -> str:
    """Offer everything that can be stopped."""
    said = _Said(locale, topic, channel)
    texts = said.texts
    offered = {TOPIC: texts.option_topic, CHANNEL: texts.option_channel, ALL: texts.option_all}
    if not topic:
        del offered[TOPIC]
    first = next(iter(offered))
    options = "\n".join(
        f'<label><input type="radio" name="{FIELD}" value="{value}" required'
        f"{' checked' if value == first else ''}><span>{said(text)}</span></label>"
        for value, text in offered.items()
    )
    asked = f"<fieldset>\n<legend>{escape(texts.choose)}</legend>\n{options}\n</fieldset>\n"
    return _page(locale, texts.preferences, _form(asked + _button(texts.stop)) + _soft(texts.still), brand)


def done(locale: str, stopped: str, topic: str, channel: str, brand: str = "") -> str:
    """Say what comes no more."""
    said = _Said(locale, topic, channel)
    texts = said.texts
    told = {TOPIC: texts.done_topic, CHANNEL: texts.done_channel, ALL: texts.done_all}[stopped]
    return _page(locale, texts.done, f"<p>{said(told)}</p>\n" + _soft(texts.still), brand)


def broken(locale: str) -> str:
    """Say that a link is none, and nothing of why."""
    texts = texts_in(locale)
    return _page(locale, texts.broken, f"<p>{escape(texts.broken_text)}</p>")


def failed(locale: str) -> str:
    """Say that it was us, and that trying again helps."""
    texts = texts_in(locale)
    return _page(locale, texts.failed, f"<p>{escape(texts.failed_text)}</p>")


class _Said:
    """Fills a text with what a link is about."""

    def __init__(self, locale: str, topic: str, channel: str) -> None:
        self.texts: Texts = texts_in(locale)
        self._topic = topic
        self._by = self.texts.by.get(channel, self.texts.by[""])

    def __call__(self, text: str) -> str:
        return escape(text.format(topic=self._topic, by=self._by))


def _form(inner: str) -> str:
    # No action: it is posted to where the page came from, below whatever address that is.
    return f'<form method="post">\n{inner}\n</form>\n'


def _button(text: str) -> str:
    return f"<button>{escape(text)}</button>"


def _soft(text: str) -> str:
    return f'<p class="soft">{escape(text)}</p>'


def _page(locale: str, title: str, content: str, brand: str = "") -> str:
    whose = f" – {escape(brand)}" if brand else ""
    above = f'<p class="soft brand">{escape(brand)}</p>\n' if brand else ""
    return f"""<!doctype html>
<html lang="{locale}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>{escape(title)}{whose}</title>
<style>{_STYLE}</style>
</head>
<body>
<main>
{above}<h1>{escape(title)}</h1>
{content}
</main>
</body>
</html>
"""
