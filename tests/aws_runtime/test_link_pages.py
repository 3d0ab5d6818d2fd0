from __future__ import annotations

import json
import re
from dataclasses import fields
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sojourn.aws_runtime.links import pages, texts
from sojourn.aws_runtime.links.texts import LANGUAGES, Texts, language, texts_in
from sojourn.domain.journey.model.workspace import CHANNELS

VOID = {"meta", "input"}
HOSTILE = "</main><script>alert('1')</script>\"&"


class Read(HTMLParser):
    """Reads a page: its elements, and the text in them; what is opened must be closed."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self._open: list[str] = []
        self.feed(page)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self._open and self._open[-1] != "style":
            self.text += data

    def every(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.elements if name == tag]


def every(locale: str, topic: str = "cart-reminders", channel: str = "email") -> list[str]:
    """Return every page there is."""
    stopped = [pages.done(locale, what, topic, channel) for what in (pages.TOPIC, pages.CHANNEL, pages.ALL)]
    asking = [pages.question(locale, topic, channel), pages.choices(locale, topic, channel)]
    return [*asking, *stopped, pages.broken(locale), pages.failed(locale)]


@pytest.mark.parametrize("locale", LANGUAGES)
def test_every_page_stands_by_itself(locale: str) -> None:
    """In every language: whole, titled, fit for a phone, and nothing in it is run or fetched."""
    for page in map(Read, every(locale)):
        assert page.every("html") == [{"lang": locale}]
        assert {"name": "viewport", "content": "width=device-width, initial-scale=1"} in page.every("meta")
        assert [len(page.every(tag)) for tag in ("title", "main", "h1")] == [1, 1, 1]
        assert {name for tag, attributes in page.elements for name in attributes} & {
            "src",
            "href",
            "action",
        } == set()
        assert {tag for tag, _ in page.elements} & {"script", "link", "img", "iframe", "a"} == set()
        assert not any(mark in page.text for mark in "{}")


@pytest.mark.parametrize("locale", LANGUAGES)
def test_what_can_be_chosen_can_be_reached_without_seeing_it(locale: str) -> None:
    """Each choice lies in a label, the first is made already, the group has a name, the button a text."""
    page = Read(pages.choices(locale, "news", "sms"))

    inputs = page.every("input")
    assert [one["value"] for one in inputs if "checked" in one] == ["topic"]
    assert {one["name"] for one in inputs} == {pages.FIELD}
    assert len(page.every("label")) == len(inputs) == 3
    assert [len(page.every(tag)) for tag in ("fieldset", "legend", "button")] == [1, 1, 1]
    assert page.every("form") == [{"method": "post"}]


@pytest.mark.parametrize("locale", LANGUAGES)
def test_every_language_says_everything(locale: str) -> None:
    """No text is empty or another language's, and every channel that reaches people has a word."""
    said, english = texts_in(locale), texts_in("en")
    for field in fields(Texts):
        text = getattr(said, field.name)
        assert text
        assert (text == getattr(english, field.name)) == (locale == "en")
    assert set(said.by) == {*CHANNELS, ""} - {"webhook"}
    for name in ("ask_topic", "option_topic", "done_topic"):
        assert "{topic}" in getattr(said, name)
        assert "{by}" in getattr(said, name)
    for name in ("ask_channel", "option_channel", "done_channel"):
        assert "{topic}" not in getattr(said, name)
        assert "{by}" in getattr(said, name)


def test_every_language_has_the_one_shape_and_each_file_is_one() -> None:
    """The same texts, in the same order, with the same places to fill in; no file that nobody is offered."""
    folder = Path(texts.__file__).with_name("languages")
    shapes = {file.stem: json.loads(file.read_text(encoding="utf-8")) for file in folder.iterdir()}

    assert set(shapes) == set(LANGUAGES)
    for shape in shapes.values():
        assert list(shape) == [field.name for field in fields(Texts)]
        assert list(shape["by"]) == list(shapes["en"]["by"])
        for name in set(shape) - {"by"}:
            assert places(shape[name]) == places(shapes["en"][name])


def places(text: object) -> list[str]:
    """Return the names of what is to be filled in."""
    return sorted(set(re.findall(r"{(\w+)}", str(text))))


@pytest.mark.parametrize("other", ["ja", "", "../texts", "EN"])
def test_no_other_file_is_read(other: str) -> None:
    """Whatever a link or a browser calls a language."""
    with pytest.raises(KeyError):
        texts_in(other)


def test_what_a_link_says_is_text_and_nothing_else() -> None:
    """A topic's or channel's name with markup, quotes or braces is shown as it is."""
    for page in map(Read, every("en", HOSTILE, HOSTILE)[:3]):
        assert page.every("script") == []
        assert "alert('1')" in page.text
    assert "{by}" in Read(pages.question("en", "{by}", "email")).text


@pytest.mark.parametrize(
    ("accepted", "found"),
    [
        ("", "en"),
        ("de-AT,de;q=0.9,en;q=0.5", "de"),
        ("ja, fr;q=0.4, it;q=0.8", "it"),
        ("pt-BR", "pt"),
        ("PL", "pl"),
        ("de;q=0, nl;q=0.1", "nl"),
        ("*", "en"),
        ("es;q=x, fr ; q=0.3", "fr"),
        ("de;q=nan", "en"),
        ("x" * 100_000 + ",de", "en"),
    ],
)
def test_the_browser_says_in_which_language(accepted: str, found: str) -> None:
    """The best of those it accepts that we have; English where there is none."""
    assert language(accepted) == found


@given(st.text(max_size=200))
def test_any_header_gives_a_language(accepted: str) -> None:
    """Anybody may write anything there."""
    assert language(accepted) in LANGUAGES
