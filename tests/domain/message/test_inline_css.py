"""Style sheets of HTML emails become attributes, and nothing else of what was written changes."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sojourn.domain.message.content import compile_message, render
from sojourn.domain.message.inline_css import inline_css
from sojourn.domain.message.limits import MAX_TEMPLATE
from sojourn.domain.message.marks import scan
from sojourn.domain.message.mjml import compile_html
from sojourn.domain.message.template import parse

if TYPE_CHECKING:
    from collections.abc import Callable

NEWSLETTER = Path(__file__).parents[2] / "golden" / "message" / "newsletter.html"


def inlined(source: str) -> str:
    """Return *source* with its styles inlined."""
    marks, problems = scan(source)
    assert problems == ()
    return inline_css(source, marks)


def test_a_newsletter_is_inlined(golden: Callable[[str, str], None]) -> None:
    """Rules become attributes; the media query, `:hover` and what a loop makes uncertain stay in the sheet."""
    golden("message/newsletter.inlined.html", inlined(NEWSLETTER.read_text(encoding="utf-8")))


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("<p>Hi</p>", "<p>Hi</p>"),
        ("<style>p{margin:0}</style><p>Hi</p>", '<p style="margin: 0">Hi</p>'),
        ("<style></style><p>Hi</p>", "<style></style><p>Hi</p>"),
        ("<style>p{margin:0}</style><p style='color:red'>", "<p style='margin: 0; color:red'>"),
        ("<style>p{margin:0}</style><p style=color:red>", '<p style="margin: 0; color:red">'),
        ("<style>p{margin:0}</style><p style>", '<p style="margin: 0">'),
        ("<style>br{margin:0}</style><br/>", '<br style="margin: 0"/>'),
        ("<style>p{margin:0}.a{margin:1px}</style><p class=a>", '<p style="margin: 1px" class=a>'),
        (
            "<style>p{background:url(a?b=1&c=2)}</style><p>",
            '<p style="background: url(a?b=1&amp;c=2)">',
        ),
        (
            """<style>p{font:"It's"}</style><p style='a:b'>""",
            """<p style='font: "It&#39;s"; a:b'>""",
        ),
        (
            """<style>p{font:'a "b"', "c"; d:url("e'f")}</style><p>""",
            """<p style="font: 'a &#34;b&#34;', &#34;c&#34;;d: url(&#34;e'f&#34;)">""",
        ),
        ("<STYLE type=text/css>P{margin:0}</STYLE><P>", '<P style="margin: 0">'),
        (
            "<style>p{margin:0} p:hover{top:0}</style><p>",
            '<style> p:hover{top:0}</style><p style="margin: 0">',
        ),
        ("<style>p,p:hover{top:0}</style><p>", '<style>p,p:hover{top:0}</style><p style="top: 0">'),
        ("<style>@media all{p{top:0}}p{top:1px}</style><p>", '<style>@media all{p{top:0}}</style><p style="top: 1px">'),
        (
            "<style>p:first-child{top:0}</style><p>a</p><p>b</p>",
            '<p style="top: 0">a</p><p>b</p>',
        ),
        ("<style>/* it's */ p{/* {'} */ top:0 /* ' */}</style><p>", '<p style="top: 0">'),
        ("<style>a+b{top:0}</style><a></a><b></b>", '<a></a><b style="top: 0"></b>'),
    ],
)  # fmt: skip
def test_rules_become_attributes(source: str, expected: str) -> None:
    """What the author wrote at the element counts more, and stands after what the sheet says."""
    assert expected == inlined(source)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        (
            "<style>p{color:{{ c | default: 'red' }}}</style><p>{{ a }}</p>",
            "<p style=\"color: {{ c | default: 'red' }}\">{{ a }}</p>",
        ),
        (
            '<style>p{color:{{ c | default: "red" }}}</style><p style="top:{{ t | default: "0" }}">',
            '<p style="color: {{ c | default: "red" }}; top:{{ t | default: "0" }}">',
        ),
        (
            "<style>td{top:0}</style><table>{% for i in x %}<tr><td>{{ i }}</td></tr>{% endfor %}</table>",
            '<table>{% for i in x %}<tr><td style="top: 0">{{ i }}</td></tr>{% endfor %}</table>',
        ),
        (
            "<style>p{top:0}</style>{% if a < 1 %}<p>{% else %}<p>{% endif %}x</p>",
            '{% if a < 1 %}<p style="top: 0">{% else %}<p style="top: 0">{% endif %}x</p>',
        ),
        (
            "<style>p{top:0}</style><p {% if a %}title='b'{% endif %}>",
            "<p style=\"top: 0\" {% if a %}title='b'{% endif %}>",
        ),
    ],
)
def test_liquid_stays_what_it_was(source: str, expected: str) -> None:
    """Outputs travel with the value they stand in; tags around rows and in elements stay where they are."""
    assert expected == inlined(source)


@pytest.mark.parametrize(
    "source",
    [
        "<style>p{top:0}{% if a %}p{top:1px}{% endif %}</style><p>",
        "<style>{{ css }}</style><p>",
        "<style>.{{ a }}{top:0}</style><p class=b>",
        "<style>p{ {{ a }}: 1px }</style><p>",
        "<style>p{ {{ a }} }</style><p>",
        "<style media=print>p{top:0}</style><p>",
        "<style type=text/less>p{top:0}</style><p>",
        "<style {% if a %}media=print{% endif %}>p{top:0}</style><p>",
        "<style>p{top:0</style><p>",
        "<style>p{top:0}}</style><p>",
        "<style>p::before{top:0} p:not(.a){top:0} [style]{top:0} p{b{top:0}}</style><p>",
        "<style>@font-face{src:url(a)} @import 'a.css'; @page{margin:0}</style><p>",
        "<style>tr:nth-child(odd){top:0}</style>{% for i in x %}<tr></tr>{% endfor %}",
        "<style>b+b{top:0}</style>{% for i in x %}<b></b>{% endfor %}",
        "<style>p{top:0}</style><p class='{{ a }}'>",
        "<style>p{top:0}</style><p {% if a %}class=b{% endif %}>",
        "<style>p{top:0}</style><p {% if a %}style='left:0'{% endif %}>",
        "<style>body{top:0}</style><p>",
        "<style>p{top:0}</style>" + "<b>" * 501 + "<p>",
    ],
)
def test_what_is_not_certain_stays_as_it_was(source: str) -> None:
    """Where nobody knows yet what a rule will find or say, nothing at all changes."""
    assert source == inlined(source)


@pytest.mark.parametrize(
    "more",
    [
        "<i class='{{ a }}'></i>",
        "<i {% if a %}class=b{% endif %}></i>",
        "<!--[if mso]><p>Outlook</p><![endif]-->",
        "<textarea><p></textarea>",
    ],
)
def test_a_sheet_stays_whole_while_anything_may_need_it(more: str) -> None:
    """What is certain is inlined, and the sheet still serves the element that is not."""
    source = f"<style>p{{top:0}}</style><p>x</p>{more}"

    assert source.replace("<p>x", '<p style="top: 0">x') == inlined(source)


def test_no_sheet_from_elsewhere_is_read(tmp_path: Path) -> None:
    """Neither a file of this machine nor an address is opened, whatever a link or an import says."""
    sheet = tmp_path / "a.css"
    sheet.write_text("p{left:9px}", encoding="utf-8")
    links = "".join(
        f'<link rel="stylesheet" href="{href}"><style>@import url("{href}");</style>'
        for href in (
            str(sheet),
            sheet.as_uri(),
            "a.css",
            "http://127.0.0.1:9/a.css",
            "https://acme.example/a.css",
        )
    )
    source = f'<base href="{tmp_path.as_uri()}/">{links}<style>p{{top:0}}</style><p>'

    assert f'<base href="{tmp_path.as_uri()}/">{links}<p style="top: 0">' == inlined(source)


PIECES = [
    "<p>", "</p>", "<p class='a'>", '<td id="x" style="left:1px">', "<tr>", "<table>", "</table>", "<br>", "<b/>",
    "text &amp; ", "{{ v | default: '<' }}", "{% if v > 1 %}<i class=a>{% endif %}", "<i {{ v }}>", "<!-- c -->",
    "<![if x]>", "<body>", "<head>", "</body>", "<title>a</title>", "<textarea>", "</i>", "<li class='{{ v }}'>",
    "<svg>",
]  # fmt: skip
SHEETS = [
    "<style>p{top:0}</style>", "<style>.a, td{color:{{ v }};top:1px !important} @media all{p{top:0}}</style>",
    "<style>* {margin:0} #x{left:0}</style>", "<style>p:first-child + b{top:0}</style>", "<style>}</style>",
]  # fmt: skip


@given(st.lists(st.sampled_from(PIECES + SHEETS), max_size=20))
@settings(max_examples=150, deadline=None)
def test_nothing_but_styles_changes(pieces: list[str]) -> None:
    """Without its sheets and style attributes an email is the same before and after, and still well formed."""
    source = "".join(pieces)

    made = inlined(source)

    assert bare(source) == bare(made)
    assert scan(made)[1] == ()


def bare(markup: str) -> str:
    """Take the sheets and the style attributes away."""
    markup = re.sub(r"<style>.*?</style>", "", markup, flags=re.DOTALL)
    return re.sub(r""" style=("[^"]*")""", "", markup)


def test_what_grows_too_large_keeps_its_sheet() -> None:
    """An email that would be too large with attributes is taken as it was written."""
    source = f"<style>p{{color:{'a' * 1_000}}}</style>{'<p>' * 400}"
    assert len(source) < MAX_TEMPLATE < 400 * 1_000

    compiled, problems = compile_html(source)

    assert problems == ()
    assert compiled
    assert source == compiled.html


def test_a_message_is_compiled_with_its_styles_inlined() -> None:
    """The HTML of a message has its styles in place when it is rendered, the text part has none of them."""
    content = {
        "email": {
            "subject": "Hi",
            "html": "<style>p{color:{{ brand.colour }}}</style><p>Hi {{ customer.name }}</p>",
        }
    }
    message, problems = compile_message("hello", content, "en", lambda name: name)
    assert problems == ()
    assert message

    parts = render(message, "email", None, {"brand": {"colour": "red"}, "customer": {"name": "<Ana>"}}).parts

    assert parts["html"] == '<p style="color: red">Hi &lt;Ana&gt;</p>'
    assert parts["text"] == "Hi <Ana>\n"


def test_a_value_cannot_leave_its_attribute() -> None:
    """What a customer brings is escaped in an attribute as it is elsewhere."""
    made = inlined("<style>p{color:{{ c }}}</style><p>")

    assert parse(made, True).render({"c": '"><script>'}) == '<p style="color: &#34;&gt;&lt;script&gt;">'
