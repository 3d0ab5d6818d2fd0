"""MJML becomes HTML at compile time, with its Liquid untouched and every mistake placed."""

from __future__ import annotations

import pytest

from sojourn.domain.message.mjml import compile_html, compile_mjml
from sojourn.domain.message.template import parse


def body(inner: str, head: str = "") -> str:
    return f"<mjml>{head}<mj-body>{inner}</mj-body></mjml>"


def text(inner: str) -> str:
    return body(f"<mj-section><mj-column>{inner}</mj-column></mj-section>")


@pytest.mark.parametrize(
    ("source", "kept"),
    [
        (text('<mj-text>Hi {{ a | default: "it\'s" }}</mj-text>'), '>Hi {{ a | default: "it\'s" }}<'),
        (text('<mj-button href="{{ a | default: "x" }}">go</mj-button>'), 'href="{{ a | default: "x" }}"'),
        (
            text('<mj-image src="https://acme.example/{{ a }}?b=1&amp;c={{ d }}"/>'),
            "/{{ a }}?b=1&amp;c={{ d }}",
        ),
        (text('<mj-text color="{{ a }}">x</mj-text>'), "color:{{ a }}"),
        (
            text("<mj-text>{% if a < 1 and b > 2 %}x{% else %}y{% endif %}</mj-text>"),
            "{% if a < 1 and b > 2 %}x{% else %}y",
        ),
        (
            text("<mj-table>{% for i in e %}<tr><td>{{ i }}</td></tr>{% endfor %}</mj-table>"),
            "{% for i in e %}<tr><td>{{ i }}",
        ),
        (body("<mj-raw>{% if a %}</mj-raw><mj-section/><mj-raw>{% endif %}</mj-raw>"), "{% if a %}"),
        (text("<mj-text>{% raw %}{{ a }}<b>{% endraw %}</mj-text>"), "{% raw %}{{ a }}<b>{% endraw %}"),
        (body("", "<mj-head><mj-preview>Hi {{ a }}</mj-preview></mj-head>"), ">Hi {{ a }}<"),
        (body("", "<mj-head><mj-title>Hi {{ a }}</mj-title></mj-head>"), "<title>Hi {{ a }}</title>"),
        (body("", "<mj-head><mj-style>.b { color: {{ a }} }</mj-style></mj-head>"), ".b { color: {{ a }} }"),
        (text("<mj-text>lq0z {{ a }}</mj-text>"), "lq0z {{ a }}"),
    ],
)
def test_liquid_comes_through_mjml_as_it_was_written(source: str, kept: str) -> None:
    """In texts, attributes, styles, tables and between rows, Liquid is the same before and after."""
    compiled, problems = compile_mjml(source)

    assert problems == ()
    assert compiled
    assert kept in compiled.html


def test_a_loop_between_rows_repeats_them() -> None:
    """Liquid in <mj-raw> around a section repeats the section's HTML."""
    row = "<mj-section><mj-column><mj-text>[{{ i.name }}]</mj-text></mj-column></mj-section>"
    compiled, _ = compile_mjml(
        body(f"<mj-raw>{{% for i in e %}}</mj-raw>{row}<mj-raw>{{% endfor %}}</mj-raw>")
    )
    assert compiled

    html = parse(compiled.html, True).render({"e": [{"name": "<a>"}, {"name": "b"}]})

    assert 0 < html.index("[&lt;a&gt;]") < html.index("[b]")


@pytest.mark.parametrize(
    ("source", "kind", "place", "message"),
    [
        ("hello", "mjml", "h", "the file does not begin with <mjml>"),
        ("", "mjml", "", "the file does not begin with <mjml>"),
        (body('<mj-include path="x.mjml"/>'), "mjml", "<mj-include", "<mj-include> is not supported"),
        (body("<mj-sektion></mj-sektion>"), "mjml", "<mj-sektion", "there is no element <mj-sektion>"),
        (body("<mj-section>"), "mjml", "</mj-body>", "</mj-body> is out of place"),
        ("<mjml><mj-body>", "mjml", "<mjml>", "<mjml> is never closed"),
        (text("<mj-text>é {{ a }} 1 < 2</mj-text>"), "mjml", "< 2", 'this "<" begins no complete tag'),
        (
            text("<mj-text><p class=a>x</p></mj-text>"),
            "mjml",
            "<p class=a>",
            "an attribute of <p> has a value without quotes",
        ),
        (
            text("<mj-text><![CDATA[x]]></mj-text>é{{ abcdefghij }}"),
            "mjml",
            "<![CDATA[",
            "MJML: unexpected token",
        ),
        (
            body('<mj-section {% if a %}x="y"{% endif %}/>'),
            "lost-liquid",
            "<mj-section {%",
            "MJML cannot have Liquid here",
        ),
        (
            body('<mj-section><mj-column width="{{ w }}"/></mj-section>'),
            "lost-liquid",
            "{{ w }}",
            "MJML would drop this",
        ),
    ],
)
def test_what_is_wrong_with_mjml_is_told_with_its_place(
    source: str, kind: str, place: str, message: str
) -> None:
    """Mistakes that mrml would ignore, drop or report without a place are found where they stand."""
    compiled, problems = compile_mjml(source)

    assert compiled is None
    assert (kind, message) == (problems[0].kind, problems[0].message)
    assert source[problems[0].offset :].startswith(place)


def test_several_mistakes_in_mjml_are_told_together() -> None:
    """An unknown element does not hide the next one."""
    _, problems = compile_mjml(body("<mj-txt></mj-txt><mj-include/><mj-btn/>"))

    assert len(problems) == 3
    assert problems[0].help == 'did you mean "mj-text"?'


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("<p>Hello&nbsp;<b>Ana</b>,</p><p>two   words &amp; more</p>", "Hello Ana,\n\ntwo words & more\n"),
        ("a<br>b<br/>c", "a\nb\nc\n"),
        ('<a href="https://a.example/?b=1&amp;c=2">here</a>.', "here <https://a.example/?b=1&c=2>.\n"),
        ('<a href="{{ u | track }}"><img src="x" alt="Logo"></a>', "Logo <{{ u | track }}>\n"),
        ('<a href="{{ u }}"><img src="x"></a>', "<{{ u }}>\n"),
        (
            '<a href="https://a.example">https://a.example</a> <a href="mailto:b@a.example">b@a.example</a>',
            "https://a.example b@a.example\n",
        ),
        ("<ul><li>one</li><li>two</li></ul>x", "- one\n- two\n\nx\n"),
        ("<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>", "a b\nc\n"),
        ("<head><title>t</title></head><style>s</style><script>1<2</script><!-- c -->x", "x\n"),
        ('<div style="display: none">hidden<div>too</div></div>seen', "seen\n"),
        ("<!--[if mso]>mso<![endif]--><!--[if !mso]><!-->all<!--<![endif]-->", "all\n"),
        ("a<hr>b", "a\n\n---\n\nb\n"),
        ("{% if a %}<p>x</p>{% endif %}<p>y</p>", "{% if a %}x\n\n{% endif %}y\n"),
        ("&#123;&#123; a }}", '{{ "{" }}{ a }}\n'),
        ("", ""),
    ],
)
def test_a_text_part_reads_like_the_html_looks(source: str, expected: str) -> None:
    """What a reader sees is in the text, with addresses behind links and Liquid as it was."""
    compiled, problems = compile_html(source)

    assert problems == ()
    assert compiled
    assert expected == compiled.text
