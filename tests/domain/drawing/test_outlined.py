from __future__ import annotations

import json

from sojourn.domain.change.outline import Outline, Step, outline_of
from sojourn.domain.drawing.outlined import outlined_words, words_in
from sojourn.domain.drawing.words import Words, words_of
from tests.support.workspaces import project

EVERY_VERB = """
enter: {on: began}
steps:
  - {wait: {until: "09:00", zone: workspace}}
  - {id: hello, send: hello, via: [email], when_quiet: drop, otherwise: [{exit: nobody}]}
  - wait_for:
      - {event: did_it, where: event.n > 2, steps: [{update: {plan: pro}}]}
      - {clicked: hello}
    up_to: 3 days
    otherwise: [{emit: lost}]
  - branch:
      - {when: customer.score > 3, steps: [{call: "https://crm.example/hook"}]}
      - else: [{id: ring, task: desk, title: Ring them, up_to: 1 day, otherwise: [{exit: late}]}]
  - {id: halves, split: {a: {weight: 1, steps: []}, b: {weight: 3, steps: [{goto: hello, at_most: 2}]}}}
  - parallel: {one: [{wait: 1 day}], two: [{wait: {between: ["10:00", "18:00"], days: [mon]}}]}
  - {start: j}
"""


def test_an_outline_says_what_the_files_said() -> None:
    """Every verb is told in the same words from a stored outline as from the journey's file."""
    read = project({"j": EVERY_VERB})
    folder = read.journeys["j"]
    stored = Outline.from_json(json.loads(json.dumps(outline_of(folder, read).to_json())))

    said = words_in(stored)

    assert said == {node.id: words_of(node.step) for node in folder.flow.nodes.values()}
    assert list(said) == [step.id for step in stored.steps]


def test_a_step_of_another_release_goes_by_its_verb() -> None:
    """What this release does not know, or knows in another form, is told all the same."""
    new = Step("x", "teleport", True, ("", ""), {"teleport": "home"})
    other = Step("y", "wait", True, ("", ""), {"wait": {"moon": "full"}})

    assert [outlined_words(new), outlined_words(other)] == [Words("teleport"), Words("wait")]
