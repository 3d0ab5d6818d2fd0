"""What an admin does with customers, sources and quarantine, by the command; the history tells it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from sojourn.adapters.dynamodb.sources import DynamoSources
from sojourn.application.sources import key_digest
from tests.support.cloud import Cloud, eventually
from tests.support.commands import Person, person


@pytest.fixture(scope="module")
def admin(cloud: Cloud) -> Person:
    """Give somebody with the policy for admins, which lets them write nothing themselves."""
    return person(cloud, "admin")


def told(admin: Person) -> Mapping[str, Any]:
    """Return the last entry of the history."""
    (entry,) = admin.does("history", "--limit", "1", "--json").json
    found: Mapping[str, Any] = entry
    return found


def test_a_customer_is_erased_by_an_admin_and_by_nobody_else(
    cloud: Cloud, admin: Person, publisher: Person
) -> None:
    """Their rows go, their execution is stopped, and who has the id finds out when."""
    cloud.put("cart_updated", "ida", {"cart_id": "c1", "items": 1}, attributes={"email": "ida@mail.example"})
    run = cloud.entered("ida", "cart", "c1")

    refused = publisher.types("customer", "erase", "ida", "--yes")
    kept = cloud.rows("ida")
    said = admin.does("customer", "erase", "ida", "--yes", "--json").json

    assert (refused.status, "it takes the role admin" in refused.errors, kept != []) == (2, True, True)
    assert (said["stopped"], cloud.rows("ida")) == ([run["execution"]], [])
    assert eventually(lambda: cloud.execution(run)["status"], lambda now: now != "RUNNING") == "ABORTED"
    (entry,) = admin.does("history", "--customer", "ida", "--json").json
    assert (entry["did"], "ida" in str(entry["details"])) == ("erased", False)


def test_a_source_is_added_and_revoked(cloud: Cloud, admin: Person) -> None:
    """Its key works as long as it is there; the history has its name alone."""
    sources = DynamoSources(cloud.client("dynamodb"), cloud.table)

    key = admin.does("sources", "add", "kiosk", "--right", "tasks", "--json").json["write_key"]
    found = sources.find(str(key_digest(key)))
    added = told(admin)
    admin.does("sources", "revoke", "kiosk")

    assert found is not None
    assert (found.name, sources.find(str(key_digest(key)))) == ("kiosk", None)
    assert (added["did"], key in str(added), told(admin)["did"]) == ("added_source", False, "revoked_source")


def test_what_is_in_quarantine_is_replayed_and_dropped(cloud: Cloud, admin: Person) -> None:
    """What is still not as planned comes back by itself, under its id, and is listed again."""
    cloud.put("cart_updated", "kai", {"cart_id": "c1", "items": "many"}, id="kai-1")

    def aside() -> list[Mapping[str, Any]]:
        found: list[Mapping[str, Any]] = admin.does(
            "events", "quarantine", "--customer", "kai", "--json"
        ).json
        return found

    (first,) = eventually(aside)
    replayed = admin.does("events", "quarantine", "--customer", "kai", "--replay", "--json").json
    (second,) = eventually(aside, lambda now: [one["received"] for one in now] > [first["received"]])
    dropped = admin.does("events", "quarantine", "--customer", "kai", "--drop", "--yes", "--json").json

    assert (
        [one["id"] for one in replayed["replayed"]] == [one["id"] for one in dropped["dropped"]] == ["kai-1"]
    )
    assert (second["id"], aside()) == ("kai-1", [])
    entry = told(admin)
    assert (entry["did"], entry["details"]) == ("dropped", {"events": 1, "names": {"cart_updated": 1}})
