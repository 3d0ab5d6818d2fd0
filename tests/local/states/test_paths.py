"""Paths, calls, templates and where results go."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sojourn.local.states import DefinitionError, Machine
from sojourn.local.states.payload import LIMIT, own_copy, size, taken_over, to_json
from tests.support.local_states import chain, run

SHOP = {
    "order": {"id": "o-1", "odd name": 1, "a.b": 2, "": 3},
    "items": [
        {"sku": "a", "price": 5, "tags": ["x"]},
        {"sku": "b", "price": 15, "gift": None},
        {"sku": "c", "price": 25, "tags": []},
    ],
    "top": 15,
}


def value(text: str, data: Any = SHOP) -> Any:
    """Return what a template's field gives for *text*."""
    execution = run(chain({"Type": "Pass", "Parameters": {"x.$": text}}), data)
    return execution.output["x"] if execution.error is None else execution.error


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("$.order.id", "o-1"),
        ("$['order']['odd name']", 1),
        ('$.order["a.b"]', 2),
        ("$.order['']", 3),
        ("$.items[0].sku", "a"),
        ("$.items[-1].sku", "c"),
        ("$.items[0,2].sku", ["a", "c"]),
        ("$.items[*].price", [5, 15, 25]),
        ("$.items.*.sku", ["a", "b", "c"]),
        ("$.items[1:].sku", ["b", "c"]),
        ("$.items[:-1].sku", ["a", "b"]),
        ("$.items[*].gift", [None]),
        ("$.items[9:]", []),
        ("$..sku", ["a", "b", "c"]),
        ("$.items[?(@.price > 10)].sku", ["b", "c"]),
        ("$.items[?(@.price >= $.top && @.price != 25)].sku", ["b"]),
        ("$.items[?(@.sku == 'a' || @.sku == \"c\")].price", [5, 25]),
        ("$.items[?(!@.tags)].sku", ["b"]),
        ("$.items[?(!(@.price < 10) && (@.gift == null))].sku", ["b"]),
        ("$.items[?(@.sku < 10)].sku", []),
        ("$.items[?(@.tags[0] == 'x')].sku", ["a"]),
        ("$.order[?(@.id == 'o-1')].id", ["o-1"]),
        ("$[?(@.id == 'o-1')].id", []),
        ("$.order.nowhere", "States.Runtime"),
        ("$.order.id[0]", "States.Runtime"),
        ("$.items[3]", "States.Runtime"),
        ("$.nowhere[*].sku", "States.Runtime"),
        ("$.nowhere.deeper.still", "States.Runtime"),
    ],
)
def test_a_path_finds(path: str, expected: Any) -> None:
    """A definite path gives the value or fails the state; any other gives the list of its matches."""
    assert value(path) == expected


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        ("States.Format('{} of {}', $.order.id, 3)", "o-1 of 3"),
        (r"States.Format('it\'s \{\} {}', true)", "it's {} true"),
        ("States.Format('{}', $.items[0])", "{sku=a, price=5, tags=[x]}"),
        ("States.Format('{}', 'a {} b')", "a {} b"),
        ("States.StringToJson('[1, {\"a\": null}]')", [1, {"a": None}]),
        ("States.JsonToString($.items[0].tags)", '["x"]'),
        ("States.Array()", []),
        ("States.Array(1, -2.5, 'x', null, States.Array($.top))", [1, -2.5, "x", None, [15]]),
        ("States.ArrayPartition(States.Array(1, 2, 3), 2)", [[1, 2], [3]]),
        ("States.ArrayContains($.items[0].tags, 'x')", True),
        ("States.ArrayContains(States.Array(true), 1)", False),
        ("States.ArrayRange(1, 9, 4)", [1, 5, 9]),
        ("States.ArrayRange(3, 1, -1)", [3, 2, 1]),
        ("States.ArrayGetItem($.items, 1)", SHOP["items"][1]),  # type: ignore[index]
        ("States.ArrayLength($.items)", 3),
        ("States.ArrayUnique(States.Array(2, 1, 2, 'a', 'a'))", [2, 1, "a"]),
        ("States.Base64Encode('data')", "ZGF0YQ=="),
        ("States.Base64Decode('ZGF0YQ==')", "data"),
        ("States.Hash('data', 'MD5')", "8d777f385d3dfec8815d20f7496026dc"),
        ("States.JsonMerge($.order, $.items[0], false)", {**SHOP["order"], **SHOP["items"][0]}),  # type: ignore[dict-item,index]
        ("States.MathAdd($.top, -5)", 10),
        ("States.MathAdd(2.5, 0)", 3),
        ("States.MathRandom(4, 5)", 4),
        ("States.StringSplit('a,b;;c', ',;')", ["a", "b", "c"]),
        ("States.ArrayLength($.items[?(@.sku == 'a, b)')])", 0),
        ("States.ArrayRange(0, 1000, 1)", "States.IntrinsicFailure"),
        ("States.ArrayRange(0, 1, 0)", "States.IntrinsicFailure"),
        ("States.ArrayPartition($.items, 0)", "States.IntrinsicFailure"),
        ("States.ArrayGetItem($.items, 3)", "States.IntrinsicFailure"),
        ("States.ArrayLength($.order)", "States.IntrinsicFailure"),
        ("States.Base64Decode('*')", "States.IntrinsicFailure"),
        ("States.Hash('data', 'CRC')", "States.IntrinsicFailure"),
        ("States.JsonMerge($.order, $.order, true)", "States.IntrinsicFailure"),
        ("States.JsonMerge($.order, 1, false)", "States.IntrinsicFailure"),
        ("States.MathAdd('1', 1)", "States.IntrinsicFailure"),
        ("States.MathAdd(2147483648, 1)", "States.IntrinsicFailure"),
        ("States.MathRandom(5, 5)", "States.IntrinsicFailure"),
        ("States.Format('{}')", "States.IntrinsicFailure"),
        ("States.StringToJson('{')", "States.IntrinsicFailure"),
        ("States.MathAdd($.nowhere, 1)", "States.Runtime"),
    ],
)
def test_a_call_gives(call: str, expected: Any) -> None:
    """Each intrinsic function does what the developer guide says, or fails the state."""
    assert value(call) == expected


def test_chance_is_the_same_in_every_run() -> None:
    """UUIDs and random numbers differ from each other, but not between two runs."""
    call = "States.Array(States.UUID(), States.UUID(), States.MathRandom(0, 1000000), States.MathRandom(0, 99, 7))"

    first, second = value(call), value(call)

    assert first == second
    assert first[0] != first[1]
    assert first[0][14] == "4"


@pytest.mark.parametrize(
    "text",
    [
        "order.id", "$.", "$.a[", "$.a[x]", "$.a b", "$.a[?(@.b]", "$.a[?(@.b == )]",
        "$.a.[0]", "$.a['b]", "States.Nope(1)",
        "States.Format('a'", "States.Format('a' 'b')", "States.UUID(1)", "States.Array(1) x", "States.Array(word)",
        "States.Array(" * 11 + "1" + ")" * 11, 5,
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_a_problem_of_the_definition(text: Any) -> None:
    """A path or call that is not written right is refused before anything runs, with its place."""
    with pytest.raises(DefinitionError, match=r"States\.S0\.Parameters\.x\.\$"):
        Machine.parse(chain({"Type": "Pass", "Parameters": {"x.$": text}}))


def test_a_template_is_filled_in_everywhere() -> None:
    """Fields are filled in inside of objects and arrays, and what has no `.$` stays as it is."""
    template = {"a": [{"id.$": "$.order.id"}, "$.order.id"], "b": {"c": {"t.$": "$.top"}, "d": None}}

    execution = run(chain({"Type": "Pass", "Parameters": template}), SHOP)

    assert execution.output == {"a": [{"id": "o-1"}, "$.order.id"], "b": {"c": {"t": 15}, "d": None}}


@pytest.mark.parametrize(
    ("path", "data", "expected"),
    [
        ("$", {"a": 1}, "new"),
        (None, {"a": 1}, {"a": 1}),
        ("$.b", {"a": 1}, {"a": 1, "b": "new"}),
        ("$.b.c['d e']", {"b": {"x": 1}}, {"b": {"x": 1, "c": {"d e": "new"}}}),
        ("$.a[1]", {"a": [1, 2]}, {"a": [1, "new"]}),
        ("$.a[0].b", {"a": [{"c": 1}]}, {"a": [{"c": 1, "b": "new"}]}),
    ],
)
def test_a_result_is_placed(path: str | None, data: Any, expected: Any) -> None:
    """A result replaces the data, is dropped, or is set where its path points, objects made on the way."""
    execution = run(chain({"Type": "Pass", "Result": "new", "ResultPath": path}), data)

    assert execution.output == expected


@pytest.mark.parametrize(
    ("path", "data"), [("$.a.b", {"a": 1}), ("$.a", [1]), ("$.a", None), ("$.a[1]", {"a": [1]})]
)
def test_a_result_that_has_no_place_fails_the_state(path: str, data: Any) -> None:
    """A place that the data cannot have is `States.ResultPathMatchFailure`."""
    nothing = {"Type": "Pass", "Parameters": {"given": data}, "OutputPath": "$.given"}

    execution = run(chain(nothing, {"Type": "Pass", "Result": 1, "ResultPath": path}))

    assert execution.error == "States.ResultPathMatchFailure"


@pytest.mark.parametrize("path", ["$.a[*]", "$.a[0:1]", "$..a", "$.a[?(@.b)]", "$$.Execution", "a"])
def test_only_one_place_can_take_a_result(path: str) -> None:
    """A ResultPath that could name several places, or the context, is refused."""
    with pytest.raises(DefinitionError, match="ResultPath"):
        Machine.parse(chain({"Type": "Pass", "ResultPath": path}))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@settings(max_examples=50, deadline=None)
@given(data=JSON)
def test_copies_share_nothing(data: Any) -> None:
    """A copy is equal to the value, and changing it changes nothing else; the size is that of its JSON."""
    shared = {"one": data, "two": data}

    copied, (taken, length) = own_copy(shared), taken_over(shared)

    assert copied == shared == taken
    assert copied["one"] is not copied["two"] or not isinstance(data, list | dict)
    assert length == size(shared) == len(to_json(shared).encode("utf-8", "surrogatepass"))


def test_data_grows_to_the_quota_and_no_further() -> None:
    """A state may pass on 262,144 bytes of JSON; one more is `States.DataLimitExceeded`."""
    double = {"Type": "Pass", "Parameters": {"a.$": "States.Format('{}{}', $.a, $.a)"}}
    room = LIMIT - len('{"a":""}')

    fits = run(chain(double), {"a": "x" * (room // 2)})
    exceeds = run(chain(double), {"a": "x" * (room // 2 + 1)})

    assert fits.status == "SUCCEEDED"
    assert exceeds.error == "States.DataLimitExceeded"


def test_copies_of_data_are_counted() -> None:
    """Data that doubles with every state is measured in time, though no single state is looked at."""
    twice = {"Type": "Pass", "Parameters": {"left.$": "$", "right.$": "$"}}

    execution = run(chain(*[twice] * 30), {"a": "x" * 100})

    assert execution.error == "States.DataLimitExceeded"
    assert execution.transitions == 12


def test_the_definition_may_be_changed_after_it_was_read() -> None:
    """A machine keeps no part of the definition that its owner could change under it."""
    definition = chain({"Type": "Pass", "Result": {"a": [1]}})
    machine = Machine.parse(definition)
    kept = copy.deepcopy(definition)
    definition["States"]["S0"]["Result"]["a"].append(2)

    first, second = run(kept), run(definition)

    assert (first.output, second.output) == ({"a": [1]}, {"a": [1, 2]})
    assert machine.start.work is not None
    assert machine.start.work({}, None) == {"a": [1]}  # type: ignore[arg-type]
