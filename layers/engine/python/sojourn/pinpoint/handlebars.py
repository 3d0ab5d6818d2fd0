"""Message texts: Pinpoint's Handlebars as Liquid.

Which helpers there are is what Pinpoint's user guide lists under "Using message template helpers". What has no equal
leaves a variable that no message knows, `not_imported_<helper>`: `sojourn check` points at it, and nothing is sent
until somebody writes something else.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from sojourn.domain.condition.types import ValueType
from sojourn.pinpoint.naming import identifier

if TYPE_CHECKING:
    from sojourn.pinpoint.outcome import Row
    from sojourn.pinpoint.vocabulary import Vocabulary

_TAG = re.compile(
    r"\{\{\{(?P<raw>.*?)\}\}\}|\{\{!--.*?--\}\}|\{\{(?P<tag>.*?)\}\}|(?P<liquid>\{%|%\})", re.DOTALL
)
_WORD = re.compile(r'"[^"]*"|\'[^\']*\'|\([^()]*\)|[^\s"\'()]+|\S')
_INDEX = re.compile(r"\.?\[(\d+)\]")
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")

COMPARED: Final = {"eq": "==", "neq": "!=", "gt": ">", "gte": ">=", "lt": "<", "lte": "<="}
FILTERS: Final = {
    "upper": "upcase", "lower": "downcase", "stripTags": "strip_html", "cut": "remove", "replace": "replace",
    "join": "join", "abbreviate": "truncate", "defaultIfEmpty": "default", "add": "plus", "subtract": "minus",
    "multiply": "times", "divide": "divided_by", "round": "round",
}  # fmt: skip
"""A helper whose first argument a filter of Liquid takes, and the rest after it."""
_LISTS: Final = ("join",)
_PLACES: Final = {"Country": "country", "City": "city", "PostalCode": "postal_code", "Region": "region"}
_DEMOGRAPHIC: Final = {"AppVersion": "app_version", "DeviceType": "device_type", "Make": "device_make",
                       "Model": "device_model", "Platform": "platform", "Locale": "device_locale"}  # fmt: skip
_ADDRESS: Final = {"email": "customer.email", "sms": "customer.phone"}
_GROUP: Final = {"Attributes": "Attributes", "User.UserAttributes": "UserAttributes", "Metrics": "Metrics"}


@dataclass(slots=True)
class Texts:
    """Turns the texts of one template; what is different about them is said in its row of the report.

    Args:
        channel: `email`, `sms` or `push`: what `Address` is depends on it.
        defaults: what stands in for a variable without a value: `DefaultSubstitutions`.
    """

    words: Vocabulary
    row: Row
    channel: str
    defaults: dict[str, str] = field(default_factory=dict)
    _open: list[tuple[str, str]] = field(default_factory=list)

    def liquid(self, text: str) -> str:
        """Return *text* as Liquid."""
        self._open = []
        made = _TAG.sub(self._tag, text)
        for name, _ in self._open:
            made += self._lost(f"#{name}", f"`{{{{#{name}}}}}` is never closed")
        return made

    def _tag(self, found: re.Match[str]) -> str:
        if found["liquid"] is not None:
            return "{{ '" + found["liquid"] + "' }}"
        if found["raw"] is not None:
            self.row.note(
                "`{{{ }}}` put text into HTML as it stands; here all that comes from a customer is escaped"
            )
            return self._inline(found["raw"])
        if found["tag"] is None or found["tag"].startswith("!"):
            return ""
        tag = found["tag"].strip().strip("~").strip()
        if tag.startswith("#"):
            return self._begin(tag[1:].strip())
        if tag.startswith("/"):
            return self._end(tag[1:].strip())
        if tag in {"else", "^"}:
            return self._else("")
        if tag.startswith("else "):
            return self._else(tag[5:].strip())
        return self._inline(tag.removeprefix("&"))

    def _begin(self, tag: str) -> str:
        """Begin a block: `#if x`, `#each x`, `#eq x "y"`."""
        name, *arguments = _WORD.findall(tag) or [""]
        if name == "each" and len(arguments) == 1:
            path = self._path(arguments[0], ValueType.LIST, plain=True)
            if path is not None:
                self._open.append((name, "endfor"))
                return "{% for one in " + path + " %}"
        elif name == "unless" and len(arguments) == 1:
            if (said := self._value(arguments[0])) is not None:
                self._open.append((name, "endunless"))
                return "{% unless " + said + " %}"
        elif (said := self._asked(name, arguments)) is not None:
            self._open.append((name, "endif"))
            return "{% if " + said + " %}"
        self._open.append((name, ""))
        return self._lost(name, f"the block `{{{{#{tag}}}}}` has no equal in Liquid")

    def _asked(self, name: str, arguments: list[str]) -> str | None:
        """Return the condition of a block as Liquid's `if` writes it; None where it has no equal."""
        if name == "if" and len(arguments) == 1:
            self.row.note(
                "an empty text, 0 and an empty list count as something in Liquid's `if`, and did not before"
            )
            return self._value(arguments[0])
        values = [self._value(argument) for argument in arguments]
        if any(value is None for value in values):
            return None
        if name in COMPARED and len(values) == 2:
            return f"{values[0]} {COMPARED[name]} {values[1]}"
        if name in ("and", "or") and len(values) > 1:
            return f" {name} ".join(str(value) for value in values)
        return (
            f"{values[0]} == false"
            if name == "not" and len(values) == 1 and "." not in arguments[0]
            else None
        )

    def _else(self, tag: str) -> str:
        if not self._open or not self._open[-1][1]:
            return "" if self._open else self._lost("else", "`{{else}}` stands in no block")
        if not tag:
            return "{% else %}"
        name, *arguments = _WORD.findall(tag)
        asked = self._asked(name, arguments) if self._open[-1][1] == "endif" else None
        return (
            "{% elsif " + asked + " %}"
            if asked is not None
            else self._lost("else", f"`{{{{else {tag}}}}}` has no equal")
        )

    def _end(self, name: str) -> str:
        if not self._open or self._open[-1][0] != name:
            return self._lost(f"/{name}", f"`{{{{/{name}}}}}` closes nothing")
        ends = self._open.pop()[1]
        return "{% " + ends + " %}" if ends else ""

    def _inline(self, tag: str) -> str:
        """Return a variable, or what a helper makes of one."""
        name, *arguments = _WORD.findall(tag.strip()) or [""]
        if not arguments:
            if name == "now":
                return "{{ now }}"
            path = self._path(name, ValueType.STRING)
            return (
                "{{ " + path + " }}"
                if path is not None
                else self._lost(name, f"the variable `{{{{{name}}}}}` has no equal")
            )
        if name == "capitalizeFirst" and len(arguments) == 1:
            if (word := self._value(arguments[0], plain=False)) is not None:
                return "{{ " + word + " | slice: 0 | upcase }}{{ " + word + " | slice: 1, 10000 }}"
        elif name in FILTERS:
            used_as = ValueType.LIST if name in _LISTS else ValueType.STRING
            first = self._value(arguments[0], used_as, plain=False)
            rest = [self._value(argument) for argument in arguments[1:]]
            if first is not None and None not in rest:
                tail = ": " + ", ".join(str(one) for one in rest) if rest else ""
                return "{{ " + first + " | " + FILTERS[name] + tail + " }}"
        return self._lost(name, f"the helper `{{{{{tag.strip()}}}}}` has no equal in Liquid")

    def _value(self, word: str, used_as: ValueType = ValueType.STRING, *, plain: bool = True) -> str | None:
        if word[:1] in "\"'" or _NUMBER.fullmatch(word) or word in ("true", "false"):
            return word
        return self._path(word, used_as, plain=plain)

    def _path(self, word: str, used_as: ValueType, *, plain: bool = False) -> str | None:
        """Return a variable's path, with its default unless *plain*; None where there is nothing like it."""
        if self._open and word in ("this", "@index"):
            looped = any(name == "each" for name, _ in self._open)
            return {"this": "one", "@index": "forloop.index0"}[word] if looped else None
        index = _INDEX.search(word)
        name = _INDEX.sub("", word)
        path = self._known(name, ValueType.LIST if index and index[1] != "0" else used_as)
        if path is None:
            return None
        if index and index[1] != "0":
            path += f"[{index[1]}]"
        default = self.defaults.get(word, self.defaults.get(name, self.defaults.get(name.rpartition(".")[2])))
        if default is None or plain:
            return path
        quote = "'" if "'" not in default else '"'
        return f"{path} | default: {quote}{default}{quote}" if quote not in default else path

    def _known(self, name: str, used_as: ValueType) -> str | None:
        if name == "User.UserId":
            return "customer.id"
        if name == "Address":
            return _ADDRESS.get(self.channel)
        group, _, last = name.rpartition(".")
        if group in _GROUP and last:
            type_ = ValueType.NUMBER if group == "Metrics" else used_as
            return "customer." + self.words.attribute(_GROUP[group], last, type_)[0]
        if group == "Location" and last in _PLACES:
            return "customer." + self.words.attribute(group, _PLACES[last], ValueType.STRING)[0]
        if group == "Demographic" and last in _DEMOGRAPHIC:
            return "customer." + self.words.attribute(group, _DEMOGRAPHIC[last], ValueType.STRING)[0]
        return None

    def _lost(self, name: str, why: str) -> str:
        marker = identifier(f"not_imported {name}", "not_imported")
        self.row.lose(f"{why}: `{marker}` stands there, write it anew")
        return "{{ " + marker + " }}"
