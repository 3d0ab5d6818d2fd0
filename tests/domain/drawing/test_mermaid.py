from __future__ import annotations

import re

from sojourn.domain.drawing.mermaid import mermaid
from sojourn.domain.journey.flow import flow_of
from sojourn.domain.journey.model.journey import Journey


def test_a_small_journey_as_mermaid() -> None:
    """Entry, steps, labelled ways and the end are there, in order; a step called `end` is no keyword."""
    journey = Journey.model_validate(
        {
            "journey": "j", "enter": {"on": "api"},
            "steps": [
                {"id": "end", "send": "hello", "otherwise": [{"exit": "gone"}]},
                {"id": "back", "goto": "end", "at_most": 2},
            ],
        }
    )  # fmt: skip

    text = mermaid(journey, flow_of(journey))

    assert text.split("    classDef")[0] == (
        "flowchart TD\n"
        '    enter(["on a call of the API"])\n'
        '    s_end["send hello"]\n'
        '    s_exit_1(["exit: gone"])\n'
        '    s_back["go to end (at most 2 times)"]\n'
        '    finish(["end"])\n'
        "    enter --> s_end\n"
        '    s_end -->|"not sent"| s_exit_1\n'
        "    s_end --> s_back\n"
        '    s_back -.->|"again"| s_end\n'
        '    s_back -->|"no more"| finish\n'
    )


def test_every_node_named_in_a_way_exists(every_verb: Journey) -> None:
    """No way leads to or from a node that is not drawn."""
    text = mermaid(every_verb, flow_of(every_verb))

    drawn = set(re.findall(r'^    (\w+)[\[({]+[/]?"', text, re.MULTILINE))
    ways = re.findall(r'^    (\w+) (?:-->|-\.->)(?:\|".*?"\|)? (\w+)$', text, re.MULTILINE)
    assert {name for way in ways for name in way} - drawn == set()
    assert len(ways) > 15


def test_quotes_and_markup_stay_text() -> None:
    """What could end a label or become markup is written as a character's number."""
    journey = Journey.model_validate(
        {
            "journey": "j",
            "enter": {"on": "api"},
            "steps": [{"task": "t", "title": 'a "quoted" <b>|x|</b>; #1'}],
        }
    )

    text = mermaid(journey, flow_of(journey))

    assert "a #34;quoted#34; #60;b#62;#124;x#124;#60;/b#62;#59; #35;1" in text
    assert "<b>" not in text
