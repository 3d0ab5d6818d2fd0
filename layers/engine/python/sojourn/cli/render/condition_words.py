"""What a condition read, in words: `customer.plan is "free"` becomes "their plan was free".

The ledger keeps a condition's reason as a text (`sojourn.domain.condition.verdict`). It is read back here; what cannot
be, such as a text of an older release, is told as it stands. It knows no journey.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import groupby

from sojourn.cli.render.spoken import Spoken, channel, plain

_ASKED = re.compile(r'"(?P<text>.*?)" is (?P<held>true|false)(?:: (?P<found>.*))?', re.DOTALL)
_CALL = r'[a-z_]+\((?:[^()"]|"[^"]*")*\)'
_NAME = rf'(?:local\({_CALL}\)(?:\.\w+)?|{_CALL}(?:\.\w+)?|[a-z_]\w*(?:\.\w+|\[\d+\]|\["[^"]*"\])*)'
_VALUE = r'(?:".*?"|true|false|a list of \d+|an object of \d+|None|-?\d[\w.+-]*)'
_READ = rf"(?P<name>{_NAME}) is (?P<value>{_VALUE})"
_ITEM = re.compile(rf"(?:^|, | and ){_READ}(?=, | and |$)", re.DOTALL)
_ALL = re.compile(rf"{_NAME} is {_VALUE}(?:, {_NAME} is {_VALUE})*(?: and {_NAME} is {_VALUE})?", re.DOTALL)
_LACKS = re.compile(rf"(?P<names>{_NAME}(?:, {_NAME})*(?: and {_NAME})?) (?:is|are) missing")
_LACK = re.compile(_NAME)
_CALLED = re.compile(r"(?P<function>\w+)\((?P<arguments>.*)\)(?:\.(?P<part>\w+))?", re.DOTALL)
_WORDS = re.compile(r'"([^"]*)"')
_YES, _NO = "true", "false"
_EMPTY = {"a list of 0": "empty", "an object of 0": "empty", "None": "nothing"}
NOTHING_ASKED = "else"
"""The reason of a branch of which no condition was asked."""
_WHERE = {"customer": "their {}", "entry": "the {} they entered with", "event": "the event's {}"}


@dataclass(frozen=True, slots=True)
class Asked:
    """One condition that was asked.

    Args:
        text: as it is written, perhaps cut short.
        held: whether it was so.
        because: what was read, in words; empty where nothing was.
    """

    text: str
    held: bool
    because: str


def asked(reason: str, spoken: Spoken) -> tuple[Asked, ...]:
    """Return the conditions that a reason tells of, in the order in which they were asked; none where it is no such."""
    if reason == NOTHING_ASKED:
        return ()
    found = [_one(part, spoken) for part in _parts(reason)]
    return tuple(one for one in found if one is not None) if all(found) else ()


def condition_words(reason: str, spoken: Spoken) -> str:
    """Return why a decision was taken, on one line; a reason that is no condition's, as it is."""
    # What several conditions read, one after the other, is said once.
    told = [
        _told(because, [*several])
        for because, several in groupby(asked(reason, spoken), lambda one: one.because)
    ]
    return "; ".join(told) if told else reason


def _told(because: str, several: Sequence[Asked]) -> str:
    answers = [(one.text, "yes" if one.held else "no") for one in several]
    if because:
        return f"{because} (asked: {'; '.join(f'{text} – {answer}' for text, answer in answers)})"
    return "; ".join(f"the answer to “{text}” is {answer}" for text, answer in answers)


def _parts(reason: str) -> list[str]:
    """Divide the reasons of several cases, each of which begins with its condition in quotes."""
    return re.split(r'; (?=")', reason)


def _one(text: str, spoken: Spoken) -> Asked | None:
    read = _ASKED.fullmatch(text)
    return Asked(read["text"], read["held"] == _YES, _found(read["found"] or "", spoken)) if read else None


def _found(text: str, spoken: Spoken) -> str:
    if lacks := _LACKS.fullmatch(text):
        names = _LACK.findall(lacks["names"].replace(" and ", ", "))
        return f"{_and([_called(name, spoken) for name in names])} {'is' if len(names) == 1 else 'are'} not known"
    if not _ALL.fullmatch(text):
        return text
    return _and([_read(one["name"], one["value"], spoken) for one in _ITEM.finditer(text)])


def _read(name: str, value: str, spoken: Spoken) -> str:
    """Return one thing that was read, and what was found."""
    call = _CALLED.fullmatch(name)
    if call is not None and call["function"] == "has":
        return f"{_called(call['arguments'], spoken)} was {'' if value == _YES else 'not '}known"
    if call is not None and (words := _QUESTIONS.get(call["function"])) is not None:
        return words(tuple(_WORDS.findall(call["arguments"])), value, spoken)
    return f"{_called(name, spoken)} was {_value(value, spoken)}"


def _called(name: str, spoken: Spoken) -> str:
    """Return what somebody calls a thing that a condition reads: "their plan", "the total they entered with"."""
    if call := _CALLED.fullmatch(name):
        if call["function"] == "local":
            part = f"{call['part']} of " if call["part"] else ""
            return f"the {part}{_called(call['arguments'], spoken)}, by their clock,"
        if call["function"] == "last":
            (event, *_) = (*_WORDS.findall(call["arguments"]), "")
            return f"when they last did “{plain(event)}”"
        return name
    root, _, rest = name.partition(".")
    if root == "now":
        return "the time"
    words = plain(rest.replace(".", " "))
    if root == "steps":
        step, _, what = rest.partition(".")
        return f"what “{plain(step)}” came to ({plain(what)})" if what else f"what “{plain(step)}” came to"
    return _WHERE[root].format(words) if root in _WHERE and words else name


def _value(value: str, spoken: Spoken) -> str:
    if value in (_YES, _NO):
        return "yes" if value == _YES else "no"
    if value.startswith('"'):
        return spoken.value(value[1:-1]) or "empty"
    return _EMPTY.get(value, value)


def _did(arguments: tuple[str, ...], value: str, _: Spoken) -> str:
    had = "had" if value == _YES else "had not"
    return f"they {had} done {_event(arguments)}"


def _times(arguments: tuple[str, ...], value: str, _: Spoken) -> str:
    if value == "0":
        return f"they had never done {_event(arguments)}"
    times = {"1": "once", "2": "twice"}.get(value, f"{value} times")
    return f"they had done {_event(arguments)} {times}"


def _event(arguments: tuple[str, ...]) -> str:
    within = f" within {arguments[1]}" if len(arguments) > 1 else ""
    return f"“{plain(arguments[0])}”{within}" if arguments else "it"


def _in_segment(arguments: tuple[str, ...], value: str, _: Spoken) -> str:
    return f"they {'belonged' if value == _YES else 'did not belong'} to “{plain(_first(arguments))}”"


def _message(word: str) -> Callable[[tuple[str, ...], str, Spoken], str]:
    def said(arguments: tuple[str, ...], value: str, _: Spoken) -> str:
        return (
            f"they {'had' if value == _YES else 'had not'} {word} the message of “{plain(_first(arguments))}”"
        )

    return said


def _consented(arguments: tuple[str, ...], value: str, spoken: Spoken) -> str:
    by = f" by {channel(arguments[1])}" if len(arguments) > 1 else ""
    return f"they {'wanted' if value == _YES else 'did not want'} {spoken.topic(_first(arguments))}{by}"


def _reachable(arguments: tuple[str, ...], value: str, _: Spoken) -> str:
    return f"{channel(_first(arguments))} {'reached' if value == _YES else 'did not reach'} them"


def _engaged(arguments: tuple[str, ...], value: str, _: Spoken) -> str:
    had = "had" if value == _YES else "had not"
    within = f" within {arguments[1]}" if len(arguments) > 1 else ""
    return f"they {had} opened or followed anything by {channel(_first(arguments))}{within}"


def _first(arguments: tuple[str, ...]) -> str:
    return arguments[0] if arguments else ""


_QUESTIONS: dict[str, Callable[[tuple[str, ...], str, Spoken], str]] = {
    "did": _did, "times": _times, "in_segment": _in_segment, "opened": _message("opened"),
    "clicked": _message("followed a link in"), "consented": _consented, "reachable": _reachable, "engaged": _engaged,
}  # fmt: skip


def _and(said: list[str]) -> str:
    return said[0] if len(said) == 1 else f"{', '.join(said[:-1])} and {said[-1]}"
