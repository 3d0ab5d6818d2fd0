"""Laws that hold for every template, every value and every text."""

from __future__ import annotations

import json
from typing import Any

import liquid
from hypothesis import example, given, settings
from hypothesis import strategies as st

from sojourn.domain.message.content import compile_message, render
from sojourn.domain.message.filters import Scene
from sojourn.domain.message.liquid_filters import FILTERS
from sojourn.domain.message.marks import scan
from sojourn.domain.message.mjml import compile_html, compile_mjml
from sojourn.domain.message.sms import sms_segments
from sojourn.domain.message.template import ContentError, check_template, parse

MARK = "zqx"  # a value's `<` is always followed by this, so that it is recognised wherever it comes out
SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.decimals(),
    st.text(max_size=8),
    st.sampled_from(["{{ a }}", "{% if a %}", "<b>", "&lt;", "2026-03-06", "now", "1e400", "-0", "9" * 5000]),
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(st.sampled_from(["a", "b", "size", "first"]), inner, max_size=3),
    ),
    max_leaves=6,
)
ENTRIES = st.fixed_dictionaries({}, optional={"a": VALUES, "b": VALUES, "now": VALUES})

PATHS = st.sampled_from(
    ["a", "a.b", "b.a.b", "a.size", "a.first", "a.last.b", "a[0]", "a['b']", "x", "forloop.index"]
)
LITERALS = st.sampled_from(
    ["'x'", '"<b>"', "''", "0", "1", "-1", "2.5", "99999999999", "nil", "true", "'%Y'", "'EUR'"]
)
ARGUMENTS = st.lists(st.one_of(PATHS, LITERALS), max_size=2).map(", ".join)
FILTER = st.tuples(st.sampled_from(FILTERS), ARGUMENTS).map(
    lambda f: f" | {f[0]}: {f[1]}" if f[1] else f" | {f[0]}"
)
EXPRESSIONS = st.tuples(st.one_of(PATHS, LITERALS), st.lists(FILTER, max_size=3).map("".join)).map("".join)
CONDITIONS = st.tuples(PATHS, st.sampled_from(["", " == 'x'", " contains b", " < 3", " >= a", " and b"])).map(
    "".join
)
PLAIN = st.sampled_from(["text", " ", "\n", "<p>", "{", "%}", "}}"])
NODES = st.recursive(
    st.one_of(PLAIN, EXPRESSIONS.map("{{{{ {} }}}}".format), EXPRESSIONS.map("{{% assign x = {} %}}".format)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map("".join),
        st.tuples(CONDITIONS, inner, inner).map(
            lambda n: f"{{% if {n[0]} %}}{n[1]}{{% else %}}{n[2]}{{% endif %}}"
        ),
        st.tuples(PATHS, inner).map(lambda n: f"{{% for x in {n[0]} %}}{n[1]}{{% endfor %}}"),
        inner.map("{{% capture x %}}{}{{% endcapture %}}".format),
        st.tuples(PATHS, inner).map(lambda n: f"{{% case {n[0]} %}}{{% when a %}}{n[1]}{{% endcase %}}"),
    ),
    max_leaves=6,
)
SOUP = st.lists(
    st.sampled_from(
        ["{{", "}}", "{%", "%}", "-", " ", "a", ".", "|", "if", "endif", "for", "in", "raw", "endraw", "'"]
    )
    | st.text(max_size=3),
    max_size=20,
).map("".join)


@settings(max_examples=400)
@given(text=st.one_of(NODES, SOUP), autoescape=st.booleans(), variables=ENTRIES)
def test_rendering_raises_nothing_but_a_content_error(
    text: str, autoescape: bool, variables: dict[str, Any]
) -> None:
    """Whatever is written in a template and whatever a customer brings, a send ends in text or in a reason."""
    try:
        rendered = parse(text, autoescape).render(variables)
    except ContentError as error:
        rendered = error.reason

    assert isinstance(rendered, str)


@settings(max_examples=200)
@given(text=st.one_of(NODES, SOUP))
def test_what_is_checked_without_problems_can_be_parsed(text: str) -> None:
    """A template that nothing is wrong with renders or lacks a value; one that cannot be parsed has a problem."""
    problems = check_template(text, lambda path: None)

    try:
        parse(text)
    except ContentError:
        parsed = False
    else:
        parsed = True

    assert parsed == (not problems)
    assert all(0 <= p.offset <= len(text) and p.length > 0 for p in problems)


def poisoned(value: Any) -> Any:
    """Return *value* with markup in all its texts."""
    if isinstance(value, str):
        return f"<{MARK}>{value}&lt;{MARK}"
    if isinstance(value, list):
        return [poisoned(item) for item in value]
    if isinstance(value, dict):
        return {key: poisoned(item) for key, item in value.items()}
    return value


@settings(max_examples=400)
@given(text=NODES, variables=ENTRIES)
@example(text="{{ a | append: '<b>' | upcase }}", variables={"a": ""})
@example(text="{{ '<b>' | replace: 'b', a }}{{ a | newline_to_br | strip_newlines }}", variables={"a": "x\n"})
@example(text="{{ a | url_encode | url_decode }}{{ a | escape_once }}{{ a | escape }}", variables={"a": ""})
@example(
    text="{% capture x %}{{ a }}{% endcapture %}{{ x | replace: '&lt;', '<' | downcase }}",
    variables={"a": ""},
)
@example(
    text="{% capture x %}{{ a }}{% endcapture %}{{ x | strip_html }}{{ x | split: '&' | join: '<' }}",
    variables={"a": ""},
)
@example(
    text="{{ a | date: a }}{{ 'x' | truncate: 1, a }}{{ b | sort | join: a }}",
    variables={"a": "", "b": ["", ""]},
)
def test_no_value_can_introduce_markup_into_html(text: str, variables: dict[str, Any]) -> None:
    """A `<` in HTML was written by the author; those that values bring are escaped, through every filter."""
    try:
        rendered = parse(text, autoescape=True).render(poisoned(variables))
    except ContentError:
        rendered = ""

    assert f"<{MARK}" not in rendered.lower()


SIMPLE_VALUES = st.one_of(
    st.booleans(), st.integers(-999, 999), st.text(max_size=4), st.lists(st.text(max_size=2), max_size=2)
)
SIMPLE_FILTERS = st.sampled_from(
    ["", " | default: 'x'", ' | default: "<i>"', " | default: ''", "|default:'&'"]
)
SIMPLE = st.lists(
    st.one_of(
        st.sampled_from(["text", "<p>", " ", "{ }", "\n"]),
        st.tuples(st.sampled_from(["a", "b", "a.b", "a.b.a", "b.size", "missing"]), SIMPLE_FILTERS).map(
            lambda n: f"{{{{ {n[0]}{n[1]} }}}}"
        ),
    ),
    max_size=5,
).map("".join)


@settings(max_examples=300)
@given(
    text=SIMPLE,
    autoescape=st.booleans(),
    variables=st.fixed_dictionaries(
        {},
        optional={
            "a": st.one_of(SIMPLE_VALUES, st.dictionaries(st.just("b"), SIMPLE_VALUES)),
            "b": SIMPLE_VALUES,
        },
    ),
)
def test_the_direct_renderer_agrees_with_python_liquid(
    text: str, autoescape: bool, variables: dict[str, Any]
) -> None:
    """Plain outputs are joined without python-liquid, and come out as python-liquid would write them.

    Where ours refuses, python-liquid refuses too or would have printed a mapping.
    """
    theirs = liquid.Environment(undefined=liquid.FalsyStrictUndefined, autoescape=autoescape).from_string(
        text
    )
    try:
        expected = theirs.render(**variables)
    except liquid.exceptions.UndefinedError:
        expected = None

    try:
        found = parse(text, autoescape).render(variables)
        refused = ""
    except ContentError as error:
        found, refused = None, error.reason

    assert expected == found or refused == "a mapping cannot be written"


@settings(max_examples=100)
@given(text=SOUP)
def test_scanning_keeps_every_character_outside_the_marks(text: str) -> None:
    """Marks lie in order and apart, and each begins and ends with its delimiters."""
    marks, _ = scan(text)

    ends = [0, *(mark.end for mark in marks)]
    assert all(end <= mark.start < mark.end for end, mark in zip(ends, marks, strict=False))
    assert all(text[mark.start] == "{" and text[mark.end - 1] == "}" for mark in marks)


MJML_SOUP = st.lists(
    st.sampled_from(
        [
            "<mjml>",
            "</mjml>",
            "<mj-body>",
            "</mj-body>",
            "<mj-section>",
            "</mj-section>",
            "<mj-column>",
            "</mj-column>",
            "<mj-text>",
            "</mj-text>",
            "<mj-raw>",
            "</mj-raw>",
            "<b>",
            "</b>",
            "<br/>",
            "<!--",
            "-->",
            "&amp;",
            "&",
            "<",
            '<mj-image width="{{ w }}" src="-1px"/>',
            '<mj-button href="{{ u }}">',
            "</mj-button>",
            "<mj-carousel/>",
            "{{ a }}",
            "{% if a %}",
            "{% endif %}",
            "é",
            "text",
            '"',
            ">",
            "<style>",
            "<mj-style>",
            "</mj-style>",
            "]]>",
        ]
    ),
    max_size=14,
).map("".join)


@settings(max_examples=300)
@given(inner=MJML_SOUP, whole=st.booleans())
def test_mjml_becomes_html_or_problems(inner: str, whole: bool) -> None:
    """Whatever stands in an MJML file, compiling ends in HTML that keeps its Liquid, or in problems."""
    source = inner if whole else f"<mjml><mj-body>{inner}</mj-body></mjml>"
    if scan(source)[1]:
        return

    compiled, problems = compile_mjml(source)

    assert (compiled is None) == bool(problems)
    if compiled:
        assert all(source[m.start : m.end] in compiled.html for m in scan(source)[0])


@settings(max_examples=150)
@given(source=MJML_SOUP)
def test_a_text_part_shows_no_markup(source: str) -> None:
    """What is made of HTML holds no tag of it; only addresses stand in angle brackets."""
    if scan(source)[1]:
        return

    compiled, _ = compile_html(source)

    assert compiled is None or not any(tag in compiled.text for tag in ("<b>", "</", "<mj", "<!--"))


@given(text=st.text(max_size=400))
def test_an_sms_has_as_many_segments_as_its_length_needs(text: str) -> None:
    """The number of segments follows from the units, give or take the characters that may not be cut."""
    encoding, units, segments = sms_segments(text)
    alone, joined = (160, 153) if encoding == "GSM-7" else (70, 67)

    if units <= alone:
        assert segments == (1 if text else 0)
    else:
        assert units / joined <= segments <= units / (joined - 1) + 1


@settings(max_examples=100)
@given(
    value=st.text(max_size=20),
    subject=st.sampled_from(["{{ a }}", "x {{ a }} y", "{% if 1 %}{{ a }}{% endif %}"]),
)
@example(value="x\r\nBcc: all@example.com", subject="{{ a }}")
@example(value="x\u2028y\x85z\x0b", subject="{{ a }}")
def test_no_value_can_add_a_header(value: str, subject: str) -> None:
    """A subject stays one line, whatever a customer is called."""
    message, _ = compile_message("m", {"email": {"subject": subject, "text": "t"}}, "en", {}.__getitem__)
    assert message

    try:
        found = render(message, "email", None, {"a": value}).parts["subject"]
    except ContentError:
        found = ""

    assert len(found.splitlines()) <= 1


@given(value=st.text(max_size=20))
def test_a_structured_webhook_body_is_always_json(value: str) -> None:
    """A value cannot break out of the JSON it stands in."""
    content = {"webhook": {"url": "https://hook.example/", "body": {"name": "{{ a }}", "n": 1}}}
    message, _ = compile_message("m", content, "en", {}.__getitem__)
    assert message

    body = render(message, "webhook", None, {"a": value}).parts["body"]

    assert {"name": value, "n": 1} == json.loads(body)


def test_the_scene_of_a_filter_is_small() -> None:
    """What filters may know of a send is its variables, links and language, nothing else."""
    assert Scene.__slots__ == ("variables", "link", "locale")
