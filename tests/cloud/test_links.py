from __future__ import annotations

import re
import time
from typing import Any

from sojourn.adapters.dynamodb import keys
from sojourn.domain.decide.machines import TOO_SOON
from tests.support.cloud import Cloud, eventually
from tests.support.link_requests import ONE_CLICK


def emailed(cloud: Cloud, customer: str) -> str:
    """Let a customer get the email of `welcome`; return its HTML."""
    address = f"{customer}@mail.example"
    cloud.put("signed_up", customer, {"source": "web"}, attributes={"email": address})
    (email,) = eventually(lambda: cloud.emails(address))
    return str(email["BodyHtml"])


def as_readers_do() -> None:
    """Take the time that reading takes: who clicks sooner is a program (`sojourn.domain.decide.machines`)."""
    time.sleep(TOO_SOON["clicked"] + 0.5)


def link(html: str, kind: str) -> str:
    """Return the first link of a kind: `c` to click, `u` to unsubscribe."""
    found = re.search(rf'href="(https://[^/"]+/{kind}/[^"]+)"', html)
    assert found
    return found[1]


def events(cloud: Cloud, customer: str, name: str) -> list[dict[str, Any]]:
    """Return a customer's events of a name."""
    return [event for event in cloud.rows(customer, keys.EVENTS) if event["name"] == name]


def test_a_click_leads_on_and_is_told(cloud: Cloud) -> None:
    """The link in the email answers with where it leads, and the click is an event of the customer's run."""
    url = link(emailed(cloud, "cleo"), "c")
    as_readers_do()

    status, headers, _ = cloud.browse("GET", url)

    assert (status, headers["location"]) == (302, "https://www.acme.example/start")
    (click,) = eventually(lambda: events(cloud, "cleo", "message_clicked"))
    assert (click["properties"]["journey"], click["properties"]["step"]) == ("welcome", "hello")


def test_an_email_that_is_opened_says_so(cloud: Cloud) -> None:
    """The picture in it is fetched once, is one, and the event knows the run's step."""
    html = emailed(cloud, "opal")
    (url,) = re.findall(r'src="(https://[^/"]+/o/[^"]+\.gif)"', html)
    as_readers_do()

    status, headers, body = cloud.browse("GET", url)

    assert (status, headers["content-type"], body[:6]) == (200, "image/gif", "GIF89a")
    (opened,) = eventually(lambda: events(cloud, "opal", "message_opened"))
    assert (opened["properties"]["journey"], opened["properties"]["step"]) == ("welcome", "hello")


def test_one_click_unsubscribes(cloud: Cloud) -> None:
    """A mail program's POST takes the consent back; to look at the page changes nothing."""
    url = link(emailed(cloud, "uma"), "u")

    looked, _, _ = cloud.browse("GET", url)
    before = cloud.rows("uma", keys.PROFILE)[0]
    posted, _, _ = cloud.browse("POST", url, ONE_CLICK)

    assert (looked, posted) == (200, 200)
    assert "consents" not in before
    profile = eventually(lambda: cloud.rows("uma", keys.PROFILE)[0], lambda row: "consents" in row)
    assert profile["consents"] == [["news", "email", False]]


def test_a_link_that_somebody_changed_is_none(cloud: Cloud) -> None:
    """Its signature does not fit: nothing is told, and nobody is led anywhere."""
    url = link(emailed(cloud, "fred"), "c")

    status, headers, _ = cloud.browse("GET", url[:-4] + "AAAA")

    assert status == 404
    assert "location" not in headers


def test_an_unsubscription_is_heard_while_the_bus_is_shut(cloud: Cloud) -> None:
    """Where the bus does not take it, it goes on the queue behind the bus."""
    url = link(emailed(cloud, "bea"), "u")

    with cloud.without("links", "events:PutEvents"):
        status, _, _ = cloud.browse("POST", url, ONE_CLICK)

    assert status == 200
    eventually(lambda: cloud.rows("bea", keys.PROFILE)[0], lambda row: "consents" in row)
