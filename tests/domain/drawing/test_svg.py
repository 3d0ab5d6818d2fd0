from __future__ import annotations

import xml.etree.ElementTree as ET
from typing import TYPE_CHECKING

from sojourn.domain.drawing.layout import ENTER, lay_out
from sojourn.domain.drawing.routes import Sizes
from sojourn.domain.drawing.svg import StepCounts, svg
from sojourn.domain.journey.flow import flow_of
from sojourn.domain.journey.model.journey import Journey

if TYPE_CHECKING:
    from sojourn.domain.journey.model.journey import Journey as JourneyType

NAMESPACE = "{http://www.w3.org/2000/svg}"


def texts(picture: str, tag: str = "text") -> list[str]:
    return ["".join(found.itertext()) for found in ET.fromstring(picture).iter(NAMESPACE + tag)]


def one_step(step: dict[str, object], title: str = "t") -> JourneyType:
    return Journey.model_validate({"journey": "j", "title": title, "enter": {"on": "x"}, "steps": [step]})


def test_a_picture_is_well_formed_and_says_what_it_shows(every_verb: Journey) -> None:
    """The SVG parses, has the role of an image, a title, and a description that names every step."""
    flow = flow_of(every_verb)

    root = ET.fromstring(svg(every_verb, flow))

    assert (root.tag, root.get("role")) == (NAMESPACE + "svg", "img")
    assert root.findtext(NAMESPACE + "title") == every_verb.title
    described = root.findtext(NAMESPACE + "desc") or ""
    assert [node_id for node_id in flow.nodes if f"{node_id}:" not in described] == []


def test_what_authors_write_is_escaped(every_verb: Journey) -> None:
    """Markup in a title or a condition stays text."""
    picture = svg(every_verb, flow_of(every_verb))

    assert "<script" not in picture
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; more" in picture


def test_a_picture_needs_nothing_from_outside(every_verb: Journey) -> None:
    """No address but the namespace's, no image, no font file, no script."""
    picture = svg(every_verb, flow_of(every_verb)).replace('xmlns="http://www.w3.org/2000/svg"', "")

    outside = ("http://", "https://", "url(", "@import", "<script", "<image", "href")
    assert [word for word in outside if word in picture] == []


def test_the_same_journey_gives_the_same_bytes(every_verb: Journey) -> None:
    """Drawing twice, from graphs built twice, changes nothing."""
    counts = {ENTER: StepCounts(100), "again": StepCounts(90, 3, "80 sent")}
    ways = {("again", ""): 80, ("again", "otherwise"): 7}

    first, second = (svg(every_verb, flow_of(every_verb), counts, ways) for _ in range(2))

    assert first == second


def test_counts_stand_on_steps_and_ways() -> None:
    """A step shows who came, what became of them and who is there; a way shows its number and share."""
    journey = one_step({"id": "s", "send": "hello", "otherwise": [{"id": "o", "send": "other"}]})
    counts = {ENTER: StepCounts(4000), "s": StepCounts(4000, 12, "3,000 sent"), "o": StepCounts(988)}

    said = texts(svg(journey, flow_of(journey), counts, {("s", ""): 3000, ("s", "otherwise"): 988}))

    assert {"4,000", "3,000 sent, 12 here now", "988", "3,000 · 75 %", "988 · 25 %"} <= set(said)


def test_a_small_share_is_not_called_nothing() -> None:
    """One customer of ten thousand is less than one per cent, not none."""
    journey = one_step({"id": "s", "send": "hello", "otherwise": [{"id": "o", "send": "other"}]})
    counts = {ENTER: StepCounts(10_000), "s": StepCounts(10_000)}

    said = texts(svg(journey, flow_of(journey), counts, {("s", ""): 9_999, ("s", "otherwise"): 1}))

    assert "1 · < 1 %" in said


def test_a_line_is_as_broad_as_its_share() -> None:
    """All customers make the broadest line, none a thin dotted one."""
    journey = one_step({"id": "s", "send": "hello", "otherwise": [{"id": "o", "send": "other"}]})
    picture = svg(journey, flow_of(journey), {ENTER: StepCounts(8)}, {("s", ""): 8, ("s", "otherwise"): 0})

    lines = [
        path for path in ET.fromstring(picture).iter(NAMESPACE + "path") if "sj-way" in path.get("class", "")
    ]

    assert ("sj-way", "9.0") in [(line.get("class"), line.get("stroke-width")) for line in lines]
    assert ("sj-way sj-none", "1.0") in [(line.get("class"), line.get("stroke-width")) for line in lines]


def test_long_text_is_cut_and_whole_in_the_tooltip() -> None:
    """What does not fit ends in an ellipsis; hovering tells all of it."""
    long = "customer.lifetime_value > 500.0 && did('order_completed', '30 days') && customer.plan == 'pro'"
    journey = one_step({"branch": [{"when": long, "steps": []}]})

    picture = svg(journey, flow_of(journey))

    assert any(said.endswith("…") for said in texts(picture))
    assert [tip for tip in texts(picture, "title") if long in tip] != []


def test_what_ends_a_run_at_any_time_is_shown_beside_the_entry(every_verb: Journey) -> None:
    """The goal and the lines of while_running stand on a card."""
    said = texts(svg(every_verb, flow_of(every_verb)))

    assert {
        "goal: order_completed within 7 days", "cart_updated → start again", "leaving shoppers → exit: gone",
        "cart_lost → on to win-back",
    } <= set(said)  # fmt: skip


def test_the_card_stands_clear_of_everything_else() -> None:
    """However many lines the card has and however broad the steps beside it are, they do not touch."""
    reactions = [{"on": f"event_{n}", "where": "event.a == 1", "do": "restart"} for n in range(12)]
    share = {name: {"weight": 20, "steps": [{"send": "hello"}]} for name in "abcde"}
    journey = Journey.model_validate(
        {"journey": "j", "enter": {"on": "x"}, "while_running": reactions, "steps": [{"split": share}]}
    )

    root = ET.fromstring(svg(journey, flow_of(journey)))

    label = next(text for text in root.iter(NAMESPACE + "text") if text.text == "at any time")
    layout = lay_out(journey, flow_of(journey), Sizes())
    assert int(label.get("x", "0")) > max(box.x + box.width // 2 for box in layout.boxes)
    assert int(root.get("width", "0")) > int(label.get("x", "0")) + 200
