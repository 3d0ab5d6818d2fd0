"""How long an SMS will be, as far as its template tells, and what makes it dear for nothing."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sojourn.domain.message.sms import sms_segments
from sojourn.domain.message.sms_length import SmsLength, costly_character, instead_of, sms_length
from sojourn.domain.message.template import parse


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        ("Hello", SmsLength("GSM-7", 5, 1, 5, certain=True)),
        ("5 €", SmsLength("GSM-7", 4, 1, 3, certain=True)),
        ("a" * 161, SmsLength("GSM-7", 161, 2, 161, certain=True)),
        ("Привет", SmsLength("UCS-2", 6, 1, 6, certain=True)),
        ("Hello {{ name }}!", SmsLength("GSM-7", 7, 1, 7, certain=False)),
        ("Hello {{- name -}} !", SmsLength("GSM-7", 6, 1, 6, certain=False)),
        ("{% raw %}{{ a }}{% endraw %}", SmsLength("GSM-7", 11, 1, 7, certain=True)),
        ("a{% comment %}b{% endcomment %}", SmsLength("GSM-7", 1, 1, 1, certain=True)),
        ("a{% if b %}cc{% endif %}", SmsLength("GSM-7", 1, 1, 1, certain=False)),
        ("a{% if b %}ccc{% else %}dd{% endif %}", SmsLength("GSM-7", 3, 1, 3, certain=False)),
        ("a{% if b %}c{% elsif d %}{% else %}e{% endif %}", SmsLength("GSM-7", 1, 1, 1, certain=False)),
        ("a{% if b %}жж{% else %}cccc{% endif %}", SmsLength("GSM-7", 3, 1, 3, certain=False)),
        ("{% for a in b %}cc{% endfor %}", SmsLength("GSM-7", 0, 0, 0, certain=False)),
        ("{% for a in b %}cc{% else %}d{% endfor %}", SmsLength("GSM-7", 1, 1, 1, certain=False)),
        (
            "{% case a %} {% when 1 %}bbb{% when 2 %}cc{% else %}dddd{% endcase %}",
            SmsLength("GSM-7", 2, 1, 2, certain=False),
        ),
        ("{% case a %} {% else %}dddd{% endcase %}", SmsLength("GSM-7", 4, 1, 4, certain=False)),
        ("{% capture a %}b{% endcapture %}c", SmsLength("GSM-7", 1, 1, 1, certain=False)),
        (
            "{% if a %}{% if b %}cc{% else %}d{% endif %}{% else %}ee{% endif %}",
            SmsLength("GSM-7", 1, 1, 1, certain=False),
        ),
    ],
)
def test_a_template_says_how_long_its_sms_is_at_least(template: str, expected: SmsLength) -> None:
    """What is always written counts, of branches the shortest, of loops and values nothing."""
    assert expected == sms_length(template)


TEMPLATES = st.recursive(
    st.sampled_from(["a", "bb ", "€", "ж", "👋", "{{ v }}", " {{- v -}} ", "{% raw %}{{{% endraw %}"]),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4).map("".join),
        st.tuples(inner, inner).map("{{% if c %}}{0[0]}{{% else %}}{0[1]}{{% endif %}}".format),
        inner.map("{{% unless c %}}{0}{{% endunless %}}".format),
        st.tuples(inner, inner).map(
            "{{% case v %}} x {{% when 'y' %}}{0[0]}{{% else %}}{0[1]}{{% endcase %}}".format
        ),
        st.tuples(inner, inner).map("{{% for i in items %}}{0[0]}{{% else %}}{0[1]}{{% endfor %}}".format),
    ),
    max_leaves=12,
)


@given(TEMPLATES, st.booleans(), st.sampled_from(["", "y", "ж" * 30]), st.integers(0, 2))
@settings(max_examples=150, deadline=None)
def test_no_sms_is_shorter_than_its_template_says(template: str, c: bool, v: str, items: int) -> None:
    """Whatever the values are, what comes out is at least so long, and exactly so where that is certain."""
    length = sms_length(template)

    text = parse(template).render({"c": c, "v": v, "items": list(range(items))})

    assert length.segments <= sms_segments(text).segments
    assert length.written <= len(text)
    if length.certain:
        assert (length.encoding, length.characters, length.segments) == sms_segments(text)


def test_a_quotation_mark_makes_an_sms_dear() -> None:
    """One typographic sign makes a text of 100 characters two SMS; where it stands and what to write is told."""
    costly = costly_character("a" * 99 + "’")

    assert costly
    assert (costly.offset, costly.character, costly.instead) == (99, "’", "'")
    assert (costly.dear.segments, costly.cheap.segments) == (2, 1)


def test_values_are_guessed_at() -> None:
    """A text that is short without its values is dear with them."""
    costly = costly_character("Hello {{ a }}, this – is {{ b }}, and here it all is: {{ c }}")

    assert costly
    assert (costly.character, costly.dear.segments, costly.cheap.segments) == ("–", 2, 1)


def test_several_signs_are_told_together() -> None:
    """The first is pointed at, each other is named once."""
    costly = costly_character("„" + "a" * 80 + "“ „b“ …")

    assert costly
    assert (costly.character, costly.others) == ("„", "“…")
    assert instead_of("„…\u00a0\u200b") == '„ as ", … as ..., U+00A0 as  , U+200B as nothing'


@pytest.mark.parametrize(
    "template",
    [
        "a" * 200,
        "’",
        "a" * 99 + "’ и",
        "a" * 99 + "👋",
        "a" * 99 + "á",
        "a" * 99 + "{% comment %}’{% endcomment %}",
        "a" * 99 + "{{ b | default: '’' }}",
        "{% if %}’" + "a" * 99 + "{% nonsense %}",
    ],
)
def test_what_cannot_be_cheaper_is_left_alone(template: str) -> None:
    """A text that costs the same, or has letters and emoji that nothing replaces, is no mistake."""
    assert costly_character(template) is None


def test_what_stands_in_a_branch_counts_too() -> None:
    """A dear character that only some customers get is dear for them."""
    template = "a" * 99 + "{% if b %}’{% endif %}"

    costly = costly_character(template)

    assert costly
    assert template[costly.offset] == "’"
