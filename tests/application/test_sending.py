"""The send policy: never twice, never against the customer's will, and always with a reason."""

from __future__ import annotations

from tests.support.workspaces import deployed, lines, played

BEGAN = "events: [{at: +0s, customer: ana, event: began}]"
SEND = "enter: {on: began, again: always}\nsteps: [{id: s, send: hello%s}]"


def person(**fields: str) -> str:
    """Return YAML of one customer, ana, with these fields."""
    known = {"email": "ana@example.com", "phone": '"+12025550123"', "timezone": "America/New_York"} | fields
    return "- {id: ana, " + ", ".join(f"{name}: {value}" for name, value in known.items() if value) + "}"


def test_the_first_channel_that_reaches_the_customer_is_used() -> None:
    """Without a device the push is passed over for the email."""
    deployment = deployed(SEND % ", via: [push, email]")

    trace = played(deployment, BEGAN, person())

    assert lines(trace, "sent", "suppressed") == ["+0s sent s email"]


def test_the_reason_that_came_furthest_is_told_when_no_channel_can_be_used() -> None:
    """No device is less than no consent: the marketer reads why email was not used."""
    deployment = deployed(SEND % ", via: [push, email]")

    trace = played(deployment, BEGAN, person(consents="{news: [sms]}"))

    assert lines(trace, "sent", "suppressed") == ["+0s suppressed s consent"]


def test_silence_is_no_consent_where_the_topic_says_so() -> None:
    """A topic that is opted out by default needs a word from the customer."""
    deployment = deployed("topic: offers\n" + SEND % ", via: [email]")

    traces = [played(deployment, BEGAN, person(consents=said)) for said in ("", "{offers: [email]}")]

    assert [lines(trace, "sent", "suppressed") for trace in traces] == [
        ["+0s suppressed s consent"],
        ["+0s sent s email"],
    ]


def test_a_transactional_message_asks_no_consent_but_respects_suppression() -> None:
    """A receipt goes to who wants no news, and never to an address that bounced."""
    deployment = deployed("kind: transactional\n" + SEND % ", via: [email]")

    traces = [
        played(deployment, BEGAN, person(consents="{news: []}")),
        played(deployment, BEGAN, person(suppressed="[email]")),
    ]

    assert [lines(trace, "sent", "suppressed") for trace in traces] == [
        ["+0s sent s email"],
        ["+0s suppressed s suppressed"],
    ]


def test_a_complaint_and_a_stop_suppress_the_channel() -> None:
    """After a complaint no email, after STOP no text message."""
    deployment = deployed(SEND % ", via: [email]", SEND.replace("id: s", "id: t") % ", via: [sms]")
    story = """
    events: [{at: +0s, customer: ana, event: began}, {at: +2d, customer: ana, event: began}]
    also: [{at: +1d, customer: ana, complained: s}, {at: +1d, customer: ana, replied: t, text: " stop "}]
    """

    trace = played(deployment, story, person())

    assert lines(trace, "sent", "suppressed") == [
        "+0s sent s email", "+0s sent t sms", "+2d suppressed s suppressed", "+2d suppressed t suppressed",
    ]  # fmt: skip


def test_the_cap_counts_over_all_journeys_and_frees_up_as_time_passes() -> None:
    """Two in seven days, whichever journey sent them; the journey goes on."""
    deployment = deployed(
        SEND % "", SEND.replace("id: s", "id: t") % "", workspace="caps: [{max: 2, per: 7 days}]"
    )
    story = """
    events:
      - {at: +0s, customer: ana, event: began}
      - {at: +1d, customer: ana, event: began}
      - {at: +7d, customer: ana, event: began}
    """

    trace = played(deployment, story, person())

    assert lines(trace, "sent", "suppressed") == [
        "+0s sent s email", "+0s sent t email", "+1d suppressed s cap", "+1d suppressed t cap",
        "+7d sent s email", "+7d sent t email",
    ]  # fmt: skip


def test_quiet_hours_hold_drop_or_let_through() -> None:
    """07:00 in New York is quiet until 08:00: hold sends then, drop never, send at once."""
    quiet = 'quiet_hours: {sms: {from: "21:00", to: "08:00"}}'
    traces = [
        played(deployed(SEND % f", via: [sms], when_quiet: {how}", workspace=quiet), BEGAN, person())
        for how in ("hold", "drop", "send")
    ]

    assert [lines(trace, "sent", "held", "suppressed") for trace in traces] == [
        ["+0s held s sms", "+1h sent s sms"], ["+0s suppressed s quiet_hours"], ["+0s sent s sms"],
    ]  # fmt: skip


def test_consent_withdrawn_while_a_send_is_held_counts() -> None:
    """The whole policy is asked again when the quiet hours are over."""
    deployment = deployed(SEND % ", via: [sms]", workspace='quiet_hours: {sms: {from: "21:00", to: "08:00"}}')

    trace = played(deployment, BEGAN + "\nalso: [{at: +30m, customer: ana, unsubscribed: news}]", person())

    assert lines(trace, "sent", "held", "suppressed") == ["+0s held s sms", "+1h suppressed s consent"]


def test_a_text_with_nothing_to_say_for_a_name_never_reaches_the_customer() -> None:
    """An undefined variable suppresses the send and takes the other way."""
    deployment = deployed(
        "enter: {on: began}\nsteps: [{id: s, send: hello, otherwise: [{exit: unsaid}]}]",
        message="email: {subject: 'Hi {{ customer.first_name }}', html: '<p>{{ unsubscribe_url }}</p>'}",
    )

    trace = played(deployment, BEGAN, person())

    assert lines(trace, "sent", "suppressed", "exited") == [
        "+0s suppressed s content",
        "+0s exited exit:unsaid",
    ]


def test_a_busy_provider_is_asked_again_and_a_refusal_tries_the_next_channel() -> None:
    """Throttled: held, then sent; rejected: passed over; unknown: not repeated where at most once was asked."""
    deployment = deployed(SEND % ", via: [email, sms]")
    fault = BEGAN + "\nalso: [{at: +0s, channel: email, fault: %s, until: +10m}]"
    early = [
        played(deployment, fault.replace("at: +0s, customer", "at: +1m, customer") % kind, person())
        for kind in ("throttled", "rejected", "unknown")
    ]

    assert [lines(trace, "sent", "suppressed")[-1:] for trace in early] == [
        ["+10m 12s sent s email"], ["+1m sent s sms"], ["+1m sent s email"],
    ]  # fmt: skip
    assert early[2].trace[-2].reason == "unknown"


def test_a_holdout_walks_the_journey_and_is_never_messaged_called_or_put_on_a_list() -> None:
    """Sends, calls and people's tasks are suppressed with the reason holdout; the path goes on."""
    deployment = deployed(
        """
        enter: {on: began, holdout: 10%}
        steps:
          - {id: s, send: hello}
          - {id: t, task: desk, title: Call, up_to: 1 day}
          - {id: c, call: "https://api.shop.example/x"}
          - {exit: end}
        """
    )

    trace = played(deployment, BEGAN, person(holdout="true"))

    assert lines(trace, "sent", "tasked", "called", "suppressed", "exited") == [
        "+0s suppressed s holdout", "+0s suppressed t holdout", "+0s suppressed c holdout", "+0s exited exit:end",
    ]  # fmt: skip
