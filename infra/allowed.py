"""Reads out of synthesised templates what every role may do: for tests, and for whoever reviews a deployment.

It knows templates, not CDK, so it says what CloudFormation will make and not what somebody meant.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

Template = Mapping[str, Any]
_HASH = re.compile(r"[0-9A-F]{8}$")
"""What CDK ends a logical id with."""
_EXPORTED = re.compile(r".*:ExportsOutputFnGetAtt(?P<name>\w+?)[0-9A-F]{8}(?P<attribute>\w+?)[0-9A-F]{8}")
"""How CDK names what one stack gives another."""


@dataclass(frozen=True, order=True)
class Permission:
    """One action on one resource.

    Args:
        resource: an ARN as people read it, `<Table.Arn>` where the template refers to something; after `not `, what
            it is not allowed on, while it is on everything else.
        conditions: that must hold, as `operator key value`; of several values, with ` or ` between, one.
    """

    action: str
    resource: str
    conditions: tuple[str, ...] = ()


def allowed_actions(template: Template) -> dict[str, tuple[Permission, ...]]:
    """Return what each role and managed policy of a template allows, sorted.

    A role goes by its description up to the first colon, which for a function's is the function's name; a policy by
    its own name.
    """
    of_roles = {
        str(role["Properties"]["Description"]).partition(":")[0]: permissions(role)
        for role in _resources(template, "AWS::IAM::Role")
    }
    of_policies = {
        str(policy["Properties"]["ManagedPolicyName"]): _said([policy["Properties"]["PolicyDocument"]])
        for policy in _resources(template, "AWS::IAM::ManagedPolicy")
    }
    return of_roles | of_policies


def permissions(role: Mapping[str, Any]) -> tuple[Permission, ...]:
    """Return what one role resource allows; a role of ours has inline policies only."""
    return _said([policy["PolicyDocument"] for policy in role["Properties"]["Policies"]])


def _said(documents: Iterable[Mapping[str, Any]]) -> tuple[Permission, ...]:
    found = {
        Permission(action, resource, tuple(sorted(_conditions(statement))))
        for document in documents
        for statement in document["Statement"]
        for action in _listed(statement["Action"])
        for resource in _resources_of(statement)
    }
    return tuple(sorted(found))


def text(value: Any) -> str:
    """Return a template's value as people read it: references in angle brackets."""
    match value:
        case {"Fn::Join": ["", [*parts]]}:
            return "".join(map(text, parts))
        case {"Fn::GetAtt": [name, attribute]}:
            return f"<{_HASH.sub('', name)}.{attribute}>"
        case {"Ref": name}:
            return f"<{_HASH.sub('', name)}>"
        case {"Fn::ImportValue": name} if found := _EXPORTED.fullmatch(name):
            return f"<{found['name']}.{found['attribute']}>"
        case _:
            return str(value)


def _resources(template: Template, kind: str) -> Iterable[Mapping[str, Any]]:
    return (resource for resource in template["Resources"].values() if resource["Type"] == kind)


def _resources_of(statement: Mapping[str, Any]) -> Iterable[str]:
    if "NotResource" in statement:
        yield "not " + " nor ".join(map(text, _listed(statement["NotResource"])))
    else:
        yield from map(text, _listed(statement["Resource"]))


def _conditions(statement: Mapping[str, Any]) -> Iterable[str]:
    for operator, asked in statement.get("Condition", {}).items():
        for key, value in asked.items():
            yield f"{operator} {key} {' or '.join(map(text, _listed(value)))}"


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
