from __future__ import annotations

import copy
from datetime import UTC, datetime
from typing import Any

import pytest

from sojourn.adapters.feedback import ses
from sojourn.adapters.feedback.told import NotRead, PassedOver, Told
from tests.support.provider_events import recorded

ABOUT = {
    "channel": "email", "send": "3f2a9c0d5e7b41868a1c2d3e4f", "journey": "welcome", "run": "welcome-5d1f0c2b3a4e",
    "step": "hello",
}  # fmt: skip
MESSAGE = "0107019c1d2e3f40-5a6b7c8d-9e0f-4a1b-8c2d-3e4f50617283-000000"
FIVE = datetime(2026, 3, 6, 12, 0, 5, tzinfo=UTC)


def told(name: str) -> Told:
    """Return the one thing that a recorded event tells."""
    (found,) = ses.read(recorded(name)["detail"])
    return found


@pytest.mark.parametrize(
    ("name", "event", "more"),
    [
        ("ses-send", "message_sent", {}),
        ("ses-delivery", "message_delivered", {}),
        ("ses-delivery-delay", "message_delayed", {"reason": "MailboxFull"}),
        ("ses-bounce-hard", "message_bounced", {"hard": True, "reason": "Permanent/General"}),
        (
            "ses-bounce-suppressed", "message_bounced",
            {"hard": True, "reason": "Permanent/OnAccountSuppressionList"},
        ),
        (
            "ses-bounce-unsubscribed", "message_bounced",
            {"hard": False, "reason": "Permanent/UnsubscribedRecipient"},
        ),
        ("ses-bounce-soft", "message_bounced", {"hard": False, "reason": "Transient/MailboxFull"}),
        ("ses-bounce-undetermined", "message_bounced", {"hard": False, "reason": "Undetermined/Undetermined"}),
        ("ses-complaint", "message_complained", {"reason": "abuse"}),
        ("ses-reject", "message_rejected", {"reason": "Bad content"}),
        ("ses-rendering-failure", "message_failed", {"reason": "rendering"}),
        ("ses-open", "message_opened", {}),
        ("ses-open-gmail", "message_opened", {}),
        ("ses-click", "message_clicked", {"url": "https://shop.example/cart?id=1"}),
    ],
)  # fmt: skip
def test_every_kind_of_event_is_one_of_the_customers(name: str, event: str, more: dict[str, Any]) -> None:
    """Whose it is and of which send, run and step it is say our own tags; the message's id is SES's."""
    found = told(name)

    assert (found.name, found.customer) == (event, "ana@example.com")
    assert found.properties == ABOUT | more | {"provider_id": MESSAGE}


@pytest.mark.parametrize("name", ["ses-delivery", "ses-bounce-hard", "ses-complaint", "ses-delivery-delay"])
def test_an_event_is_as_of_when_it_happened(name: str) -> None:
    """Not when it was told, or when the email was sent."""
    assert told(name).at == FIVE


@pytest.mark.parametrize("name", ["ses-open-apple-privacy", "ses-open-apple-network", "ses-click-scanner"])
def test_what_a_program_did_bears_neither_run_nor_step(name: str) -> None:
    """Apple's privacy protection, or a scanner: it engages nobody."""
    found = told(name).properties

    assert (found["machine"], found["reason"]) == (True, "program")
    assert not {"run", "step"} & set(found)
    assert found["send"] == ABOUT["send"]


def test_what_comes_at_once_is_left_to_whoever_has_the_messages_row() -> None:
    """As with our own links: only the row says when a provider took it."""
    assert "machine" not in told("ses-open-at-once").properties


def test_a_subscription_tells_what_is_different_from_before() -> None:
    """One event for each topic that the reader chose or left; the message's own channel, and nobody's run."""
    found = ses.read(recorded("ses-subscription")["detail"])

    assert [(one.name, one.properties["topic"], one.properties["channel"]) for one in found] == [
        ("unsubscribed", "news", "email"), ("subscribed", "offers", "email"),
    ]  # fmt: skip
    assert len({one.id for one in found}) == 2


def test_who_leaves_the_whole_list_leaves_every_topic() -> None:
    """It is one word, without a topic, for the channel."""
    (found,) = ses.read(recorded("ses-subscription-all")["detail"])

    assert (found.name, found.properties["channel"], "topic" in found.properties) == (
        "unsubscribed",
        "email",
        False,
    )


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("ses-not-ours", "no_tags"),
        ("ses-complaint-not-spam", "no_complaint"),
        ("ses-click-own-link", "own_link"),
    ],
)
def test_what_is_none_of_ours_is_passed_over(name: str, why: str) -> None:
    """Emails of others on the same configuration set; mail that was taken out of the spam folder; our own links."""
    with pytest.raises(PassedOver, match=why):
        ses.read(recorded(name)["detail"], lambda url: url.startswith("https://links.example/"))


def test_a_type_that_nobody_knows_is_passed_over() -> None:
    """SES may tell of new things."""
    with pytest.raises(PassedOver, match="unknown_type"):
        ses.read(recorded("ses-send")["detail"] | {"eventType": "Pondered"})


def test_an_event_told_twice_is_the_same() -> None:
    """EventBridge gives the second an id of its own; what it says is what counts. Others have other ids."""
    names = sorted(
        {
            "ses-send", "ses-delivery", "ses-delivery-delay", "ses-bounce-hard", "ses-bounce-soft", "ses-complaint",
            "ses-reject", "ses-open", "ses-open-apple-privacy", "ses-click", "ses-click-scanner",
        }
    )  # fmt: skip

    assert [told(name).id for name in names] == [told(name).id for name in names]
    assert len({told(name).id for name in names}) == len(names)


def test_opening_it_again_within_a_minute_is_the_same() -> None:
    """A mail program that draws a picture twice has one reader; an hour later it is another time."""
    detail = recorded("ses-open")["detail"]

    def at(instant: str) -> str:
        again = copy.deepcopy(detail)
        again["open"]["timestamp"] = instant
        return ses.read(again)[0].id

    assert at("2026-03-06T13:10:00.000Z") == at("2026-03-06T13:10:40.000Z")
    assert at("2026-03-06T13:10:00.000Z") != at("2026-03-06T14:10:00.000Z")


@pytest.mark.parametrize(
    "change",
    [
        {"mail": None}, {"mail": []}, {"bounce": None}, {"bounce": {}}, {"bounce": {"timestamp": "yesterday"}},
        {"bounce": {"timestamp": ["2026"]}},
    ],
)  # fmt: skip
def test_what_is_not_as_ses_says_it_is_not_read(change: dict[str, Any]) -> None:
    """It is said by the place, with nothing of what stands there."""
    with pytest.raises(NotRead, match="wanted"):
        ses.read(recorded("ses-bounce-hard")["detail"] | change)


@pytest.mark.parametrize(
    "tags", [None, {}, {"send": []}, {"send": ["s"], "customer": ["b64_!"]}, {"send": [1]}]
)
def test_tags_that_are_not_ours_are_nobodys(tags: Any) -> None:
    """Whoever sends with the same configuration set may use the same names."""
    detail = recorded("ses-delivery")["detail"]
    detail["mail"]["tags"] = tags

    with pytest.raises(PassedOver, match="no_tags"):
        ses.read(detail)
