"""One customer, through all that is deployed: an anonymous cart, a name, a click, a no, an order, a complaint."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from segment.analytics.client import Client

from infra.local_cloud.deployment import STAGE
from sojourn.adapters.dynamodb import keys
from sojourn.domain.customer.identity import ANONYMOUS, unknown_id
from tests.cloud.test_feedback import told_by_ses
from tests.cloud.test_links import as_readers_do, link
from tests.cloud.test_tracking import KEY, base, host
from tests.support.cloud import PATIENCE, Cloud, eventually
from tests.support.link_requests import ONE_CLICK

VERA, COOKIE, EMAIL = "vera", "cookie-of-vera", "vera@mail.example"
CART = "basket-1"

__all__ = ["base"]


@pytest.fixture(scope="module")
def client(cloud: Cloud, base: str) -> Iterator[Client]:
    """Give Segment's client as a shop uses it."""
    made = Client(KEY, host=host(cloud) + base, upload_interval=0.05)
    yield made
    made.join()


@pytest.fixture(scope="module")
def shown(cloud: Cloud, client: Client) -> dict[str, Any]:
    """Let it all happen; return what support sees of her afterwards."""
    anonymous = unknown_id(ANONYMOUS, COOKIE)
    client.track(None, "Basket Updated", {"cart_id": CART, "items": 3}, anonymous_id=COOKIE)
    client.flush()
    first = cloud.entered(anonymous, "basket", CART)

    client.identify(VERA, {"email": EMAIL, "first_name": "Vera"}, anonymous_id=COOKIE)
    client.flush()
    hers = cloud.entered(VERA, "basket", CART)
    assert (hers["id"], hers["customer"]) == (first["id"], VERA)

    (email,) = eventually(lambda: cloud.emails(EMAIL))
    assert email["Subject"] == "Your cart is waiting, Vera"
    cloud.waits(VERA, "looked")
    as_readers_do()
    assert cloud.browse("GET", link(email["BodyHtml"], "c"))[0] == 302
    assert cloud.browse("POST", link(email["BodyHtml"], "u"), ONE_CLICK)[0] == 200

    cloud.waits(VERA, "bought")
    client.track(VERA, "Basket Ordered", {"cart_id": CART, "total": 30.0})
    client.flush()
    assert cloud.ended(VERA, "basket", CART)["exit_reason"] == "goal"

    (send,) = [row for row in cloud.rows(VERA, keys.SENDS) if row["journey"] == "basket"]
    told_by_ses(cloud, "ses-complaint", send)
    eventually(lambda: cloud.rows(VERA, keys.PROFILE)[0].get("suppressed"))
    return support_sees(cloud, "--anonymous", COOKIE)


def support_sees(cloud: Cloud, *who: str) -> dict[str, Any]:
    """Return what `sojourn customer show` says."""
    sojourn = Path(sys.executable).with_name("sojourn")
    command = [str(sojourn), "customer", "show", *who, "--stage", STAGE, "--json"]
    run = subprocess.run(
        [*command, "--limit", "100"], capture_output=True, text=True, timeout=PATIENCE, check=False,
        env={**os.environ, **cloud.emulated.environment},
    )  # fmt: skip
    assert run.returncode == 0, run.stderr
    told: dict[str, Any] = json.loads(run.stdout)
    return told


def lines(shown: dict[str, Any], *whats: str) -> list[str]:
    """Return what the timeline tells of these kinds, shortly."""
    return [
        " ".join(filter(None, (one["what"], one.get("step", ""), one.get("reason", ""))))
        for one in shown["timeline"]
        if one.get("what") in whats and one.get("journey") in ("basket", "")
    ]


def test_the_anonymous_cart_is_hers(shown: dict[str, Any]) -> None:
    """Whoever asks for the cookie is shown Vera, with what was done under it, and one run: the one the cart began."""
    assert shown["customer"] == VERA
    baskets = [run for run in shown["runs"] if run["journey"] == "basket"]
    assert [(run["journey"], run["key"], run["exit_reason"]) for run in baskets] == [("basket", CART, "goal")]
    assert shown["profile"]["others"] == {unknown_id(ANONYMOUS, COOKIE): "merged"}


def test_every_decision_is_told_once(shown: dict[str, Any]) -> None:
    """In its order: sent, clicked, stopped by her own word, ended by what she did."""
    story = lines(shown, "entered", "merged", "sent", "resumed", "suppressed", "goal", "exited")

    assert [line.partition(" ")[0] for line in story] == [
        "entered", "merged", "sent", "resumed", "suppressed", "goal", "exited",
    ]  # fmt: skip
    assert "suppressed second consent" in story
    assert story[-1] == "exited goal"


def test_her_word_and_her_complaint_hold(shown: dict[str, Any]) -> None:
    """The consent is taken back, the address is not used again, and she had one email."""
    assert shown["profile"]["consents"] == [["news", "email", False]]
    assert shown["profile"]["suppressed"] == {"email": "complaint"}
    assert [send["status"] for send in shown["sends"]] == ["complained"]
