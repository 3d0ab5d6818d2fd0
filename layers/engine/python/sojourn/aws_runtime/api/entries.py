"""Reads the calls that enter customers into journeys: `POST /v1/journeys/<name>/entries`.

    {"id": "order-1001", "customer": "c-42", "identities": {"email": …}, "entry": {"total": 99.5}, "time": …}

`docs/entering.md` says what each means. Whose it is, is read as of an event. It knows no table and no write key.
"""  # fmt: skip

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sojourn.application.calling import Called, EntryCall, IdTaken, NoSuchEntry, NotAsPlanned
from sojourn.application.ports import Clock
from sojourn.application.sources import CONTACTS, ENTER, Source
from sojourn.aws_runtime.api.http import Answer, BadCall, HttpCall, answered, checked, only, parsed
from sojourn.aws_runtime.incoming.fields import Fields, Poison
from sojourn.aws_runtime.incoming.inbound import IDENTITIES, LONGEST_ID, who
from sojourn.aws_runtime.observability import count
from sojourn.errors import AuthorError, TooLarge

LONGEST_BODY = 32 * 1024
FIELDS = ("id", "customer", "identities", "entry", "time")
NAMED = ("user_id", *IDENTITIES)
"""What may stand in `identities`."""


class Entries:
    """The calls.

    Args:
        enter: enters a customer, once for each id.
    """

    verbs = ("entries",)
    right = ENTER

    def __init__(self, enter: Callable[[EntryCall], Called], clock: Clock) -> None:
        self._enter = enter
        self._clock = clock

    def answer(self, id_: str, verb: str, call: HttpCall, source: Source) -> Answer:
        """Enter a customer into the journey *id_*, or say why not.

        Raises:
            BadCall: the body is none, or there is no such journey, or its customers enter otherwise.
        """
        asked = self._read(parsed(call.content(LONGEST_BODY)), id_, source)
        try:
            return _told(self._enter(asked))
        except NoSuchEntry as none:
            raise _no_journey(none) from None
        except NotAsPlanned as wrong:
            raise BadCall(400, "bad_field", wrong.reasons[0]) from None
        except IdTaken as taken:
            said = (
                f'id: "{asked.id}" is the event {taken.event}, and that is another event of this customer\'s'
            )
            raise BadCall(409, "id_taken", f"{said}: nobody entered; use another id") from None
        except TooLarge:
            said = "the entry: with what it does it is more than can be written at once"
            raise BadCall(413, "too_large", said) from None
        except AuthorError:
            said = "customer: it is missing, and no identity names anybody: give the phone with its country"
            raise BadCall(400, "bad_field", said) from None

    def _read(self, said: Mapping[str, Any], journey: str, source: Source) -> EntryCall:
        only(said, FIELDS)
        checked(said, "the body")
        try:
            fields = Fields(said, "")
            customer, identities = who(fields)
            only(fields.mapping("identities"), NAMED, "identities.")
            return EntryCall(
                source.name, fields.text("id", LONGEST_ID), journey, customer,
                fields.instant("time") or self._clock.now(), identities, fields.mapping("entry"),
                hearsay=not source.may(CONTACTS),
            )  # fmt: skip
        except Poison as wrong:
            raise BadCall(400, "bad_field", str(wrong)) from None


def _no_journey(none: NoSuchEntry) -> BadCall:
    if none.there:
        said = "nobody enters this journey by a call: its `enter.on` does not name `api`"
        return BadCall(404, "not_by_api", said)
    return BadCall(404, "no_journey", "there is no such journey here")


def _told(called: Called) -> Answer:
    if called.repeated and not called.same:
        said = "id: this one was used before, with another `entry`, and that holds"
        raise BadCall(409, "other_entry", said)
    if not called.repeated:
        count("EntriesAnswered", outcome=called.why or "entered")
    if called.why:
        answer = {"entered": False, "reason": called.why, "repeated": called.repeated}
        if called.missing:
            verb = "is" if len(called.missing) == 1 else "are"
            answer["message"] = f"{' and '.join(called.missing)} {verb} missing"
        return answered(200, answer)
    return answered(
        200, {"entered": True, "run": called.run, "holdout": called.holdout, "repeated": called.repeated}
    )
