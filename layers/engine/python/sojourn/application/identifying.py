"""Finds out who an event is about, and who else is the same person: then they become one before it acts.

An event that tells a user id is that customer's, and costs no read. What else it tells of them (a browser, an address)
was somebody unknown until then, perhaps: whatever they did becomes the customer's. Two customers who are both known
are one only where it is said so (`Incoming.merge`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from sojourn.application.merging import Why, go_on, merge
from sojourn.application.sharing import is_told_of_another, take_device, with_words_of_others
from sojourn.domain.customer.identity import (
    ADDRESSES,
    ANONYMOUS,
    ANONYMOUS_ID,
    DEVICE,
    PHONE,
    is_unknown,
    normalised,
    unknown_id,
)
from sojourn.domain.customer.rows import APART, MERGED, Change
from sojourn.domain.decide.bounding import TOO_MANY
from sojourn.domain.decide.hearsay import OF_HEARSAY, is_hearsay
from sojourn.domain.decide.learning import addresses, learned, new_addresses, told_by_context
from sojourn.domain.decide.merging import merged_profile, stays, with_other
from sojourn.domain.decide.own_words import never_had_device
from sojourn.domain.decide.plan import right_attributes
from sojourn.domain.ledger import Happening
from sojourn.errors import AuthorError, TooLarge

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from sojourn.application.ports import Engine
    from sojourn.application.route import Incoming
    from sojourn.domain.customer.rows import CustomerFile, Profile

Finish = Callable[["CustomerFile"], "CustomerFile"]
"""Does what an event before left to be done for a customer, and returns the file as it is then."""


@dataclass(slots=True)
class Person:
    """Who an event is about, once all who are the same are one.

    Args:
        profile: the customer with what is to be remembered of others.
        incoming: the event, without a device that is another's.
        happened: what is to be told of them.
    """

    file: CustomerFile
    profile: Profile
    incoming: Incoming
    happened: list[Happening] = field(default_factory=list)


def whose(engine: Engine, incoming: Incoming) -> str:
    """Return the id of the customer an event is of; of one who became another, either's.

    Raises:
        AuthorError: it says nothing of whom it is.
    """
    if incoming.customer:
        return incoming.customer
    told = identities(engine, incoming)
    if ANONYMOUS in told:
        return unknown_id(ANONYMOUS, told[ANONYMOUS])
    for kind, value in told.items():
        found = () if incoming.hearsay else engine.customers.known_by(kind, value)
        if found:
            return _one_of(found)
    for kind, value in told.items():
        return unknown_id(kind, value)
    raise AuthorError(f'event "{incoming.event.name}" says nothing of whom it is')


def identities(engine: Engine, incoming: Incoming) -> dict[str, str]:
    """Return what an event says its customer is known by, by kind, as it is compared; what is none is left out."""
    said, country = incoming.identities, ""
    if not said:
        return {}
    if "phone" in said:
        # Imported here, as few events tell a telephone number.
        from sojourn.domain.time.zones import country_of

        country = country_of(engine.catalogue.policy.timezone)
    kinds = {ANONYMOUS: said.get(ANONYMOUS_ID, ""), **{kind: said.get(kind, "") for kind in ADDRESSES}}
    found = {kind: normalised(kind, value, country) for kind, value in kinds.items() if value}
    return {kind: value for kind, value in found.items() if value}


def told_of(engine: Engine, incoming: Incoming) -> Mapping[str, Any]:
    """Return what an event says of its customer: what it says outright outweighs how they are addressed and where.

    An attribute that is not of the type that the workspace declares is never taken: most such events are kept aside
    before (`sojourn.application.quarantine`), the others must be heard all the same.
    """
    same = identities(engine, incoming)
    attributes = right_attributes(engine.catalogue.policy.attributes, incoming.attributes)
    # A telephone number in its one form; the others as they were spelled.
    addresses = {
        kind: same[kind] if kind == PHONE else incoming.identities[kind] for kind in ADDRESSES if kind in same
    }
    if not addresses and not incoming.event.context:
        return attributes
    return {**told_by_context(incoming.event.context), **addresses, **attributes}


def told_by_itself(engine: Engine, incoming: Incoming) -> Mapping[str, Any]:
    """Return what an event says of its customer, for whoever asks nobody else: nothing that is hearsay, and no address.

    What others said at an address comes with it, and a device is taken from them (`sharing`). That there is none any
    more is told.
    """
    told, unasked = told_of(engine, incoming), OF_HEARSAY if incoming.hearsay else ADDRESSES
    return {
        name: value for name, value in told.items() if name not in unasked or not (value or incoming.hearsay)
    }


def taught(
    engine: Engine, profile: Profile, told: Mapping[str, Any], at: datetime, *, hearsay: bool
) -> Profile:
    """Return the profile with what an event tells (`told_of`); the same object where nothing is new."""
    return learned(profile, told, at, zone=engine.catalogue.policy.timezone, hearsay=hearsay)


def one_person(
    engine: Engine, file: CustomerFile, incoming: Incoming, now: datetime, finish: Finish
) -> Person:
    """Return whose the event is, once all who it says are the same are one.

    Args:
        file: of the customer it was said to be of.

    Raises:
        Conflict: somebody wrote one of them meanwhile.
    """
    return _Identifying(engine, incoming, now, finish, Person(file, file.profile, incoming)).person_of_all()


@dataclass(slots=True)
class _Identifying:
    engine: Engine
    incoming: Incoming
    now: datetime
    finish: Finish
    person: Person

    def person_of_all(self) -> Person:
        incoming = self.incoming
        if incoming.merge:
            self._same(incoming.merge, "told so", told=True)
        if not incoming.identities and not incoming.attributes:
            return self.person
        told = identities(self.engine, incoming)
        if ANONYMOUS in told:
            self._same(unknown_id(ANONYMOUS, told[ANONYMOUS]), "the same anonymous id")
        new = self._new_addresses()
        # Or whoever knows an address would be its owner.
        for kind, value in ({} if incoming.hearsay else new).items():
            found = [one for one in self.engine.customers.known_by(kind, value) if one != self._id]
            known = [one for one in found if not is_unknown(one)]
            if is_unknown(self._id) and len(known) == 1:
                self._same(known[0], f"the same {kind}")
            for one in found:
                if is_unknown(one):
                    self._same(one, f"the same {kind}")
        self._share(new)
        return self.person

    def _share(self, new: Mapping[str, str]) -> None:
        """Take over what comes with addresses that others have too."""
        customers, hearsay = self.engine.customers, self.incoming.hearsay
        at = min(self.incoming.event.at, self.now)
        for kind, value in new.items():
            # Asked first: whoever does not get it asks again with each event.
            if kind == DEVICE and hearsay and is_told_of_another(customers, {self._id}, value):
                self.person.incoming = _without_device(self.incoming)
                continue
            profile = with_words_of_others(customers, self.person.profile, kind, value, at)
            if kind == DEVICE and not self._take(value, {self._id}, at, hearsay=hearsay):
                self.person.incoming = _without_device(self.incoming)
                continue
            self.person.profile = profile

    def _take(self, token: str, same: set[str], at: datetime, *, hearsay: bool) -> bool:
        """Take a device from others; say whether it is not theirs since."""
        more = take_device(self.engine.customers, same, token, at, self.finish, hearsay=hearsay)
        if more:
            details = {"names": [DEVICE], "count": more, "by": self.incoming.event.id}
            self.person.happened.append(
                Happening(self.now, self._id, "", "", "", "left_out", "", TOO_MANY, details)
            )
        return more is not None

    @property
    def _id(self) -> str:
        return self.person.file.profile.id

    def _new_addresses(self) -> Mapping[str, str]:
        profile, event = self.person.profile, self.incoming.event
        told = told_of(self.engine, self.incoming)
        if told.keys().isdisjoint(ADDRESSES):
            return {}
        at = min(event.at, self.now)
        hearsay = self.incoming.hearsay
        after = taught(self.engine, profile, told, at, hearsay=hearsay)
        return new_addresses(profile, after, hearsay=hearsay)

    def _same(self, other: str, why: str, *, told: bool = False) -> None:
        """Make another customer the same as this one, if they may be."""
        known = self.person.profile.others.get(other, "")
        if other == self._id or (known and not (told and known == APART)):
            return
        engine = self.engine
        file = engine.customers.load(other, leaving=True)
        if file.becoming:
            go_on(engine, other)
            file = engine.customers.load(other)
        if file.profile.id == self._id:
            self._remember(other, MERGED)
            return
        if not (told or is_unknown(file.profile.id) or is_unknown(self._id)):
            self._refuse(other, file, why, "both are known")
            return
        if file.unfinished is not None:
            file = self.finish(file)
        mine = self.person.file
        source, into = (file, mine) if stays(mine.profile, file.profile) else (mine, file)
        source = self._with_device_of_its_own(source, into)
        try:
            merged = merge(engine, source, into, Why(why, self.incoming.event.id))
        except TooLarge as error:
            self._refuse(other, file, why, str(error))
            return
        noted = {**self.person.profile.others, other: MERGED}
        self.person.file, self.person.profile = merged, merged.profile
        for one, state in noted.items():
            if one not in merged.profile.others and one != merged.profile.id:
                self._remember(one, state)

    def _with_device_of_its_own(self, source: CustomerFile, into: CustomerFile) -> CustomerFile:
        """Return who becomes another; the device they bring along is taken from others before, or is not theirs.

        Before they are one: whoever dies on the way comes here again.
        """
        token = addresses(source.profile).get(DEVICE)
        if not token or is_unknown(into.profile.id) or addresses(into.profile).get(DEVICE) == token:
            return source
        if addresses(merged_profile(source.profile, into.profile)).get(DEVICE) != token:
            return source
        customers, hearsay = self.engine.customers, is_hearsay(source.profile, DEVICE)
        since, same = source.profile.as_of.get(DEVICE, self.now), {source.profile.id, into.profile.id}
        anothers = hearsay and is_told_of_another(customers, same, token)
        if not anothers and self._take(token, same, since, hearsay=hearsay):
            return source
        return customers.commit(source, Change(profile=never_had_device(source.profile)))

    def _remember(self, other: str, state: str) -> None:
        self.person.profile = with_other(self.person.profile, other, state)

    def _refuse(self, other: str, file: CustomerFile, why: str, detail: str) -> None:
        """Two stay two; it is told once."""
        self._remember(other, APART)
        details = {"from": other, "is": file.profile.id, "by": self.incoming.event.id, "detail": detail}
        self.person.happened.append(
            Happening(self.now, self._id, "", "", "", "merge_refused", "", why, details)
        )


def _without_device(incoming: Incoming) -> Incoming:
    """Return an event that says nothing of a device."""
    identities = {name: value for name, value in incoming.identities.items() if name != DEVICE}
    attributes = {name: value for name, value in incoming.attributes.items() if name != DEVICE}
    return replace(incoming, identities=identities, attributes=attributes)


def _one_of(found: Sequence[str]) -> str:
    """Return whose an address is: the one known customer's, else the one unknown's, else who had it first."""
    known = [one for one in found if not is_unknown(one)]
    for group in (known, [one for one in found if is_unknown(one)]):
        if len(group) == 1:
            return group[0]
    return found[0]
