r"""Where moto 5.2.5 departs from AWS, and why the local interpreter follows AWS there.

Each is run on both interpreters: a case that fails after an upgrade of moto is one difference less.

- A Choice without a rule that holds and without Default: moto says `States.Runtime`, the specification
  `States.NoChoiceMatched`.
- A Choice rule on a path that is not there: moto takes it as false; AWS fails the execution ("the choice state's
  condition path references an invalid value") unless the rule is `IsPresent`.
- `States.Runtime`: moto lets `States.ALL` catch it; the developer guide says that nothing does.
- A call that cannot be done: moto says `States.Runtime`, the specification `States.IntrinsicFailure`.
- `States.ArrayGetItem` with a negative index: moto counts from the end; the guide knows no such index.
- `States.ArrayContains`: moto takes `true` for 1, as Python does.
- `States.ArrayUnique` of objects and Base64 of text beyond ASCII: moto fails, AWS documents no such limit.
- `States.JsonToString`: moto escapes what is not ASCII; Jackson, which AWS runs on, does not.
- `States.MathAdd`: moto adds any number; the guide allows 32 bits.
- Escapes in call texts (`\'`, `\{`): moto does not read them; the guide defines them.
- `$.list[0].k` and `$.list[-1]`: moto gives a list of one; a definite path gives the value.
- `$.nowhere[*]`: moto gives an empty list; JsonPath only does where the part before the wildcard is there.
- A filter that holds for nothing: moto fails; JsonPath gives an empty list.
- A `ResultPath` that does not fit the data: moto says `States.Runtime`, or fills an array up; the specification says
  `States.ResultPathMatchFailure`.
- `StringMatches`: moto also knows `?` and `[]`, and no backslash; the specification has `*` and the backslash only.
- Timestamps with fractions or offsets: moto knows none in a Choice; the specification allows all of RFC 3339.
- A comparison with a value of another type under another path: moto fails; the specification says false.
- A Map over what is no array: moto says `States.QueryEvaluationError`, which belongs to JSONata.
- `lambda:invoke`: moto's result has no `ExecutedVersion`.

Not shown here: `SendTaskFailure` loses its cause in moto (see `test_harness`). A token whose task is over is
`InvalidToken` to moto; AWS says `TaskTimedOut`.
`States.MathRandom` includes its end in moto; the guide excludes it.
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.local_states import chain, machine, run
from tests.support.moto_states import Handler, MotoStates, function_arn

Result = tuple[str, Any, str | None]

RUNTIME: Result = ("FAILED", None, "States.Runtime")
INTRINSIC: Result = ("FAILED", None, "States.IntrinsicFailure")
MISMATCH: Result = ("FAILED", None, "States.ResultPathMatchFailure")
YES: dict[str, Any] = {"Type": "Pass", "Result": "yes", "End": True}
NO: dict[str, Any] = {"Type": "Pass", "Result": "no", "End": True}


def value(text: str) -> dict[str, Any]:
    """Return a machine that answers with what *text* gives."""
    return chain({"Type": "Pass", "Parameters": {"x.$": text}})


def decision(**rule: Any) -> dict[str, Any]:
    """Return a machine that says whether a rule holds."""
    choice = {"Type": "Choice", "Choices": [{**rule, "Next": "Yes"}], "Default": "No"}
    return machine(Choice=choice, Yes=YES, No=NO)


def placed(path: str) -> dict[str, Any]:
    """Return a machine that puts 1 at a path."""
    return chain({"Type": "Pass", "Result": 1, "ResultPath": path})


def good(output: Any) -> Result:
    """Return the result of an execution that succeeded."""
    return ("SUCCEEDED", output, None)


NO_DEFAULT = machine(
    Choice={"Type": "Choice", "Choices": [{"Variable": "$.a", "NumericEquals": 3, "Next": "Yes"}]}, Yes=YES
)
CAUGHT_RUNTIME = machine(
    Task={
        "Type": "Task",
        "Resource": function_arn("same"),
        "Parameters": {"x.$": "$.nowhere"},
        "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "Yes"}],
        "End": True,
    },
    Yes=YES,
)
INVOKE = chain(
    {
        "Type": "Task",
        "Resource": "arn:aws:states:::lambda:invoke",
        "Parameters": {"FunctionName": function_arn("same"), "Payload": 1},
    }
)
MAP = chain({"Type": "Map", "ItemsPath": "$.a", "ItemProcessor": machine(Yes=YES)})
OFFSET = {"Variable": "$.a", "TimestampEquals": "2026-01-01T00:00:00Z"}

CASES: dict[str, tuple[dict[str, Any], Any, Result, Result]] = {
    "no rule holds": (NO_DEFAULT, {"a": 1}, ("FAILED", None, "States.NoChoiceMatched"), RUNTIME),
    "rule on nothing": (decision(Variable="$.a", NumericEquals=3), {}, RUNTIME, good("no")),
    "runtime error caught": (CAUGHT_RUNTIME, {}, RUNTIME, good("yes")),
    "index too large": (value("States.ArrayGetItem($.a, 5)"), {"a": [1]}, INTRINSIC, RUNTIME),
    "not enough values": (value("States.Format('{} {}', $.a)"), {"a": 1}, INTRINSIC, RUNTIME),
    "no JSON": (value("States.StringToJson($.a)"), {"a": "{"}, INTRINSIC, RUNTIME),
    "negative index": (value("States.ArrayGetItem($.a, -1)"), {"a": [1]}, INTRINSIC, good({"x": 1})),
    "true is not 1": (value("States.ArrayContains($.a, 1)"), {"a": [True]}, good({"x": False}), good({"x": True})),
    "unique objects": (value("States.ArrayUnique($.a)"), {"a": [{}, {}]}, good({"x": [{}]}), RUNTIME),
    "base64 of é": (value("States.Base64Encode($.a)"), {"a": "é"}, good({"x": "w6k="}), RUNTIME),
    "é from base64": (value("States.Base64Decode($.a)"), {"a": "w6k="}, good({"x": "é"}), RUNTIME),
    "é as JSON": (value("States.JsonToString($.a)"), {"a": "é"}, good({"x": '"é"'}), good({"x": '"\\u00e9"'})),
    "sum too large": (value("States.MathAdd($.a, 1)"), {"a": 2**31}, INTRINSIC, good({"x": 2**31 + 1})),
    "element's field": (value("$.a[0].b"), {"a": [{"b": 5}]}, good({"x": 5}), good({"x": [5]})),
    "last element": (value("$.a[-1]"), {"a": [4, 5]}, good({"x": 5}), good({"x": [5]})),
    "all of nothing": (value("$.a[*].b"), {}, RUNTIME, good({"x": []})),
    "filter for nothing": (value("$.a[?(@.b == 9)]"), {"a": [{"b": 1}]}, good({"x": []}), RUNTIME),
    "place in a string": (placed("$.a.b"), {"a": "text"}, MISMATCH, RUNTIME),
    "place in a list": (placed("$.a"), [1], MISMATCH, RUNTIME),
    "place past the end": (placed("$.a[2]"), {"a": [5]}, MISMATCH, good({"a": [5, {}, 1]})),
    "question mark": (decision(Variable="$.a", StringMatches="a?c"), {"a": "abc"}, good("no"), good("yes")),
    "escaped star": (decision(Variable="$.a", StringMatches="a\\*"), {"a": "a*"}, good("yes"), good("no")),
    "offset": (decision(**OFFSET), {"a": "2026-01-01T01:00:00.0+01:00"}, good("yes"), good("no")),
    "other type": (
        decision(Variable="$.a", NumericLessThanPath="$.b"), {"a": 1, "b": "2"}, good("no"), RUNTIME
    ),
    "map over a number": (MAP, {"a": 1}, RUNTIME, ("FAILED", None, "States.QueryEvaluationError")),
    "invoke": (
        INVOKE,
        {},
        good({"ExecutedVersion": "$LATEST", "Payload": 1, "StatusCode": 200}),
        good({"Payload": 1, "StatusCode": 200}),
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_we_follow_aws_where_moto_does_not(moto: MotoStates, handlers: dict[str, Handler], case: str) -> None:
    """Both interpreters still do what the list in this file says of them."""
    definition, data, aws, departed = CASES[case]

    ours = run(definition, data, handlers)
    theirs = moto.run(definition, data)

    assert aws == (ours.status, ours.output, ours.error)
    assert departed == (theirs.status, theirs.output, theirs.error)
