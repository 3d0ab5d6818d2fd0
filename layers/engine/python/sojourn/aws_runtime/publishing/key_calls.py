"""The call that renews the key which links, task ids and webhooks are made with.

The entry is written before the secret, which is no row of the table: after a crash there is an entry too many, and
whoever calls again makes a newer key. It tells keys by their numbers, which stand in every link.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sojourn.adapters.links.rotation import KEY_BYTES, Rotated, rotated
from sojourn.aws_runtime.api.http import Answer, answered
from sojourn.aws_runtime.publishing.backing import Backing
from sojourn.aws_runtime.publishing.calls import ControlCall, Refusal, known, wrong
from sojourn.aws_runtime.publishing.reach import Reach
from sojourn.aws_runtime.secrets import keys_in
from sojourn.aws_runtime.settings import SettingsError
from sojourn.errors import Conflict

MOST_DAYS = 99_999
MOST_KEYS, LONGEST_NAME = 100, 32


class KeyCalls:
    """The call."""

    def __init__(self, backing: Backing, reach: Reach) -> None:
        self._backing = backing
        self._secret = reach.secret
        self._random = reach.random

    def renew(self, call: ControlCall) -> Answer:
        """Make a new key the current one, and take those away that were replaced long ago, if somebody says which.

        Raises:
            Refusal: a field is wrong, the secret cannot be read, others would be taken away than the caller named, or
                somebody else changes it just now.
        """
        known(call, "drop_older_than", "dropping", "dry_run", "reason")
        days, dropping = _days(call), _dropping(call)
        signed = self._backing.signed(call.by, call.text("reason"))
        before = self._secret.read()
        try:
            keys_in(before.text)
        except SettingsError as error:
            raise Refusal(409, "bad_secret", str(error)) from None
        made = rotated(before.text, self._random(KEY_BYTES), signed.at.replace(microsecond=0), days)
        told = _told(made)
        if call.flag("dry_run", False):
            return answered(200, told | {"done": False})
        if dropping != sorted(made.dropped):
            said = f"the keys {', '.join(made.dropped) or 'none'} would be taken away, and others were named"
            raise Refusal(409, "other_keys", said, told)
        self._backing.history.add(signed.at, signed.by, "renewed_key", message=signed.message, details=told)
        try:
            self._secret.replace(made.text, before)
        except Conflict as conflict:
            raise Refusal(409, "changed_meanwhile", f"{conflict}: look at it, then call again") from None
        return answered(200, told | {"done": True})


def _told(made: Rotated) -> dict[str, Any]:
    return {"current": made.current, "kept": list(made.kept), "dropped": list(made.dropped)}


def _days(call: ControlCall) -> timedelta | None:
    days = call.body.get("drop_older_than")
    if days is None:
        return None
    if not isinstance(days, int) or isinstance(days, bool) or not 0 <= days <= MOST_DAYS:
        raise wrong("drop_older_than", f"a whole number of days is wanted, up to {MOST_DAYS:,}")
    return timedelta(days=days)


def _dropping(call: ControlCall) -> list[str]:
    """Return the keys that the caller knows to be taken away."""
    names = call.body.get("dropping") or []
    if (
        not isinstance(names, list)
        or len(names) > MOST_KEYS
        or not all(isinstance(one, str) and len(one) <= LONGEST_NAME for one in names)
    ):
        raise wrong("dropping", "a list of the keys that will be taken away is wanted")
    return sorted(names)
