"""Details of inbound events as hypothesis makes them: all kinds of valid ones, and one thing wrong with each."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from sojourn.domain.customer.identity import is_placeholder
from sojourn.domain.decide.learning import CONTACT
from sojourn.domain.journey.builtin_events import BUILTIN

plain_ids = st.from_regex(r"[A-Za-z0-9_-]{1,40}", fullmatch=True).filter(
    lambda text: not text.startswith("b64_")
)
ids = (plain_ids | st.text(min_size=1, max_size=47)).filter(lambda text: not is_placeholder(text))
names = st.from_regex(r"[A-Za-z_][A-Za-z0-9_]{0,30}", fullmatch=True) | st.sampled_from(sorted(BUILTIN))
instants = st.datetimes().map(lambda at: f"{at.year:04}{at.isoformat()[4:]}") | st.just("2026-03-06T09:00:00")
zones = st.sampled_from(["Z", "+05:30", "-08:00"])
times = st.builds("{}{}".format, instants.map(lambda text: text[:19]), zones)
values = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**9), 10**9) | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)  # fmt: skip
objects = st.dictionaries(st.text(min_size=1, max_size=12), values, max_size=4)
others = objects.map(lambda made: {name: value for name, value in made.items() if name not in CONTACT})
addresses = st.from_regex(r"[A-Za-z0-9.]{1,12}@[a-z]{1,8}\.example", fullmatch=True)
phones = st.from_regex(r"\+(49151[0-9]{7,8}|1202555[0-9]{4}|336[0-9]{8})", fullmatch=True)
tokens = st.from_regex(r"[A-Za-z0-9:_-]{1,40}", fullmatch=True).filter(lambda text: not is_placeholder(text))
IDENTITY = {"anonymous_id": tokens, "email": addresses, "phone": phones, "device": tokens}
identities = st.fixed_dictionaries({}, optional=IDENTITY)
contact = st.fixed_dictionaries(
    {}, optional={"email": addresses | st.none(), "timezone": st.just("Europe/Berlin")}
)


@st.composite
def details(draw: st.DrawFn) -> dict[str, Any]:
    """Return a detail that is as the contract wants it."""
    known: dict[str, Any] = draw(identities)
    optional = {
        "id": ids, "time": times, "properties": objects, "attributes": st.builds(lambda a, b: a | b, others, contact),
        "context": objects, "hops": st.integers(0, 1_000), "hearsay": st.booleans(),
    }  # fmt: skip
    detail: dict[str, Any] = draw(st.fixed_dictionaries({"name": names}, optional=optional))
    whose = draw(st.sampled_from(["customer", "user_id", "both", "neither"])) if known else "customer"
    customer = draw(ids)
    if whose in ("customer", "both"):
        detail["customer"] = customer
        if draw(st.booleans()):
            detail["merge"] = draw(ids)
    if whose in ("user_id", "both"):
        known["user_id"] = customer
    empty = draw(st.booleans())
    if known or empty:
        detail["identities"] = known
    return detail


WRONG: dict[str, st.SearchStrategy[Any]] = {
    "customer": st.integers() | st.just("") | st.text(min_size=257, max_size=300) | st.lists(st.text(max_size=3)),
    "id": st.integers() | st.just("") | st.text(min_size=257, max_size=300) | st.just("\U0001f600" * 188),
    "name": st.integers() | st.sampled_from(["", "9lives", "two words", "a-b", "n" * 61]),
    "time": st.integers() | st.sampled_from(["", "yesterday", "2026-03-06", "2026-03-06T09:00:00", "2026-13-01T09Z"]),
    "properties": st.integers() | st.text() | st.lists(st.integers()),
    "attributes": st.text() | st.just({"email": 7}) | st.just({"locale": ["de"]}) | st.just({"device": "x" * 2_049}),
    "context": st.integers() | st.text(),
    "identities": st.text() | st.sampled_from(
        [
            {"email": "nobody"}, {"email": 7}, {"phone": "call me"}, {"anonymous_id": "  "}, {"anonymous_id": ""},
            {"email": "none"}, {"email": "ana@shop"},
            {"device": "x" * 2_049}, {"user_id": "email-" + "0" * 32}, {"user_id": 42},
        ]
    ),
    "merge": st.integers() | st.just("") | st.text(min_size=257, max_size=300),
    "hearsay": st.sampled_from([0, "yes", []]),
    "hops": st.sampled_from([-1, 1_001, "2", True, 1.5]),
}  # fmt: skip


@st.composite
def wrong_details(draw: st.DrawFn) -> dict[str, Any]:
    """Return a detail with one field that is not as the contract wants it, or with nobody in it."""
    detail = draw(details())
    field = draw(st.sampled_from([*WRONG, "nobody", "merge with nobody"]))
    if field == "nobody":
        return {name: value for name, value in detail.items() if name not in ("customer", "identities")}
    if field == "merge with nobody":
        return {**detail, "merge": "c-41", "customer": None, "identities": {"email": "ana@example.com"}}
    return {**detail, field: draw(WRONG[field])}
