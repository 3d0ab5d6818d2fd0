from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sojourn.domain.journey.yaml_text import read_yaml


def marked(text: str, key: str, word: str) -> str:
    """What stands in the file where *word* of the decoded value is said to stand."""
    data, wrong = read_yaml(text, "x.yaml")
    assert wrong == ()
    span = data.values_at[key].inside(data[key], data[key].index(word), len(word))
    assert span.line == span.end_line
    return text.split("\n")[span.line - 1][span.column - 1 : span.end_column - 1]


@pytest.mark.parametrize(
    ("text", "word", "shown"),
    [
        ("k: some plain words", "plain", "plain"),
        ("k: some plain\n  words", "words", "words"),
        ('k: "double quoted"', "quoted", "quoted"),
        (r'k: "an \"inner\" quote"', "quote", "quote"),
        (r'k: "caf\u00e9 au lait"', "lait", "lait"),
        (r'k: "caf\u00e9 au lait"', "café", r"caf\u00e9"),
        ("k: 'it''s single'", "it's", "it''s"),
        ("k: 'it''s single'", "single", "single"),
        ('k: "over\n\n  lines"', "lines", "lines"),
        ("k: |\n  first\n    second\n", "second", "second"),
        ("k: |  # a comment\n  first\n", "first", "first"),
        ("k: >-\n  folded one\n  folded two\n\n  three\n", "two", "two"),
        ("k: >-\n\n  folded one\n  folded two\n\n  three\n", "three", "three"),
        ("k: >2\n    indented\n   more\n", "more", "more"),
        ("a: é\nk: über allen\n", "allen", "allen"),
    ],
)
def test_a_word_is_found_in_every_style(text: str, word: str, shown: str) -> None:
    """A place inside a decoded scalar is the place of the same word in the file, whatever the YAML style."""
    assert shown == marked(text, "k", word)


WORDS = st.lists(st.text("abcäß&=().", min_size=1, max_size=8), min_size=1, max_size=8)


@settings(max_examples=60, deadline=None)
@given(words=WORDS, breaks=st.lists(st.sampled_from([" ", "\n  ", "\n\n  "]), min_size=8, max_size=8))
def test_folding_moves_no_word(words: list[str], breaks: list[str]) -> None:
    """However a folded text is broken into lines, each of its words is found where it stands."""
    body = "".join(f"{gap}{word}" for gap, word in zip(["", *breaks], words, strict=False))
    text = f"k: >-\n  {body}\n"

    data, wrong = read_yaml(text, "x.yaml")

    lines, offset = text.split("\n"), 0
    assert wrong == ()
    for word in words:
        offset = data["k"].index(word, offset)
        span = data.values_at["k"].inside(data["k"], offset, len(word))
        assert word == lines[span.line - 1][span.column - 1 : span.end_column - 1]
        offset += len(word)
