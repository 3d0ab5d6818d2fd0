"""Messages: read, compiled, chosen by locale, rendered."""

from __future__ import annotations

import json
from typing import Any

import pytest

from sojourn.domain.message.content import (
    CompiledMessage,
    ContentError,
    MessageProblem,
    compile_message,
    has_unsubscribe,
    read_templates,
    render,
)

MJML = (
    "<mjml><mj-body><mj-section><mj-column><mj-text>{}, {{{{ customer.first_name }}}}</mj-text>"
    '<mj-text><a href="{{{{ unsubscribe_url }}}}">x</a></mj-text></mj-column></mj-section></mj-body></mjml>'
)
FILES = {
    "reminder.mjml": MJML.format("Hello"),
    "reminder.de.mjml": MJML.format("Hallo"),
    "plain.html": "<html><body class='a'><p>Hi {{ customer.first_name }}</p></body></html>",
    "plain.txt": "Hi {{ customer.first_name }} from a file",
}
REMINDER: dict[str, Any] = {
    "email": {
        "subject": "{{ customer.first_name | default: 'Hello' }}, your cart is waiting",
        "mjml": "reminder.mjml",
    },
    "sms": "Your cart is waiting: {{ entry.cart_url | track }}. Reply STOP to opt out.",
    "push": {"title": "Your cart is waiting", "body": "Have a look", "link": "{{ entry.cart_url }}"},
    "locales": {
        "de": {"email": {"subject": "Dein Korb wartet", "mjml": "reminder.de.mjml"}},
        "de-CH": {"sms": "Dein Korb wartet: {{ entry.cart_url }} STOP"},
    },
}
ANA = {
    "customer": {"first_name": "Ana <3"},
    "entry": {"cart_url": "https://acme.example/c"},
    "unsubscribe_url": "https://acme.example/u",
}


def compiled(content: dict[str, Any], default_locale: str = "en") -> CompiledMessage:
    message, problems = compile_message("reminder", content, default_locale, FILES.__getitem__)
    assert problems == ()
    assert message
    return message


def problems_of(content: dict[str, Any]) -> list[tuple[str, tuple[str, ...]]]:
    message, problems = compile_message("reminder", content, "en", FILES.__getitem__)
    assert message is None
    return [(problem.kind, problem.path) for problem in problems]


def test_an_email_is_rendered_with_subject_html_and_a_text_made_of_it() -> None:
    """HTML is escaped, text and subject are not, and the text part needs no author."""
    parts = render(compiled(REMINDER), "email", "en", ANA).parts

    assert {"subject", "html", "text"} == parts.keys()
    assert parts["subject"] == "Ana <3, your cart is waiting"
    assert "Hello, Ana &lt;3" in parts["html"]
    assert parts["text"] == "Hello, Ana <3\n\nx <https://acme.example/u>\n"


def test_a_link_function_counts_clicks() -> None:
    """URLs that go through `track` are replaced by what the caller makes of them."""
    message = compiled(REMINDER)

    rendered = render(message, "sms", "en", ANA, link=lambda url: "https://t.example/1")

    assert rendered.parts["body"] == "Your cart is waiting: https://t.example/1. Reply STOP to opt out."


@pytest.mark.parametrize(
    ("channel", "locale", "used"),
    [
        ("email", None, "en"),
        ("email", "en-GB", "en"),
        ("email", "de", "de"),
        ("email", "de-AT", "de"),
        ("email", "DE_at", "de"),
        ("email", "de-CH", "de"),
        ("email", "fr", "en"),
        ("email", "", "en"),
        ("email", "not a locale {{ x }}", "en"),
        ("sms", "de-CH", "de-ch"),
        ("sms", "de-AT", "en"),
        ("push", "de", "en"),
    ],
)
def test_a_missing_locale_falls_back_by_channel(channel: str, locale: str | None, used: str) -> None:
    """The exact locale, else a broader one, else the default; each channel comes whole from one language."""
    assert used == render(compiled(REMINDER), channel, locale, ANA).locale


def test_a_locale_never_borrows_a_part() -> None:
    """A locale's channel without its own body is a mistake, not a mixture of languages."""
    content = {**REMINDER, "locales": {"de": {"email": {"subject": "Hallo"}}}}

    assert problems_of(content) == [("missing-part", ("locales", "de", "email"))]


def test_what_cannot_be_rendered_names_channel_part_and_variable() -> None:
    """The reason in a ledger row is enough to mend the message."""
    with pytest.raises(ContentError) as caught:
        render(compiled(REMINDER), "sms", "en", {})

    assert caught.value.reason == 'sms body: "entry.cart_url" has no value'


def test_a_channel_without_content_is_an_error() -> None:
    """Asking for a channel that no locale has content for says so."""
    with pytest.raises(ContentError) as caught:
        render(compiled(REMINDER), "whatsapp", "en", ANA)

    assert caught.value.reason == "there is no content for whatsapp"


@pytest.mark.parametrize("value", ["", "  ", "\n"])
def test_an_empty_message_is_not_sent(value: str) -> None:
    """A subject or text that comes out empty ends the send."""
    message = compiled({"sms": "{{ a }}"})

    with pytest.raises(ContentError) as caught:
        render(message, "sms", None, {"a": value})

    assert caught.value.reason == "sms body: it is empty"


def test_an_sms_is_no_longer_than_providers_take() -> None:
    """A text of more than 1,600 characters is refused before a provider cuts or charges it."""
    message = compiled({"sms": "{{ a }}"})

    with pytest.raises(ContentError) as caught:
        render(message, "sms", None, {"a": "x" * 1_601})

    assert caught.value.reason == "sms body: it has 1,601 characters; 1,600 are the most"


def test_an_author_may_bring_html_text_preheader_and_addresses() -> None:
    """HTML and text come from files or stand in the message; a preheader is hidden at the body's begin."""
    content = {
        "email": {
            "subject": "s",
            "html": "plain.html",
            "text": "plain.txt",
            "preheader": "A & B {{ customer.first_name }}",
            "from": "Acme <hello@acme.example>",
            "reply_to": "{{ customer.first_name }} <help@acme.example>",
        }
    }

    parts = render(compiled(content), "email", None, {"customer": {"first_name": "Ana\r\nBcc: b"}}).parts

    assert sorted(parts) == ["from", "html", "reply_to", "subject", "text"]
    assert "<body class='a'><div style=\"display:none" in parts["html"]
    assert ">A &amp; B Ana\r\nBcc: b</div><p>Hi Ana" in parts["html"]
    assert parts["text"] == "Hi Ana\r\nBcc: b from a file"
    assert parts["reply_to"] == "Ana Bcc: b <help@acme.example>"


def test_every_other_channel_has_its_parts() -> None:
    """Push, WhatsApp, in-app and webhooks are rendered part by part; nested values become JSON."""
    content = {
        "push": {"title": "t", "body": "b {{ n }}", "link": "l", "image": "i"},
        "whatsapp": {"template": "cart", "language": "en_US", "parameters": ["{{ n }}", "x"]},
        "in_app": {"title": "t", "body": "b", "expires": "7 days"},
        "webhook": {"url": "https://hook.example/{{ n }}", "body": {"n": "{{ n }}", "list": [1, True, None]}},
    }
    message = compiled(content)

    found = {channel: dict(render(message, channel, None, {"n": 'a"b'}).parts) for channel in content}

    assert found["push"] == {"title": "t", "body": 'b a"b', "link": "l", "image": "i"}
    assert found["whatsapp"] == {"template": "cart", "language": "en_US", "parameters": '["a\\"b","x"]'}
    assert found["in_app"] == {"title": "t", "body": "b", "expires": "7 days"}
    assert found["webhook"] == {
        "url": 'https://hook.example/a"b',
        "body": '{"n":"a\\"b","list":[1,true,null]}',
    }


def test_a_message_survives_json() -> None:
    """What travels with the journey version renders as what was compiled, under the same digest."""
    message = compiled(REMINDER)

    copy = CompiledMessage.from_json(json.loads(json.dumps(message.to_json())))

    assert message == copy
    assert render(message, "email", "de", ANA) == render(copy, "email", "de", ANA)


def test_the_digest_is_that_of_the_content() -> None:
    """The same content gives the same digest, any change another; it is 16 hexadecimal digits."""
    first, again = compiled(REMINDER), compiled(json.loads(json.dumps(REMINDER)))
    changed = compiled({**REMINDER, "sms": "Your cart waits. STOP"})

    assert first.digest == again.digest
    assert first.digest != changed.digest
    assert len(f"{int(first.digest, 16):016x}") == 16


def test_channels_are_those_that_reach_everybody() -> None:
    """The channels of a message are those of its default locale, in the order of the language."""
    assert compiled(REMINDER).channels == ("email", "sms", "push")


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ({}, [("missing-part", ())]),
        ({"emial": {}}, [("unknown-key", ("emial",))]),
        ({"email": "x"}, [("wrong-type", ("email",))]),
        ({"email": {"subject": "s"}}, [("missing-part", ("email",))]),
        ({"email": {"text": "t"}}, [("missing-part", ("email",))]),
        ({"email": {"subject": 5, "text": "t"}}, [("wrong-type", ("email", "subject"))]),
        ({"email": {"subject": "s", "text": "t", "subjekt": "s"}}, [("unknown-key", ("email", "subjekt"))]),
        ({"email": {"subject": "s", "mjml": "nope.mjml"}}, [("missing-file", ("email", "mjml"))]),
        ({"email": {"subject": "s", "mjml": "../up.mjml"}}, [("missing-file", ("email", "mjml"))]),
        ({"email": {"subject": "s", "html": "/etc/x.html"}}, [("missing-file", ("email", "html"))]),
        (
            {"email": {"subject": "s", "mjml": "<mjml>", "html": "<p>"}},
            [("unknown-key", ("email", "html")), ("mjml", ("email", "mjml"))],
        ),
        ({"email": {"subject": "s", "html": "<p"}}, [("html", ("email", "html"))]),
        (
            {"email": {"subject": "{{ a", "text": "{% b %}"}},
            [("syntax", ("email", "subject")), ("unknown-tag", ("email", "text"))],
        ),
        (
            {"email": {"subject": "s", "html": "<style>{% if a %}</style>x{% endif %}"}},
            [("missing-part", ("email", "html"))],
        ),
        ({"sms": {"text": "x"}}, [("missing-part", ("sms",)), ("unknown-key", ("sms", "text"))]),
        ({"whatsapp": {"template": "t", "body": "b"}}, [("unknown-key", ("whatsapp", "body"))]),
        ({"whatsapp": {"template": "t", "parameters": "x"}}, [("wrong-type", ("whatsapp", "parameters"))]),
        ({"webhook": {"url": "u", "body": {"a": ["{{ b"]}}}, [("syntax", ("webhook", "body", "a", "0"))]),
        ({"sms": "x", "locales": []}, [("wrong-type", ("locales",))]),
        ({"sms": "x", "locales": {"en": {"sms": "y"}}}, [("unknown-key", ("locales", "en"))]),
        ({"sms": "x", "locales": {"english!": {"sms": "y"}}}, [("unknown-key", ("locales", "english!"))]),
        ({"sms": "x", "locales": {"de": "y"}}, [("wrong-type", ("locales", "de"))]),
        (
            {"sms": "x", "locales": {"de": {"push": {"title": "t", "body": "b"}}}},
            [("no-fallback", ("locales", "de", "push"))],
        ),
    ],
)
def test_everything_wrong_with_a_message_is_told_with_its_path(
    content: dict[str, Any], expected: list[tuple[str, tuple[str, ...]]]
) -> None:
    """Shape, files, markup and templates are checked together; each problem knows the key it is about."""
    assert expected == problems_of(content)


def test_a_problem_in_a_file_names_the_file_and_counts_there() -> None:
    """Offsets are those of the file the author edits."""
    files = {"a.mjml": "<mjml>\n<mj-body>{{ x | bogos }}</mj-body></mjml>"}

    _, problems = compile_message("m", {"email": {"subject": "s", "mjml": "a.mjml"}}, "en", files.__getitem__)

    message = 'there is no filter "bogos"'
    assert (MessageProblem("unknown-filter", message, "", ("email", "mjml"), "a.mjml", 23, 5),) == problems


def test_a_body_nested_without_end_is_a_problem() -> None:
    """A webhook body deeper than anyone writes is refused instead of overflowing."""
    body: Any = "x"
    for _ in range(100_000):
        body = [body]

    assert problems_of({"webhook": {"url": "u", "body": body}}) == [("too-large", ("webhook", "body"))]


def test_templates_are_listed_for_rules_about_variables() -> None:
    """Each template comes with its locale, channel, path and file, whether or not the message compiles."""
    found = read_templates({**REMINDER, "bogus": {}}, "en", FILES.__getitem__)

    assert (
        found[0].locale,
        found[0].channel,
        found[0].part,
        found[0].file,
        found[0].path,
    ) == ("en", "email", "subject", "", ("email", "subject"))
    assert [t.file for t in found if t.file] == ["reminder.mjml", "reminder.de.mjml"]
    assert found[-1].path == ("locales", "de-CH", "sms")


@pytest.mark.parametrize(
    ("content", "channel", "expected"),
    [
        (REMINDER, "email", True),
        (REMINDER, "sms", True),
        (REMINDER, "push", True),
        (REMINDER, "whatsapp", False),
        ({"email": {"subject": "s", "text": "{{ preferences_url }}"}}, "email", True),
        ({"email": {"subject": "unsubscribe_url {{ unsubscribe_url }}", "text": "t"}}, "email", False),
        ({"sms": "please stop"}, "sms", False),
        ({"sms": "bye: {{ unsubscribe_url }}"}, "sms", True),
        ({"sms": "STOP", "locales": {"de": {"sms": "x"}}}, "sms", False),
        ({"whatsapp": {"body": "hi"}}, "whatsapp", False),
        ({"whatsapp": {"template": "hi"}}, "whatsapp", True),
    ],
)
def test_a_way_out_is_found_in_every_locale(content: dict[str, Any], channel: str, expected: bool) -> None:
    """An email needs a link in its body, an SMS the word STOP or a link, in each language it is written in."""
    assert expected == has_unsubscribe(compiled(content), channel)
