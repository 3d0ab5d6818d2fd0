from __future__ import annotations

from sojourn.pinpoint.outcome import Outcome
from tests.support.pinpoint_exports import Json, email, errors, imported, journey, mail, push, row, sms


def files(template: Json, kind: str = "EMAIL", **config: Json) -> dict[str, str]:
    """Return the message files of a journey that sends one template, of which `check` finds no error."""
    came = imported(journey({"a": {kind: {"TemplateName": "hello", **config}}}), template)
    assert errors(came) == []
    return {path.rpartition("/")[2]: text for path, text in came.files.items() if "/messages/" in path}


def test_links_count_clicks() -> None:
    """Links in HTML get `track`, as Pinpoint counted clicks by itself; what is written in a link stays."""
    first = "<a class='x' href='https://x.example/?a=1&amp;b=2'>x</a>"
    html = f'<html><body>{first} <a href="mailto:a@x.example">y</a></body></html>'

    made = files(email("hello", html))["hello.html"]

    assert "<a class='x' href=\"{{ 'https://x.example/?a=1&b=2' | track }}\">" in made
    assert '<a href="mailto:a@x.example">' in made


def test_a_way_out_is_added_inside_the_body() -> None:
    """A marketing email has a link to unsubscribe, before the body ends; its text part says it too."""
    made = files(email("hello", "<html><body><p>Hi</p></BODY></html>", TextPart="Hi"))

    assert made["hello.html"].endswith('<a href="{{ unsubscribe_url }}">Unsubscribe</a></p>\n</BODY></html>')
    assert made["hello.txt"] == "Hi\n\nUnsubscribe: {{ unsubscribe_url }}\n"


def test_text_alone_gets_html() -> None:
    """An email that had only text has HTML that shows it as it stood."""
    template = {
        "TemplateName": "hello",
        "EmailTemplateRequest": {"Subject": "Hello", "TextPart": "a < b\n{{Attributes.x}}"},
    }

    assert "a &lt; b\n{{ customer.x }}</div>" in files(template)["hello.html"]


def test_an_sms_says_how_to_stop_once() -> None:
    """How to stop them is added where it is missing."""
    assert files(sms("hello", "Hi"), "SMS")["hello.yaml"].endswith("sms: Hi Reply STOP to opt out.\n")
    assert files(sms("hello", "Hi. STOP ends it"), "SMS")["hello.yaml"].endswith("sms: Hi. STOP ends it\n")


def test_a_push_message_takes_the_default_text() -> None:
    """One text for all devices: the default's, with what only one of them has; where they differ is said."""
    template = push(
        "hello",
        Default={"Title": "Hi", "Body": "there", "Action": "OPEN_APP"},
        GCM={"Title": "Hey", "Body": "there", "ImageUrl": "https://x.example/i.png"},
    )
    came = imported(journey({"a": {"PUSH": {"TemplateName": "hello"}}}), template)

    assert (
        'push: {title: Hi, body: there, image: "https://x.example/i.png"}'
        in came.files["try/messages/hello.yaml"]
    )
    assert row(came, "hello").notes == ["one text for all devices: that of `Default`; GCM say something else"]


def test_a_template_sent_from_two_addresses_is_two_messages() -> None:
    """Who an email comes from is said in the message, so each address has its own."""
    first, second = mail("b"), mail()
    first["EMAIL"]["MessageConfig"] = {"FromAddress": "a@shop.example"}
    second["EMAIL"]["MessageConfig"] = {"FromAddress": "b@shop.example"}

    came = imported(journey({"a": first, "b": second}), email("hello"))

    assert errors(came) == []
    assert 'from: "a@shop.example"' in came.files["try/messages/hello.yaml"]
    assert 'from: "b@shop.example"' in came.files["try/messages/hello-2.yaml"]


def test_a_template_that_nobody_sends_is_left_out() -> None:
    """What no imported journey uses is named in the report, and not written."""
    came = imported(journey({"a": mail()}), email("hello"), email("other"))

    assert [path for path in came.files if "other" in path] == []
    assert row(came, "other").outcome is Outcome.NOTED


def test_defaults_that_cannot_be_read_are_reported() -> None:
    """`DefaultSubstitutions` is JSON in a text; where it is not, the texts have to say their defaults."""
    came = imported(journey({"a": mail()}), email("hello", DefaultSubstitutions="{x"))

    assert row(came, "hello").outcome is Outcome.LOST


def test_an_activity_sends_the_version_that_it_names() -> None:
    """Of several versions of a template the one that is asked for is sent, else the last."""
    second = mail()
    second["EMAIL"]["TemplateVersion"] = "2"
    versions = [email("hello", f"<p>Version {number}</p>", Version=str(number)) for number in (2, 10, 9)]

    came = imported(journey({"a": mail("b"), "b": second}), *versions)

    assert errors(came) == []
    assert "Version 10" in came.files["try/messages/hello.html"]
    assert "Version 2" in came.files["try/messages/hello-2.html"]


def test_one_version_in_two_wordings_is_refused() -> None:
    """Where it cannot be told which of two templates is meant, neither is taken."""
    came = imported(journey({"a": mail()}), email("hello", "<p>x</p>"), email("hello", "<p>y</p>"))

    assert [problem.where for problem in came.problems] == ['email template "hello"']
