from __future__ import annotations

import pytest

from sojourn.domain.condition.types import ValueType
from sojourn.pinpoint.handlebars import Texts
from sojourn.pinpoint.outcome import Outcome, Row
from sojourn.pinpoint.vocabulary import Vocabulary
from tests.support.pinpoint_exports import email, errors, imported, journey, mail

DEFAULTS = {"User.UserAttributes.FirstName": "friend", "Attributes.town": "it's there"}


def texts(channel: str = "email") -> Texts:
    return Texts(Vocabulary(), Row("part", "template", "kind"), channel, DEFAULTS)


@pytest.mark.parametrize(
    ("handlebars", "liquid"),
    [
        ("{{Attributes.plan}}", "{{ customer.plan }}"),
        ("{{ User.UserAttributes.plan.[0] }}", "{{ customer.plan }}"),
        ("{{User.UserAttributes.plan.[2]}}", "{{ customer.plan[2] }}"),
        ("{{Metrics.points}}", "{{ customer.points }}"),
        ("{{User.UserId}} {{Address}}", "{{ customer.id }} {{ customer.email }}"),
        ("{{Location.Country}} {{Demographic.Make}}", "{{ customer.country }} {{ customer.device_make }}"),
        ("{{User.UserAttributes.FirstName}}", "{{ customer.FirstName | default: 'friend' }}"),
        ("{{Attributes.town}}", '{{ customer.town | default: "it\'s there" }}'),
        ("{{upper User.UserAttributes.FirstName}}", "{{ customer.FirstName | default: 'friend' | upcase }}"),
        ('{{defaultIfEmpty Attributes.plan "free"}}', '{{ customer.plan | default: "free" }}'),
        ('{{join User.UserAttributes.likes ", "}}', '{{ customer.likes | join: ", " }}'),
        ('{{replace Attributes.a "x" "y"}}', '{{ customer.a | replace: "x", "y" }}'),
        ("{{multiply Metrics.a 3}}", "{{ customer.a | times: 3 }}"),
        ("{{capitalizeFirst Attributes.a}}", "{{ customer.a | slice: 0 | upcase }}{{ customer.a | slice: 1, 10000 }}"),
        ("{{#if Attributes.a}}x{{else}}y{{/if}}", "{% if customer.a %}x{% else %}y{% endif %}"),
        ("{{#unless Attributes.a}}x{{/unless}}", "{% unless customer.a %}x{% endunless %}"),
        ('{{#eq Attributes.a "b"}}x{{/eq}}', '{% if customer.a == "b" %}x{% endif %}'),
        ("{{#gt Metrics.a 5}}x{{else if Attributes.b}}y{{/gt}}",
         "{% if customer.a > 5 %}x{% elsif customer.b %}y{% endif %}"),
        ("{{#and Attributes.a Attributes.b}}x{{/and}}", "{% if customer.a and customer.b %}x{% endif %}"),
        ("{{#each User.UserAttributes.likes}}{{@index}} {{this}};{{/each}}",
         "{% for one in customer.likes %}{{ forloop.index0 }} {{ one }};{% endfor %}"),
        ("{{! a remark }}{{!-- {{another}} --}}x", "x"),
        ("100 {% off %}", "100 {{ '{%' }} off {{ '%}' }}"),
        ("{{~ Attributes.a ~}}", "{{ customer.a }}"),
    ],
)  # fmt: skip
def test_handlebars_are_liquid(handlebars: str, liquid: str) -> None:
    """Variables, defaults, helpers and blocks that have an equal become it."""
    turned = texts()

    assert turned.liquid(handlebars) == liquid
    assert turned.row.outcome is not Outcome.LOST


@pytest.mark.parametrize(
    ("handlebars", "liquid"),
    [
        ("{{Recommendations.a}}", "{{ not_imported_Recommendations_a }}"),
        ("{{slugify Attributes.a}}", "{{ not_imported_slugify }}"),
        ('{{#contains Attributes.a "b"}}x{{else}}y{{/contains}}', "{{ not_imported_contains }}xy"),
        ('{{#eq (upper Attributes.a) "B"}}x{{/eq}}', "{{ not_imported_eq }}x"),
        ("{{#if Attributes.a}}x", "{% if customer.a %}x{{ not_imported_if }}"),
        ("x{{/if}}", "x{{ not_imported_if }}"),
        ("x{{else}}", "x{{ not_imported_else }}"),
        ("{{}}", "{{ not_imported }}"),
    ],
)  # fmt: skip
def test_what_has_no_equal_leaves_a_name_that_no_message_knows(handlebars: str, liquid: str) -> None:
    """Helpers without an equal are reported, and what stands in their place cannot be sent."""
    turned = texts()

    assert turned.liquid(handlebars) == liquid
    assert turned.row.outcome is Outcome.LOST


def test_check_points_at_what_has_no_equal() -> None:
    """`check` says where something has to be written anew."""
    came = imported(journey({"a": mail()}), email("hello", "<p>{{wordWrap Attributes.a 10}}</p>"))

    assert [(one.code, one.file) for one in errors(came)] == [("SJ502", "try/messages/hello.html")]


def test_an_address_is_the_channels() -> None:
    """`Address` is the phone number in an SMS; a device's has no equal."""
    assert texts("sms").liquid("{{Address}}") == "{{ customer.phone }}"
    assert texts("push").liquid("{{Address}}") == "{{ not_imported_Address }}"


def test_what_texts_name_is_declared() -> None:
    """Attributes that only a message names are declared with the type that it needs."""
    words = Vocabulary()

    Texts(words, Row("", "", ""), "email").liquid(
        "{{#each Attributes.likes}}{{/each}}{{Metrics.n}}{{Attributes.a b}}"
    )

    assert words.attributes == {"likes": ValueType.LIST, "n": ValueType.NUMBER}
