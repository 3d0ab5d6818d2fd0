"""No template text and no value can hang a sender or exhaust its memory."""

from __future__ import annotations

import time
from typing import Any

import pytest

from sojourn.domain.message.mjml import compile_html, compile_mjml
from sojourn.domain.message.template import ContentError, check_template, parse
from tests.support.patience import AT_ONCE

BIG = "a" * 100_000

HOSTILE = {
    "ten megabytes": "x" * 10_000_000,
    "nested loops": "{% for i in (1..100000) %}{% for j in (1..100000) %}x{% endfor %}{% endfor %}",
    "nested shorter loops": "{% for i in (1..9999) %}{% for j in (1..9999) %}x{% endfor %}{% endfor %}",
    "many loops": "{% for i in (1..9999) %}{% endfor %}" * 1_000,
    "a reversed endless range": "{% for i in (1..9999999999999) reversed %}x{% endfor %}",
    "a range asked for a fraction": "{% assign r = (1..99999999999) %}{% if r contains 1.5 %}x{% endif %}",
    "a range from a value": "{% for i in (1..n) %}x{% endfor %}",
    "doubling by append": "{% assign x = big %}" + "{% assign x = x | append: x %}" * 60 + "{{ x }}",
    "doubling by concat": "{% assign x = many %}" + "{% assign x = x | concat: x %}" * 60 + "{{ x | size }}",
    "squaring": "{% assign x = 9 %}" + "{% assign x = x | times: x %}" * 60 + "{{ x }}",
    "replacing by itself": "{{ big | replace: 'a', big }}",
    "joining by itself": "{{ many | join: big }}",
    "replacing nothing": "{{ big | replace: '', big }}",
    "million-character filters": "{{ 'x' " + "| upcase " * 100_000 + "}}",
    "unique of many": "{{ many" + " | uniq" * 100 + " | size }}",
    "characters of many": "{{ big | split: '' | uniq }}",
    "capture after capture": "{% capture x %}{{ big }}{{ big }}{% endcapture %}" * 2_000 + "{{ x }}",
    "captures left early": "{% for i in (1..9999) %}{% capture x %}{{ big }}{% continue %}{% endcapture %}{% endfor %}",
    "searching again and again": "{% for i in (1..9999) %}{% if big contains big %}{% endif %}{% endfor %}",
    "a long text through many filters": ("{{ big" + " | upcase" * 100 + " | size }}") * 280,
    "deep blocks": "{% if 1 %}" * 5_000 + "{% endif %}" * 5_000,
    "deep brackets": "{{ " + "a[" * 480 + "1" + "]" * 480 + " }}",
    "deep conditions": "{% if " + "a and " * 150 + "%}x{% endif %}",
    "open parentheses": "{% if " + "(" * 900 + " %}x{% endif %}",
    "many marks": "{{ big }}" * 20_000,
    "unclosed outputs": "{{" * 120_000,
    "unclosed raws": "{% raw %}" * 25_000,
    "unclosed comments": "{% comment %}" * 18_000,
    "unclosed docs": "{% doc %}" * 25_000,
    "comments full of docs": "{% comment %}" + "{% doc %}" * 25_000 + "{% endcomment %}",
    "blanks in an output": "{{" + " " * 200_000 + "a" + " " * 50_000 + "}}",
    "blanks in a tag": "{%" + " " * 200_000,
    "a huge exponent": "{{ '1e999999999' | plus: 1 | round }}{{ '1e999999999' | number }}",
    "a date format": "{{ 'now' | date: big }}",
    "a number of digits": "{{ 1.5 | round: 999999999999 }}{{ digits | plus: 1 }}",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_template_ends_in_a_problem_or_an_error_within_a_second(name: str) -> None:
    """Each is refused when checked or when rendered, long before anyone waits for it."""
    variables: dict[str, Any] = {
        "big": BIG,
        "many": [str(i) for i in range(1_000)],
        "n": 10**12,
        "digits": "9" * 5_000,
        "now": "2026-03-06",
    }
    started = time.process_time()

    problems = check_template(HOSTILE[name], lambda path: None)
    if not problems:
        with pytest.raises(ContentError):
            parse(HOSTILE[name]).render(variables)

    assert time.process_time() - started < AT_ONCE


MJML = "<mjml><mj-body><mj-section><mj-column><mj-text>{}</mj-text></mj-column></mj-section></mj-body></mjml>"
HOSTILE_MJML = {
    "ten megabytes": MJML.format("x" * 10_000_000),
    "twenty thousand deep": MJML.format("<b>" * 20_000 + "</b>" * 20_000),
    "deep": MJML.format("<b>" * 400 + "</b>" * 400),
    "deep and never closed": "<mjml>" + "<a>" * 40_000,
    "deep in a comment": MJML.format("<!--" + "<b>" * 20_000 + "-->" + "<b>" * 20_000),
    "deep in a style": "<mjml><mj-head><style>" + "<b>" * 20_000 + "</style></mj-head></mjml>",
    "deep in an attribute": MJML.format('<p a="' + "<b>" * 20_000 + '">x</p>'),
    "many elements": MJML.format("<br/>" * 10_000),
    "comments never closed": MJML.format("<!--" * 20_000),
    "quotes never closed": "<mjml>" + "<a b='\" " * 10_000,
    "a carousel that grows with its square": "<mjml><mj-body><mj-section><mj-column><mj-carousel>"
    + '<mj-carousel-image src="a"/>' * 1_400
    + "</mj-carousel></mj-column></mj-section></mj-body></mjml>",
    "entities": '<!DOCTYPE mjml [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><mjml><mj-body>&b;</mj-body></mjml>',
    "no closing brace in a style": "<mjml><mj-head><mj-style>"
    + "a{" * 50_000
    + "</mj-style><mj-x/></mj-head></mjml>",
}


@pytest.mark.parametrize("name", HOSTILE_MJML)
def test_hostile_mjml_is_refused_before_native_code_can_crash(name: str) -> None:
    """Size, number and depth of elements are bounded however the text hides them."""
    started = time.process_time()

    compiled, problems = compile_mjml(HOSTILE_MJML[name])

    assert compiled is None
    assert problems
    assert time.process_time() - started < AT_ONCE


@pytest.mark.parametrize(
    "text",
    [
        "<a " * 80000,
        "<!--" * 60000,
        "&" * 250000,
        "<![CDATA[" * 25000,
        "</" * 100000,
        "<style>" * 30000,
        "<style></style>" * 16000,
        "<p>" * 80000,
        "<a href='x'>" * 20000,
        "<div style='display:none'>" * 9000,
    ],
)
def test_hostile_html_is_cut_in_linear_time(text: str) -> None:
    """HTML without end, or full of beginnings, takes no longer than its length."""
    started = time.process_time()

    compile_html(text)

    assert time.process_time() - started < AT_ONCE
