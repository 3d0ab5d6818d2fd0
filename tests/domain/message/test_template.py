"""What a template renders to, and what never reaches a customer."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from sojourn.domain.message.template import ContentError, Template, check_template, parse

ANA = {"first_name": "Ana", "plan": None, "tags": ["a", "b"], "total": 20.0, "address": {"city": "Graz"}}


def rendered(text: str, autoescape: bool = False, **variables: Any) -> str:
    return parse(text, autoescape).render(variables)


def reason(text: str, autoescape: bool = False, **variables: Any) -> str:
    with pytest.raises(ContentError) as caught:
        parse(text, autoescape).render(variables)
    return caught.value.reason


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("no marks { } % at all", "no marks { } % at all"),
        ("Hi {{ customer.first_name }}!", "Hi Ana!"),
        ("{{customer.address.city}}{{ customer.tags.size }}", "Graz2"),
        ("{{ customer.tags }} {{ customer.tags.first }} {{ customer.tags[1] }}", "ab a b"),
        ("{{ customer.nick | default: 'you' }}", "you"),
        ('{{ customer.plan | default: "free" }}', "free"),
        ("{{ customer.first_name | upcase | append: '!' }}", "ANA!"),
        ("{% if customer.nick %}a{% else %}b{% endif %}", "b"),
        ("{% unless customer.nick %}a{% endunless %}", "a"),
        ("{% if customer.first_name == 'Ana' and customer.total > 3 %}a{% endif %}", "a"),
        ("{% for tag in customer.tags %}{{ forloop.index }}{{ tag }}{% endfor %}", "1a2b"),
        ("{% for i in (1..3) %}{% if i == 2 %}{% continue %}{% endif %}{{ i }}{% endfor %}", "13"),
        ("{% case customer.first_name %}{% when 'Ana' %}a{% else %}b{% endcase %}", "a"),
        ("{% assign x = customer.tags | join: '-' %}{{ x }}", "a-b"),
        ("{% capture x %}<{{ customer.first_name }}>{% endcapture %}{{ x }}", "<Ana>"),
        ("{% raw %}{{ a }}{% endraw %}{% comment %}{{ b }}{% endcomment %}{% # note %}", "{{ a }}"),
        ("a\n{%- if true -%}\n b \n{%- endif %}", "ab"),
    ],
)
def test_liquid_means_what_it_means_elsewhere(text: str, expected: str) -> None:
    """The language that marketers know works, in the direct and in the full renderer."""
    assert expected == rendered(text, customer=ANA)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("{{ customer.nick }}", "customer.nick"),
        ("{{ nobody.nick }}", "nobody.nick"),
        ("{{ customer.nick | upcase }}", "customer.nick"),
        ("{{ customer.nick | plus: 1 }}", "customer.nick"),
        ("{{ 1 | plus: customer.nick }}", "customer.nick"),
        ("{{ customer.nick | date: '%Y' }}", "customer.nick"),
        ("{{ customer.nick | track | default: 'x' }}", "customer.nick"),
        ("{{ customer.nick | join: ',' }}", "customer.nick"),
        ("{% if true %}{{ customer.nick }}{% endif %}", "customer.nick"),
        ("{% assign n = customer.nick %}{{ n }}", "n"),
        ("{{ customer.plan }}", "customer.plan"),
        ("{{ customer.first_name.x }}", "customer.first_name.x"),
        ("{{ customer.tags[7] }}", "customer.tags.7"),
    ],
)
def test_what_has_no_value_is_never_sent(text: str, name: str) -> None:
    """An undefined or empty (null) value ends the rendering, whatever filter it goes through, and is named."""
    assert f'"{name}" has no value' == reason(text, customer=ANA)


@pytest.mark.parametrize(
    "text", ["{{ customer.address }}", "{{ customer.list }}", "{% if 1 %}{{ customer }}{% endif %}"]
)
def test_a_mapping_is_never_sent(text: str) -> None:
    """A customer never reads the inside of a program's data structure."""
    customer = {**ANA, "list": [{"a": 1}]}

    assert reason(text, customer=customer) == "a mapping cannot be written"


def test_the_clock_of_the_machine_cannot_be_read() -> None:
    """`now` is what the caller says it is, so that a simulated send renders as a real one."""
    moment = datetime(2026, 3, 6, 9, 0, tzinfo=UTC)

    assert reason("{% if 1 %}{{ now }}{% endif %}") == '"now" has no value'
    assert reason("{{ 'now' | date: '%Y' }}") == "it is not a date"
    assert rendered("{{ 'now' | date: '%d.%m.%Y' }}", now=moment) == "06.03.2026"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (20.0, "20"),
        (20, "20"),
        (Decimal(20), "20"),
        (19.5, "19.5"),
        (Decimal("19.50"), "19.5"),
        (1e20, "1" + "0" * 20),
    ],
)
def test_numbers_read_alike_wherever_they_were_stored(value: Any, expected: str) -> None:
    """A number from JSON and the same number from DynamoDB print the same."""
    assert expected == rendered("{{ n }}", n=value)
    assert expected == rendered("{% if 1 %}{{ n }}{% endif %}", n=value)


def test_values_are_escaped_in_html_and_what_the_author_wrote_is_not() -> None:
    """In HTML a value's markup is shown, not obeyed; the template's own markup works."""
    text = "<b>{{ name }}</b> {{ nick | default: '<i>you</i>' }} {{ '<u>' | append: name }}"

    html = rendered(text, autoescape=True, name='<script a="b">')

    assert html == "<b>&lt;script a=&#34;b&#34;&gt;</b> <i>you</i> <u>&lt;script a=&#34;b&#34;&gt;"


def test_what_was_captured_cannot_be_unescaped() -> None:
    """Replacing in captured HTML gives plain text, so that an escaped value does not come back as markup."""
    text = "{% capture x %}{{ name }}{% endcapture %}{{ x | replace: '&lt;', '<' }}"

    assert "<" not in rendered(text, autoescape=True, name="<b>")


@pytest.mark.parametrize("text", ["{{ name }}", "{% if 1 %}{{ name }}{% endif %}", "{{ name | append: '' }}"])
def test_liquid_in_values_is_never_executed(text: str) -> None:
    """A customer who is called `{{ 7 | times: 6 }}` is addressed so."""
    name = "{{ 7 | times: 6 }}{% if"

    assert name == rendered(text, name=name)


def test_track_hands_urls_to_the_link_function() -> None:
    """`track` gives the URL to the caller's function, and the URL itself where there is none."""
    text = "{{ url | track }}"

    tracked = parse(text).render(
        {"url": "https://acme.example/?a=1&b=2"}, link=lambda url: f"https://t.example/{len(url)}"
    )
    plain = rendered(text, url="https://acme.example/?a=1&b=2")
    html = rendered("{% if 1 %}{{ 'https://acme.example/?a=1&amp;b=2' | track }}{% endif %}", autoescape=True)

    assert tracked == "https://t.example/29"
    assert plain == "https://acme.example/?a=1&b=2"
    assert html == "https://acme.example/?a=1&amp;b=2"


@pytest.mark.parametrize(
    ("text", "locale", "expected"),
    [
        ("{{ n | money: 'EUR' }}", "en", "€1,234.50"),
        ("{{ n | money: 'EUR' }}", "de", "1.234,50\u00a0€"),
        ("{{ n | money: 'JPY' }}", "en", "¥1,235"),
        ("{{ n | money: 'CHF' }}", "en", "CHF 1,234.50"),
        ("{{ n | times: -1 | money: 'USD' }}", "en", "-$1,234.50"),
        ("{{ n | number }}", "fr", "1\u00a0234,5"),
        ("{{ n | number: 2 }}", "de-CH", "1’234.50"),
        ("{{ n | number }}", "xx", "1,234.5"),
    ],
)
def test_amounts_follow_the_locale_of_the_content(text: str, locale: str, expected: str) -> None:
    """Numbers and money are written with the separators of the language around them, without locale data."""
    assert expected == parse(text).render({"n": 1234.5}, locale=locale)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("{{ n | money }}", 'money needs a currency: money: "EUR"'),
        ("{{ n | money: 'euro' }}", 'money needs a currency: money: "EUR"'),
        ("{{ s | number }}", "it is not a number that can be written"),
        ("{{ s | date: '%Y' }}", "it is not a date"),
        ("{{ d | date: '%Q' }}", 'the date format has no directive "%Q"'),
        ("{{ d | date: '%' }}", 'the date format has no directive "%"'),
        ("{{ n | divided_by: 0 }}", "divided_by: can't divide by 0"),
    ],
)
def test_a_value_that_does_not_fit_its_filter_ends_the_rendering(text: str, told: str) -> None:
    """Filters say what they miss; nothing half-made is sent."""
    assert told == reason(text, n=3, s="abc", d="2026-03-06")


@pytest.mark.parametrize(
    "value", ["2026-03-06T09:05:00-05:00", datetime(2026, 3, 6, 9, 5, tzinfo=UTC), 1772787900]
)
def test_dates_are_read_from_text_moments_and_seconds(value: Any) -> None:
    """The `date` filter takes what events and attributes hold dates as."""
    assert rendered("{{ d | date: '%Y-%m-%d %H:%M' }}", d=value) == "2026-03-06 09:05"


def test_the_rendered_text_has_a_limit_of_its_own() -> None:
    """A caller can say how long the result may be, for an SMS or a subject."""
    with pytest.raises(ContentError) as caught:
        parse("{{ a }}").render({"a": "x" * 11}, limit=10)

    assert caught.value.reason == "it has 11 characters; 10 are the most"


def test_variables_tell_where_they_stand_and_whether_they_may_be_absent() -> None:
    """Each outside name is listed with its place; loop variables and assigned names are the template's own."""
    text = (
        "{{ a.b }}{{ c | default: 'x' }}{% for i in e.items %}{{ i.n }}{% assign q = z %}{{ q }}{% endfor %}"
    )

    found = [(v.path, text[v.offset : v.offset + v.length], v.has_default) for v in parse(text).variables]

    assert found == [
        (("a", "b"), "a.b", False),
        (("c",), "c", True),
        (("e", "items"), "e.items", False),
        (("z",), "z", False),
    ]


def test_variables_of_simple_templates_are_told_without_the_full_language() -> None:
    """The direct renderer lists names as the full language does."""
    simple = parse("x {{ a.b | default: 'c' }} {{ d }}").variables
    full = parse("x {{ a.b | default: 'c' }} {{ d }}{% # %}").variables

    assert full == simple


def test_a_text_is_parsed_once() -> None:
    """The same text gives the same template."""
    assert parse("{{ a }}") is parse("{{ a }}")
    assert parse("{{ a }}") is not parse("{{ a }}", True)
    assert repr(Template("{{ a }}", True)) == "Template('{{ a }}', autoescape=True)"


def known(path: tuple[str, ...]) -> str | None:
    return None if path in {("entry", "items"), ("customer", "name"), ("url",)} else 'did you mean "name"?'


def test_everything_wrong_is_told_at_once_and_in_order() -> None:
    """Unknown names and filters are found wherever they stand, guarded or not, with their place and what is meant."""
    text = "{{ customer.nme | default: 'x' }}{% if customer.nme %}{{ url | bogos }}{% endif %}{{ entry.items.size }}"

    found = [(p.kind, text[p.offset : p.offset + p.length], p.help) for p in check_template(text, known)]

    assert found == [
        ("unknown-variable", "customer.nme", 'did you mean "name"?'),
        ("unknown-variable", "customer.nme", 'did you mean "name"?'),
        ("unknown-filter", "bogos", ""),
    ]


@pytest.mark.parametrize(
    ("text", "kind", "place"),
    [
        ("a {{ b", "syntax", "{{"),
        ("a {% if b %}", "syntax", "{% if b %}"),
        ("a {% if b %}{% endfor %}", "syntax", "{% endfor %}"),
        ("{% else %}", "syntax", "{% else %}"),
        ("{% if x %}{% for i in y %}{% endif %}", "syntax", "{% endif %}"),
        ("{% break %}", "syntax", "{% break %}"),
        ("{{ }}", "syntax", "{{ }}"),
        ("x {{ a | }} y", "syntax", "{{ a | }}"),
        ("{{ a ? b }}", "syntax", "?"),
        ("{% %}", "syntax", "{% %}"),
        ("{% raw %}", "syntax", "{%"),
        ("{% comment %}{{ x }}", "syntax", "{%"),
        ("{% assign r = (1..3) %}", "syntax", "("),
        ("{% iff x %}", "unknown-tag", "{% iff x %}"),
        ("{% render 'x' %}", "unknown-tag", "{% render 'x' %}"),
        ("{{ x | safe }}", "unknown-filter", "safe"),
    ],
)
def test_what_is_no_liquid_is_told_with_its_place(text: str, kind: str, place: str) -> None:
    """A text that cannot be rendered is a problem with a position, and rendering it a ContentError."""
    problems = check_template(text, lambda path: None)

    assert [(kind, place)] == [(p.kind, text[p.offset : p.offset + p.length]) for p in problems]
    with pytest.raises(ContentError):
        parse(text)


def test_several_syntax_errors_are_told_together() -> None:
    """A mark that cannot be parsed does not hide the next one."""
    text = "{{ a | }}{% if b c %}{% elsif %}{% endif %}{{ 'd }}"

    found = [p.offset for p in check_template(text, lambda path: None)]

    assert [0, text.index("c %}"), text.index("elsif"), text.index("'d")] == found
