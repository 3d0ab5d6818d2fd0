from __future__ import annotations

from typing import Any

from infra.constructs.naming import FUNCTIONS
from tests.infra.conftest import Assembly


def environment(assembly: Assembly, function: str) -> dict[str, Any]:
    """Return what a function is told."""
    for properties in assembly.resources("engine", "AWS::Lambda::Function").values():
        if properties["FunctionName"] == f"sojourn-{assembly.stage}-{function}":
            told: dict[str, Any] = properties["Environment"]["Variables"]
            return told
    raise AssertionError(function)


def address(assembly: Assembly) -> tuple[str, dict[str, Any]]:
    """Return the one public address there is: its logical id and properties."""
    (found,) = assembly.resources("engine", "AWS::Lambda::Url").items()
    return found


def test_one_function_has_a_public_address(dev: Assembly) -> None:
    """The world may call `links`, through its URL and no other way."""
    _, url = address(dev)
    functions = dev.resources("engine", "AWS::Lambda::Function")
    (links,) = [name for name, one in functions.items() if one["FunctionName"] == "sojourn-dev-links"]
    open_to_all = [
        one for one in dev.resources("engine", "AWS::Lambda::Permission").values() if one["Principal"] == "*"
    ]

    assert url == {"AuthType": "NONE", "TargetFunctionArn": {"Fn::GetAtt": [links, "Arn"]}}
    assert all(one["FunctionName"] == {"Fn::GetAtt": [links, "Arn"]} for one in open_to_all)
    # Since October 2025 AWS asks for both.
    assert sorted((one["Action"], *sorted({"FunctionUrlAuthType", "InvokedViaFunctionUrl"} & set(one)))
                  for one in open_to_all) == [
        ("lambda:InvokeFunction", "InvokedViaFunctionUrl"), ("lambda:InvokeFunctionUrl", "FunctionUrlAuthType"),
    ]  # fmt: skip


def test_links_lead_to_that_address_unless_the_operator_has_one(dev: Assembly, prod: Assembly) -> None:
    """Nothing has to be set for an email to carry a link that answers; a domain of one's own is set."""
    name, _ = address(dev)

    assert environment(dev, "send")["SOJOURN_LINKS_URL"] == {"Fn::GetAtt": [name, "FunctionUrl"]}
    assert environment(prod, "send")["SOJOURN_LINKS_URL"] == "https://links.acme.example"


def test_the_outputs_say_where_links_lead_and_where_to_pass_them_on(prod: Assembly) -> None:
    """Whoever puts a domain before the function needs the function's own address as well."""
    name, _ = address(prod)
    outputs = prod.template("engine")["Outputs"]

    assert outputs["LinksUrl"]["Value"] == "https://links.acme.example"
    assert outputs["LinksFunctionUrl"]["Value"] == {"Fn::GetAtt": [name, "FunctionUrl"]}


def test_what_answers_links_knows_no_customer(dev: Assembly) -> None:
    """It is told the bus, the queue behind it and the secret, and nothing of the table."""
    told = {name for name in environment(dev, "links") if name.startswith("SOJOURN_")}

    assert told == {"SOJOURN_STAGE", "SOJOURN_BUS", "SOJOURN_EVENTS_URL", "SOJOURN_SIGNING_SECRET"}


def test_no_concurrency_is_reserved(dev: Assembly) -> None:
    """A new account has ten in all, and a deployment that reserves some fails there."""
    functions = dev.resources("engine", "AWS::Lambda::Function").values()

    assert len(functions) == len(FUNCTIONS)
    assert all("ReservedConcurrentExecutions" not in one for one in functions)
