from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from sojourn.domain.condition.evaluation import compile_condition
from sojourn.pinpoint.expression import All, Ask, Node, Not, Some, cel
from tests.domain.condition.made_up_scope import MadeUpScope

ATTRIBUTES = ("a", "b", "c")
LEAVES = st.builds(
    lambda name, value: Ask(f'customer.{name} == "{value}"', f"customer.{name}"),
    st.sampled_from(ATTRIBUTES),
    st.sampled_from("xy"),
)
NODES = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.builds(Not, inner),
        st.builds(lambda of: All(tuple(of)), st.lists(inner, max_size=3)),
        st.builds(lambda of: Some(tuple(of)), st.lists(inner, max_size=3)),
    ),
    max_leaves=8,
)


def holds(node: Node, customer: dict[str, str]) -> bool:
    """Answer as Pinpoint does: what somebody does not have equals nothing."""
    if isinstance(node, Ask):
        name, _, value = node.text.removeprefix("customer.").partition(" == ")
        return customer.get(name) == value.strip('"')
    if isinstance(node, Not):
        return not holds(node.of, customer)
    answers = [holds(one, customer) for one in node.of]
    return all(answers) if isinstance(node, All) else any(answers)


@given(NODES, st.dictionaries(st.sampled_from(ATTRIBUTES), st.sampled_from("xyz")))
def test_cel_decides_as_pinpoint_did(node: Node, customer: dict[str, str]) -> None:
    """Whatever is combined and denied, and whatever a customer lacks, the condition says what Pinpoint said."""
    verdict = compile_condition(cel(node)).evaluate(MadeUpScope(customer=customer))

    assert verdict.value is holds(node, customer)


def test_what_stands_for_the_unknown_is_never_true() -> None:
    """A question that cannot be asked holds for nobody, and neither does its denial."""
    unknown = Ask("customer.not_imported")
    texts = [cel(unknown), cel(Not(unknown)), cel(Not(Not(unknown)))]

    verdicts = [compile_condition(text).evaluate(MadeUpScope(customer={})).value for text in texts]

    assert verdicts == [False, False, False]


def test_brackets_stand_only_where_they_are_needed() -> None:
    """Conditions read as somebody would have written them."""
    member, plan = Ask('in_segment("pros")'), Ask('customer.plan == "pro"', "customer.plan")

    assert cel(Not(Some((member, plan)))) == (
        '!in_segment("pros") && (!has(customer.plan) || !(customer.plan == "pro"))'
    )
    assert cel(All((Some((member, plan)), All((member,)), All(())))) == (
        '(in_segment("pros") || customer.plan == "pro") && in_segment("pros")'
    )
    assert cel(All(())) == "true"
    assert cel(Some((All(()), plan))) == "true"
