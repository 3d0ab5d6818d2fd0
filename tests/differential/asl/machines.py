"""Made-up machines and data for comparing interpreters: always valid, never endless, small.

Generated states only go on to later ones, paths only ask for what the data has at that place (what happens otherwise is
compared in `test_departures`), and every Choice has a Default.
"""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from tests.support.moto_states import function_arn

NUMBERS = st.integers(-5, 5)
WORDS = st.sampled_from(["", "a", "ab", "abc", "b*", "2026-01-01T00:00:00Z"])

DATA = st.fixed_dictionaries(
    {
        "n": NUMBERS,
        "m": NUMBERS,
        "s": WORDS,
        "flag": st.booleans(),
        "list": st.lists(NUMBERS, min_size=2, max_size=4),
        "o": st.fixed_dictionaries({"k": NUMBERS, "w": WORDS}),
        "items": st.lists(st.fixed_dictionaries({"k": NUMBERS}), max_size=3),
    }
)

PATHS = ["$", "$.n", "$.s", "$.flag", "$.o", "$.o.k", "$['o']['w']", "$.list", "$.list[0]", "$.list[1:]", "$.list[*]",
         "$.items[*].k", "$.items", "$$.State.Name"]  # fmt: skip
CALLS = ["States.MathAdd($.n, 1)", "States.MathAdd($.n, $.o.k)", "States.Format('{}-{}', $.s, $.n)",
         "States.Format('{}', $.o)", "States.Array($.n, 'x', $.flag)", "States.ArrayLength($.list)",
         "States.ArrayGetItem($.list, 0)", "States.ArrayContains($.list, $.n)", "States.ArrayUnique($.list)",
         "States.ArrayPartition($.list, 2)", "States.ArrayRange(0, 6, 2)", "States.JsonToString($.o)",
         "States.StringToJson(States.JsonToString($.o))", "States.JsonMerge($.o, $, false)",
         "States.StringSplit($.s, 'b')", "States.Base64Encode($.s)", "States.Base64Decode(States.Base64Encode($.s))",
         "States.Hash($.s, 'SHA-256')"]  # fmt: skip

VALUES = st.sampled_from(PATHS + CALLS)
TEMPLATES = st.fixed_dictionaries(
    {"x.$": VALUES, "inner": st.fixed_dictionaries({"y.$": VALUES, "z": st.just(1)})},
    optional={"l": st.just([1, {"p.$": "$.n"}])},
)

COMPARISONS = st.one_of(
    st.tuples(
        st.sampled_from(["NumericEquals", "NumericLessThan", "NumericGreaterThan", "NumericLessThanEquals",
                         "NumericGreaterThanEquals"]),
        NUMBERS,
    ),
    st.tuples(
        st.sampled_from(["StringEquals", "StringLessThan", "StringGreaterThan", "StringLessThanEquals",
                         "StringGreaterThanEquals"]),
        WORDS,
    ),
    st.tuples(st.just("StringMatches"), st.sampled_from(["a*", "*b*", "abc", "*"])),
    st.tuples(st.just("BooleanEquals"), st.booleans()),
    st.tuples(
        st.sampled_from(["IsNull", "IsString", "IsNumeric", "IsBoolean", "IsTimestamp", "IsPresent"]), st.booleans()
    ),
    st.tuples(st.just("TimestampLessThanEquals"), st.just("2026-01-01T00:00:00Z")),
)  # fmt: skip


@st.composite
def comparison(draw: st.DrawFn) -> dict[str, Any]:
    """Return one comparison, with a constant or with what another path holds."""
    if draw(st.integers(0, 4)) == 0:
        kind, pair = draw(st.sampled_from([("Numeric", ("$.n", "$.m")), ("String", ("$.s", "$.o.w"))]))
        relation = draw(st.sampled_from(["Equals", "LessThan", "GreaterThanEquals"]))
        return {"Variable": pair[0], f"{kind}{relation}Path": pair[1]}
    name, operand = draw(COMPARISONS)
    variables = [
        "$.n",
        "$.s",
        "$.flag",
        "$.o.k",
        "$.o.w",
        "$.o",
        *(["$.nowhere"] if name == "IsPresent" else []),
    ]
    return {"Variable": draw(st.sampled_from(variables)), name: operand}


RULES = st.recursive(
    comparison(),
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=3).map(lambda rules: {"And": rules}),
        st.lists(inner, min_size=1, max_size=3).map(lambda rules: {"Or": rules}),
        inner.map(lambda rule: {"Not": rule}),
    ),
    max_leaves=4,
)


@st.composite
def _task(draw: st.DrawFn, later: list[str], _: int) -> dict[str, Any]:
    name = draw(st.sampled_from(["same", "double", "refuse", "third"]))
    function = function_arn(name)
    if name == "third":
        # Succeeds at its third attempt, so that the number of attempts shows.
        tried = {"tried.$": "$$.State.RetryCount"}
        state: dict[str, Any] = {"Type": "Task", "Resource": function, "Parameters": tried}
    elif draw(st.booleans()):
        state = {"Type": "Task", "Resource": function}
        if draw(st.booleans()):
            state["Parameters"] = draw(TEMPLATES)
    else:
        state = {
            "Type": "Task",
            "Resource": "arn:aws:states:::lambda:invoke",
            "Parameters": {"FunctionName": function, "Payload": draw(TEMPLATES)},
            "ResultSelector": {"said.$": "$.Payload"},
        }
    if draw(st.booleans()):
        names = draw(st.sampled_from(["States.ALL", "States.TaskFailed", "OutOfStock", "Unrelated"]))
        state["Retry"] = [{"ErrorEquals": [names], "MaxAttempts": draw(st.integers(0, 3))}]
    return _caught(draw, state, later)


def _caught(draw: st.DrawFn, state: dict[str, Any], later: list[str]) -> dict[str, Any]:
    if later and draw(st.booleans()):
        names = draw(st.sampled_from(["States.ALL", "States.TaskFailed", "OutOfStock", "Unrelated"]))
        state["Catch"] = [
            {"ErrorEquals": [names], "Next": draw(st.sampled_from(later)), "ResultPath": "$.error"}
        ]
    return state


@st.composite
def _pass(draw: st.DrawFn, later: list[str], _: int) -> dict[str, Any]:
    made = draw(st.sampled_from(["nothing", "Parameters", "Result"]))
    state: dict[str, Any] = {"Type": "Pass"}
    if made != "nothing":
        state[made] = (
            draw(TEMPLATES) if made == "Parameters" else draw(st.sampled_from([1, "x", None, [1], {"a": 2}]))
        )
    return state


@st.composite
def _parallel(draw: st.DrawFn, later: list[str], depth: int) -> dict[str, Any]:
    branches = [
        draw(machine(depth + 1, f"{draw(_LETTERS)}{index}")) for index in range(draw(st.integers(1, 2)))
    ]
    return _caught(draw, {"Type": "Parallel", "Branches": branches}, later)


@st.composite
def _map(draw: st.DrawFn, later: list[str], depth: int) -> dict[str, Any]:
    state = {
        "Type": "Map",
        "ItemsPath": draw(st.sampled_from(["$.list", "$.items"])),
        "ItemSelector": {"index.$": "$$.Map.Item.Index", "item.$": "$$.Map.Item.Value", "n.$": "$.n"},
        "MaxConcurrency": draw(st.integers(0, 2)),
        "ItemProcessor": {
            "StartAt": "Item",
            "States": {
                "Item": {"Type": "Pass", "Parameters": {"got.$": "$.item", "at.$": "$.index"}, "End": True}
            },
        },
    }
    return _caught(draw, state, later)


_LETTERS = st.just("B")


@st.composite
def machine(draw: st.DrawFn, depth: int = 0, prefix: str = "S") -> dict[str, Any]:
    """Return a machine whose states keep the data they were given, and add their results beside it."""
    names = [f"{prefix}{index}" for index in range(draw(st.integers(1, 4 if depth == 0 else 2)))]
    kinds = [_pass, _task] if depth else [_pass, _task, _parallel, _map]
    states: dict[str, Any] = {}
    maps = 0
    for index, name in enumerate(names):
        later = names[index + 1 :]
        if later and draw(st.integers(0, 2)) == 0:
            rule = {**draw(RULES), "Next": draw(st.sampled_from(later))}
            states[name] = {"Type": "Choice", "Choices": [rule], "Default": later[0]}
            continue
        kind = draw(st.sampled_from([kind for kind in kinds if not maps or kind in (_pass, _task)]))
        maps += kind in (_parallel, _map)
        state = draw(kind(later, depth))
        state["ResultPath"] = draw(st.sampled_from([None, f"$.r{index}", "$.made.here"]))
        state.update({"Next": later[0]} if later else {"End": True})
        states[name] = state
    states[names[-1]].update(draw(st.sampled_from([{}, {"OutputPath": "$.o"}])))
    return {"StartAt": names[0], "States": _reachable(names[0], states)}


def _reachable(start: str, states: dict[str, Any]) -> dict[str, Any]:
    found, left = {start}, [start]
    while left:
        state = states[left.pop()]
        edges = [state.get("Next"), state.get("Default")]
        edges += [entry["Next"] for entry in (*state.get("Choices", ()), *state.get("Catch", ()))]
        for name in edges:
            if name is not None and name not in found:
                found.add(name)
                left.append(name)
    return {name: state for name, state in states.items() if name in found}
