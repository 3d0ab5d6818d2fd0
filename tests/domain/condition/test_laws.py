from __future__ import annotations

import json
from typing import Any

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from sojourn.domain.condition.checking import check_condition
from sojourn.domain.condition.evaluation import compile_condition
from sojourn.domain.condition.types import Names, ValueType
from tests.domain.condition.made_up_scope import MadeUpScope

ATTRIBUTES = ("a", "b", "c")
NUMBERS = st.integers(-50, 50) | st.integers(-100, 100).map(lambda n: n / 2)
CUSTOMERS = st.dictionaries(st.sampled_from(ATTRIBUTES), NUMBERS | st.none())
OPERATORS = {
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    "==": lambda a, b: a == b,
    "!=": lambda a, b: a != b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
}
COMPARISONS = st.tuples(st.sampled_from(ATTRIBUTES), st.sampled_from(sorted(OPERATORS)), NUMBERS)

Tree = Any
"""A comparison as a tuple, or ("!", tree), ("&&", tree, tree), ("||", tree, tree)."""

TREES = st.recursive(
    COMPARISONS,
    lambda inner: st.tuples(st.just("!"), inner) | st.tuples(st.sampled_from(["&&", "||"]), inner, inner),
    max_leaves=8,
)


def written(tree: Tree) -> str:
    """Return the tree as an author might write it."""
    match tree:
        case ("!", inner):
            return f"!({written(inner)})"
        case (("&&" | "||") as operator, left, right):
            return f"({written(left)}) {operator} ({written(right)})"
        case (name, operator, number):
            return f"customer.{name} {operator} {number}"
    raise AssertionError(tree)


def expected(tree: Tree, customer: dict[str, Any]) -> bool | None:
    """Return what the tree comes to in three-valued logic; None where something absent keeps it open."""
    match tree:
        case ("!", inner):
            value = expected(inner, customer)
            return None if value is None else not value
        case (("&&" | "||") as operator, left, right):
            values = expected(left, customer), expected(right, customer)
            deciding = operator == "||"
            return deciding if deciding in values else None if None in values else not deciding
        case (name, operator, number):
            held = customer.get(name)
            return None if held is None else OPERATORS[operator](held, number)
    raise AssertionError(tree)


@given(TREES, CUSTOMERS)
@settings(max_examples=150)
def test_logic_is_three_valued_and_open_is_false(tree: Tree, customer: dict[str, Any]) -> None:
    """Conditions follow Kleene's logic; what absence leaves open is false, and only then is something missing."""
    verdict = compile_condition(written(tree)).evaluate(MadeUpScope(customer=customer))

    value = expected(tree, customer)
    assert bool(value) is verdict.value
    assert (value is None) is bool(verdict.missing)
    assert all(customer.get(name.removeprefix("customer.")) is None for name in verdict.missing)


@given(TREES, CUSTOMERS)
@settings(max_examples=100)
def test_a_condition_and_its_opposite_never_both_hold(tree: Tree, customer: dict[str, Any]) -> None:
    """Of a condition and its opposite one holds, unless something was missing: then neither does."""
    scope = MadeUpScope(customer=customer)

    plain = compile_condition(written(tree)).evaluate(scope)
    opposite = compile_condition(f"!({written(tree)})").evaluate(scope)

    assert plain.missing == opposite.missing
    assert plain.value + opposite.value == (0 if plain.missing else 1)


LITERALS = st.sampled_from(["1.0", "2.5", "-3.0", "0.5", "1e3", "(4.0 - 1.5)"])
SUMS = st.lists(LITERALS, min_size=1, max_size=5).flatmap(
    lambda terms: st.lists(
        st.sampled_from([" + ", "-", " * ", " / "]), min_size=len(terms) - 1, max_size=len(terms) - 1
    ).map(lambda signs: "".join(part for pair in zip(terms, [*signs, ""], strict=True) for part in pair))
)
TESTS = st.tuples(st.sampled_from(["", "!!", "!"]), SUMS, st.sampled_from(sorted(OPERATORS)), SUMS).map(
    lambda t: f"{t[0]}({t[1]} {t[2]} {t[3]})" if t[0] else f"{t[1]} {t[2]} {t[3]}"
)
CHAINS = st.lists(
    st.tuples(TESTS, st.sampled_from([" && ", " || ", " ? true : "])), min_size=1, max_size=5
).map(lambda parts: "".join(part for pair in parts for part in pair) + "false")


@given(SUMS | CHAINS)
@settings(max_examples=150)
def test_the_grammar_is_cels(text: str) -> None:
    """Signs bind and group as the CEL library itself reads them."""
    from cel_expr_python import cel  # type: ignore[import-untyped]

    library = cel.NewEnv().compile(text).eval().plain_value()

    assert library == compile_condition(text).value(MadeUpScope())


@given(st.integers(-(2**50), 2**50), st.sampled_from(sorted(OPERATORS)), st.integers(-(2**50), 2**50))
@settings(max_examples=100)
def test_a_whole_number_is_the_same_with_a_fraction_of_zero(stored: int, operator: str, other: int) -> None:
    """Whether a number is stored or written as 3 or 3.0 makes no difference to any comparison."""
    verdicts = {
        compile_condition(f"customer.a {operator} {said}").evaluate(MadeUpScope(customer={"a": held})).value
        for said in (str(other), f"{other}.0")
        for held in (stored, float(stored))
    }

    assert {OPERATORS[operator](stored, other)} == verdicts


@given(st.lists(st.sampled_from(["plan", "pln", "vlue", "value", "xyz"]), min_size=1, max_size=5), st.data())
@settings(max_examples=60)
def test_places_point_at_the_offending_words(words: list[str], data: st.DataObject) -> None:
    """Each unknown attribute gives one problem, at exactly the letters of that attribute."""
    names = Names(customer={"plan": ValueType.NUMBER, "value": ValueType.NUMBER})
    spaces = [data.draw(st.sampled_from([" ", "  ", "\n", "\t"])) for _ in words]
    text = " && ".join(f"(customer.{word}{space}> 1)" for word, space in zip(words, spaces, strict=True))

    found = [text[p.offset : p.offset + p.length] for p in check_condition(text, names)]

    assert [word for word in words if word not in names.customer] == found


@given(st.text(max_size=40))
@settings(max_examples=100)
def test_a_text_equals_itself_however_odd(value: str) -> None:
    """Any text a customer may have equals the same text written in the condition."""
    assume(not any("\ud800" <= c <= "\udfff" for c in value))
    text = f"customer.a == {json.dumps(value, ensure_ascii=True)}"
    assume("\\ud" not in text)  # JSON writes far letters as surrogates, which CEL does not know

    verdict = compile_condition(text).evaluate(MadeUpScope(customer={"a": value}))

    assert verdict.value, verdict.reason


JSON = st.recursive(
    st.none() | st.booleans() | NUMBERS | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@given(JSON)
@settings(max_examples=100)
def test_a_value_comes_back_as_it_is_stored(stored: Any) -> None:
    """Any JSON read through a list in CEL is what was stored, but for absent members; so is it read alone."""
    assume(stored is not None)
    scope = MadeUpScope(event={"a": stored})

    alone = compile_condition("event.a").value(scope)
    through = compile_condition("[event.a]").value(scope)

    assert stored == alone
    assert [without_nothing(stored)] == through
    json.dumps([alone, through])


def without_nothing(value: Any) -> Any:
    """Return *value* without the members of objects that are None, and with what C++ holds for NUL."""
    if isinstance(value, dict):
        return {without_nothing(k): without_nothing(v) for k, v in value.items() if v is not None}
    if isinstance(value, list):
        return [without_nothing(item) for item in value]
    return value.replace("\0", "\ufffd") if isinstance(value, str) else value
