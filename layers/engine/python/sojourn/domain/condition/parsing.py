"""Turns a condition's text into its tree, or says in the author's words where it stops being one.

CEL's grammar (https://github.com/google/cel-spec, "Syntax") by precedence climbing. Size and depth are
bounded here, so nothing an author writes can exhaust this process or the C++ runtime behind it. No types.
"""

from __future__ import annotations

from sojourn.domain.condition import tree
from sojourn.domain.condition.lexing import Token, syntax_error, tokens
from sojourn.domain.condition.slips import advice_for
from sojourn.domain.condition.types import ConditionError, Problem, ProblemKind

LONGEST = 4_000
"""Characters a text may have."""
DEEPEST = 28
"""How deep expressions may nest; the runtime behind refuses more than 31."""

LOOPS = {"all": "all", "exists": "exists", "exists_one": "exists_one", "existsOne": "exists_one"}
LOOPS |= {"filter": "filter", "map": "map"}
ROOTS = ("customer", "entry", "event", "steps")
_TAKEN = frozenset((*ROOTS, "now"))
_RELATIONS = frozenset(("==", "!=", "<", "<=", ">", ">=", "in"))
_BINDING = {"+": 2, "-": 2, "*": 3, "/": 3, "%": 3} | dict.fromkeys(_RELATIONS, 1)
_CONSTANTS = {"true": True, "false": False, "null": None}


def parse(text: str) -> tree.Node:
    """Return the tree of *text*; raises ConditionError, of kind syntax or too-large."""
    if len(text) > LONGEST:
        message = f"the text has {len(text):,} characters, more than {LONGEST:,}"
        advice = "split it over several branches, or name an audience in segments.yaml"
        raise ConditionError(Problem(ProblemKind.TOO_LARGE, message, advice, LONGEST, len(text) - LONGEST))
    if not text.strip():
        raise syntax_error("the condition is empty", 0, len(text), "write true where it always holds")
    return _Parser(text).whole()


class _Parser:
    """One pass over the tokens of one text."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._tokens = tokens(text)
        self._at = 0
        self._nested = 0

    def whole(self) -> tree.Node:
        node = self._expression()
        if self._token.kind != "end":
            raise self._unexpected()
        return node

    @property
    def _token(self) -> Token:
        return self._tokens[self._at]

    def _next(self) -> Token:
        token = self._tokens[self._at]
        self._at += token.kind != "end"
        return token

    def _sees(self, *operators: str) -> bool:
        token = self._tokens[self._at]
        return token.kind in ("operator", "name") and token.text in operators

    def _expect(self, operator: str, opened: Token | None = None) -> Token:
        if self._sees(operator):
            return self._next()
        if opened is not None and self._token.kind == "end":
            raise syntax_error(
                f'"{opened.text}" is never closed', opened.offset, 1, f'add the missing "{operator}"'
            )
        raise self._unexpected()

    def _unexpected(self) -> ConditionError:
        token = self._token
        if token.kind == "end":
            last = self._tokens[self._at - 1]
            return syntax_error(
                f'something is missing after "{last.text}"', last.offset, last.end - last.offset
            )
        before = self._tokens[self._at - 1] if self._at else None
        shown = token.text if len(token.text) <= 40 else token.text[:39] + "…"
        advice = advice_for(token.text, before.text if before else "", self._text[token.end :])
        return syntax_error(f'"{shown}" is not expected here', token.offset, token.end - token.offset, advice)

    def _checked(self, offset: int, *children: tree.Node) -> tuple[int, int, int]:
        """Return offset, end and depth for a node about to be made, or raise where it gets too deep."""
        end = self._tokens[self._at - 1].end if self._at else 0
        depth = 1 + max((child.depth for child in children), default=0)
        if depth > DEEPEST:
            raise _too_deep(offset, end - offset)
        return offset, end, depth

    def _expression(self) -> tree.Node:
        self._nested += 1
        if self._nested > DEEPEST:
            raise _too_deep(self._token.offset, max(self._token.end - self._token.offset, 1))
        start = self._token.offset
        test = self._logical("||")
        if self._sees("?"):
            self._next()
            yes = self._expression()
            self._expect(":")
            no = self._expression()
            test = tree.Choice(*self._checked(start, test, yes, no), test, yes, no)
        self._nested -= 1
        return test

    def _logical(self, operator: str) -> tree.Node:
        start = self._token.offset
        operands = [self._logical("&&") if operator == "||" else self._binary(1)]
        while self._sees(operator):
            self._next()
            operands.append(self._logical("&&") if operator == "||" else self._binary(1))
        if len(operands) == 1:
            return operands[0]
        return tree.Logical(*self._checked(start, *operands), operator, tuple(operands))

    def _binary(self, least: int) -> tree.Node:
        start = self._token.offset
        left = self._unary()
        while (token := self._token).kind in ("operator", "name") and _BINDING.get(token.text, 0) >= least:
            self._next()
            right = self._binary(_BINDING[token.text] + 1)
            left = tree.Binary(*self._checked(start, left, right), token.text, left, right)
        return left

    def _unary(self) -> tree.Node:
        signs: list[Token] = []
        while self._sees("!", "-"):
            signs.append(self._next())
            if len(signs) > DEEPEST:
                raise _too_deep(signs[0].offset, self._token.offset - signs[0].offset)
        node = self._member()
        for sign in reversed(signs):
            node = tree.Unary(*self._checked(sign.offset, node), sign.text, node)
        return node

    def _member(self) -> tree.Node:
        start = self._token.offset
        node = self._primary()
        while self._sees(".", "["):
            opening = self._next()
            if opening.text == "[":
                index = self._expression()
                self._expect("]", opening)
                node = tree.Index(*self._checked(start, node, index), node, index)
                continue
            name = self._token
            if name.kind != "name":
                raise self._unexpected()
            self._next()
            if self._sees("("):
                node = self._call(start, name, node)
            else:
                node = tree.Select(*self._checked(start, node), node, name.text, name.offset)
        return node

    def _call(self, start: int, name: Token, target: tree.Node | None) -> tree.Node:
        arguments = self._items("(", ")")
        if target is not None and name.text in LOOPS:
            return self._loop(start, name, target, arguments)
        below = arguments if target is None else (target, *arguments)
        return tree.Call(*self._checked(start, *below), target, name.text, arguments, name.offset)

    def _loop(
        self, start: int, name: Token, target: tree.Node, arguments: tuple[tree.Node, ...]
    ) -> tree.Node:
        length = self._tokens[self._at - 1].end - name.offset
        if len(arguments) != 2 or not isinstance(arguments[0], tree.Name):
            advice = f"write it like .{name.text}(item, item.price > 10)"
            raise syntax_error(
                f'"{name.text}" needs a name for the item, and what to do with it',
                name.offset,
                length,
                advice,
            )
        variable, body = arguments[0], arguments[1]
        if variable.name in _TAKEN:
            message = f'"{variable.name}" already has a meaning here'
            raise syntax_error(message, variable.offset, variable.length, "call the item something else")
        place = self._checked(start, target, body)
        return tree.Loop(*place, target, LOOPS[name.text], variable.name, body)

    def _items(self, opener: str, closer: str) -> tuple[tree.Node, ...]:
        opening = self._expect(opener)
        items: list[tree.Node] = []
        while not self._sees(closer):
            items.append(self._expression())
            if not self._sees(","):
                break
            self._next()
        self._expect(closer, opening)
        return tuple(items)

    def _primary(self) -> tree.Node:
        token = self._token
        if token.kind in ("number", "string"):
            self._next()
            return tree.Literal(token.offset, token.end, 1, token.value, token.exact)
        if token.kind == "name" and token.text != "in":
            self._next()
            if token.text in _CONSTANTS:
                return tree.Literal(token.offset, token.end, 1, _CONSTANTS[token.text])
            if self._sees("("):
                return self._call(token.offset, token, None)
            return tree.Name(token.offset, token.end, 1, token.text)
        if self._sees("("):
            opening = self._next()
            node = self._expression()
            self._expect(")", opening)
            return node
        if self._sees("["):
            items = self._items("[", "]")
            return tree.ListOf(*self._checked(token.offset, *items), items)
        if self._sees("{"):
            return self._map()
        raise self._unexpected()

    def _map(self) -> tree.Node:
        opening = self._next()
        entries: list[tuple[tree.Node, tree.Node]] = []
        while not self._sees("}"):
            key = self._expression()
            self._expect(":", opening)
            entries.append((key, self._expression()))
            if not self._sees(","):
                break
            self._next()
        self._expect("}", opening)
        below = [node for entry in entries for node in entry]
        return tree.MapOf(*self._checked(opening.offset, *below), tuple(entries))


def _too_deep(offset: int, length: int) -> ConditionError:
    message = f"this is nested more than {DEEPEST} deep"
    advice = "take parentheses away, or split the condition over several branches"
    return ConditionError(Problem(ProblemKind.TOO_LARGE, message, advice, offset, length))
