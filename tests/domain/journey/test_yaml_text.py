from __future__ import annotations

import pytest

from sojourn.domain.journey.yaml_text import MAX_DEPTH, MAX_NODES, MOST_DUPLICATES, read_yaml
from sojourn.domain.places import Placed, PlacedList, Span


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("on", "on"),
        ("no", "no"),
        ("yes", "yes"),
        ("21:00", "21:00"),
        ("2026-12-24", "2026-12-24"),
        ("0o17", "0o17"),
        ("1_000", "1_000"),
        ("12", 12),
        ("-3", -3),
        ("007", 7),
        ("1.5", 1.5),
        ("1e3", 1000.0),
        ("1e999", "1e999"),
        (".5", 0.5),
        ("true", True),
        ("False", False),
        ("null", None),
        ("~", None),
        ("", None),
        ('"12"', "12"),
        ("'true'", "true"),
        ("!!str 12", "12"),
        ("9" * 30, 1e30),
    ],
)
def test_scalars_are_yaml_1_2(text: str, value: object) -> None:
    """Scalars mean what YAML 1.2's core schema says, so that `on`, `no` and `21:00` are text."""
    data, wrong = read_yaml(f"k: {text}", "x.yaml")

    assert wrong == ()
    assert (value, type(value)) == (data["k"], type(data["k"]))


def test_keys_are_always_text() -> None:
    """A key is what was written, also where a value written so would be a number or true."""
    data, wrong = read_yaml("on: 1\n12: 2\ntrue: 3\n", "x.yaml")

    assert wrong == ()
    assert data == {"on": 1, "12": 2, "true": 3}


def test_everything_knows_its_place() -> None:
    """Mappings, lists, keys and values remember where they stood."""
    data, _ = read_yaml("a:\n  - x\n  - {b: 1}\n", "x.yaml")

    assert isinstance(data, Placed)
    assert isinstance(data["a"], PlacedList)
    assert Span(1, 1, 1, 2) == data.keys_at["a"]
    assert Span(2, 5, 2, 6) == data["a"].items_at[0].span
    assert Span(3, 6, 3, 7) == data["a"][1].keys_at["b"]
    assert Span(3, 9, 3, 10) == data["a"][1].values_at["b"].span


def test_an_alias_is_its_anchor() -> None:
    """`*name` stands for what `&name` marked before, merge keys stay ordinary keys."""
    data, wrong = read_yaml("a: &x [1, 2]\nb: *x\n'<<': 3\n", "x.yaml")

    assert wrong == ()
    assert data == {"a": [1, 2], "b": [1, 2], "<<": 3}


@pytest.mark.parametrize(
    ("content", "code", "place"),
    [
        (b"a: [1, 2", "SJ102", (1, 4)),
        (b'a: 1\nb: "never closed\nc: 2\n', "SJ102", (2, 4)),
        (b"a: b: c", "SJ102", (1, 5)),
        (b"\ta: 1", "SJ102", (1, 1)),
        (b"a: 1\nb: \x01x", "SJ102", (2, 4)),
        (b"a: *nowhere", "SJ102", (1, 4)),
        (b"a: &me [*me]", "SJ102", (1, 9)),
        (b"? [a]\n: 1", "SJ102", (1, 3)),
        (b"a: 1\nb: \xff", "SJ101", (2, 4)),
        ("äöü: ß".encode("latin-1"), "SJ101", (1, 1)),
        ("a: 1".encode("utf-16"), "SJ101", (1, 1)),
        (b"a: !!python/object:os.system x", "SJ108", (1, 4)),
        (b"a: 1\n---\nb: 2\n", "SJ109", (2, 1)),
        (b"a: 1\na: 2\n", "SJ106", (2, 1)),
        (b"x: {a: 1, b: 2, a: 3}", "SJ106", (1, 17)),
        (b"x" * 1_000_001, "SJ103", (1, 1)),
    ],
)
def test_what_cannot_be_read_is_pointed_at(content: bytes, code: str, place: tuple[int, int]) -> None:
    """Whatever is wrong with a file as YAML is one finding, where an author would mend it."""
    _, wrong = read_yaml(content, "x.yaml")

    assert [(code, *place)] == [(f.code, f.span.line, f.span.column) for f in wrong]


def test_the_first_of_two_keys_is_kept() -> None:
    """After a duplicate key reading goes on, with the first value."""
    data, wrong = read_yaml("a: 1\na: 2\nb: 3\n", "x.yaml")

    assert data == {"a": 1, "b": 3}
    assert [f.name for f in wrong] == ["duplicate-key"]


def test_duplicates_are_not_counted_for_ever() -> None:
    """A file of nothing but duplicates ends with so many findings and no more."""
    _, wrong = read_yaml("a: 1\n" * 10_000, "x.yaml")

    assert len(wrong) == MOST_DUPLICATES


def test_depth_is_bounded() -> None:
    """One level too deep is a finding, one less is data."""
    _, fine = read_yaml("[" * MAX_DEPTH + "]" * MAX_DEPTH, "x.yaml")
    _, wrong = read_yaml("[" * (MAX_DEPTH + 1) + "]" * (MAX_DEPTH + 1), "x.yaml")

    assert fine == ()
    assert [(f.code, f.span.line, f.span.column) for f in wrong] == [("SJ104", 1, MAX_DEPTH + 1)]


def test_aliases_count_for_what_they_stand_for() -> None:
    """A few lines of aliases that stand for a billion values are a finding."""
    bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
        f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 9)
    )

    _, wrong = read_yaml(bomb, "x.yaml")

    assert [f.code for f in wrong] == ["SJ105"]
    assert f"{MAX_NODES:,}" in wrong[0].message


def test_an_empty_file_is_nothing() -> None:
    """A file without a value gives no data and leaves it to others to complain."""
    assert read_yaml(b"# nothing\n", "x.yaml") == (None, ())


def test_a_byte_order_mark_is_no_content() -> None:
    """The mark that some editors put before UTF-8 changes nothing, and no column."""
    data, wrong = read_yaml(b"\xef\xbb\xbfa: 1", "x.yaml")

    assert (data, wrong) == ({"a": 1}, ())
    assert Span(1, 1, 1, 2) == data.keys_at["a"]
