"""An email says which language it is in: that of the content that was used, unless its author says another."""

from __future__ import annotations

import re
from typing import Any

import pytest

from sojourn.domain.message.content import compile_message, render
from sojourn.domain.message.language import in_mjml
from sojourn.domain.message.locales import language_tag
from sojourn.domain.message.mjml import compile_html, compile_mjml

MJML = (
    "<mjml{}><mj-body><mj-section><mj-column><mj-text>Hi</mj-text></mj-column></mj-section></mj-body></mjml>"
)
LANG = re.compile(r"""<(?:html|div)\b[^>]*?\slang=("[^"]*"|'[^']*')""")


def languages(html: str) -> set[str]:
    """Return what the root, and whatever wraps the whole email, say of their language."""
    return {found.strip("\"'") for found in LANG.findall(html)}


@pytest.mark.parametrize(
    ("locale", "said"), [(None, "en"), ("de-AT", "de"), ("pt_br", "pt-BR"), ("fr", "en")]
)
@pytest.mark.parametrize("form", ["mjml", "html"])
def test_an_email_names_the_language_of_the_content_that_is_used(
    form: str, locale: str | None, said: str
) -> None:
    """The broader one or the workspace's, where the reader's own has none."""
    source = MJML.format("") if form == "mjml" else "<!DOCTYPE html>\n<html><body><p>Hi</p></body></html>"
    email: dict[str, Any] = {"subject": "Hi", form: source}
    content = {"email": email, "locales": {"de": {"email": email}, "pt_BR": {"email": email}}}
    message, problems = compile_message("hello", content, "en", dict[str, str]().__getitem__)

    assert problems == ()
    assert message is not None
    assert languages(render(message, "email", locale, {}).parts["html"]) == {said}


@pytest.mark.parametrize(
    ("attributes", "kept"),
    [
        (' lang="gsw"', {"gsw"}),
        (" lang='und'", {"und"}),
        (' lang=""', {""}),
        (' lang="{{ customer.locale }}"', {"{{ customer.locale }}"}),
        (' owa="desktop" LANG="gsw"', {"gsw"}),
    ],
)
def test_what_the_author_says_of_the_language_stays(attributes: str, kept: set[str]) -> None:
    """Whatever it is: a language of which the workspace knows no locale, or one the reader's values give."""
    html, problems = compile_html(f"<html{attributes}><body>Hi</body></html>", "de")
    assert (html is not None, problems) == (True, ())
    assert html is not None
    assert f"<html{attributes}>" in html.html

    mjml, problems = compile_mjml(MJML.format(attributes.replace("LANG", "lang")), "de")
    assert (mjml is not None, problems) == (True, ())
    assert mjml is not None
    assert languages(mjml.html) == kept


@pytest.mark.parametrize(
    "source",
    [
        "<p>Hi</p>",
        '<html xml:lang="gsw"><body>Hi</body></html>',
        '<html {% if a %}lang="gsw"{% endif %}><body>Hi</body></html>',
        "<!-- <html> --><p>Hi</p>",
        "<htmlx>Hi</htmlx>",
    ],
)
def test_a_part_of_a_page_and_one_that_says_it_otherwise_stay(source: str) -> None:
    """There is nowhere to say it, or somebody does."""
    compiled, _ = compile_html(source, "de")

    assert compiled is not None
    assert compiled.html == source


def test_what_stands_before_the_root_does_not_hide_it() -> None:
    """Comments, a declaration, and what Outlook alone reads."""
    before = '<?xml version="1.0"?>\n<!-- <mjml lang="fr"> -->\n'
    mjml, problems = compile_mjml(before.partition("\n")[2] + MJML.format(""), "de")
    html, _ = compile_html("<!--[if mso]><html><![endif]-->\n<HTML dir='ltr'><body>Hi</body></HTML>", "de")

    assert (problems, mjml is not None, html is not None) == ((), True, True)
    assert mjml is not None
    assert html is not None
    assert languages(mjml.html) == {"de"}
    assert html.html == "<!--[if mso]><html><![endif]-->\n<HTML lang=\"de\" dir='ltr'><body>Hi</body></HTML>"


def test_what_mjml_refuses_is_placed_as_without_a_language() -> None:
    """What is put in for the compiler moves no finding."""
    source = MJML.format("").replace("<mj-text>", "<mj-text 'x'>")

    assert compile_mjml(source, "de")[1] == compile_mjml(source)[1] != ()


@pytest.mark.parametrize(
    ("locale", "tag"),
    [("en", "en"), ("de_at", "de-AT"), ("ZH-HANT-tw", "zh-Hant-TW"), ("es-419", "es-419"),
     ("ca-valencia", "ca-valencia"), ("en-x-us", "en-x-us"), ("en-us-u-ca-gregory", "en-US-u-ca-gregory")],
)  # fmt: skip
def test_a_language_tag_is_written_as_everybody_writes_it(locale: str, tag: str) -> None:
    """RFC 5646, section 2.1.1: regions in capitals, scripts with one, what follows a single letter in small ones."""
    assert language_tag(locale) == tag


def test_many_comments_before_another_root_take_no_time() -> None:
    """Each could be read in two ways: none is read again in the other."""
    text = "<!-- a -->" * 500 + "<mjmlx>"

    assert in_mjml(text, "de") == (text, 0, 0)
