"""The full Liquid language on python-liquid: what it may use, how much work it may do, what it may print.

Only templates that the direct renderer cannot serve come here; importing this module imports python-liquid.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, TextIO

from sojourn.domain.message import liquid_filters
from sojourn.domain.message.direct import Output, simple_output
from sojourn.domain.message.filters import Scene
from sojourn.domain.message.limits import CHARACTERS_PER_UNIT, MAX_RANGE, MAX_TEMPLATE, WORK
from sojourn.domain.message.liquid_import import import_liquid
from sojourn.domain.message.problems import ContentError
from sojourn.domain.message.values import descend, html_of, text_of

import_liquid()

from liquid import BlockNode, Environment, FalsyStrictUndefined, Node, RenderContext  # noqa: E402
from liquid.builtin import content, illegal, output  # noqa: E402
from liquid.builtin.expressions.primitive import RangeLiteral  # noqa: E402
from liquid.builtin.tags import (  # noqa: E402
    assign_tag,
    capture_tag,
    case_tag,
    comment_tag,
    for_tag,
    if_tag,
    inline_comment_tag,
    unless_tag,
)
from liquid.token import Token  # noqa: E402
from liquid.undefined import UNDEFINED  # noqa: E402
from liquid.utils import ReadOnlyChainMap  # noqa: E402

_CHEAP = 1_000  # characters or items below which reading a value is not counted as work


class _Buffer:
    """What has been written so far; ContentError where that becomes too much."""

    __slots__ = ("_parts", "_size")

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._size = 0

    def write(self, text: str) -> int:
        """Add *text* and return its length, as python-liquid's nodes expect of a stream."""
        self._size += len(text)
        if self._size > MAX_TEMPLATE:
            raise ContentError(f"it has more than {MAX_TEMPLATE:,} characters")
        self._parts.append(text)
        return len(text)

    def getvalue(self) -> str:
        """Return all that was written."""
        return "".join(self._parts)


class _Context(RenderContext):
    """A rendering that counts its work, resolves names strictly and knows no clock."""

    __slots__ = ("scene", "work")

    def __init__(self, template: Any, scene: Scene) -> None:
        super().__init__(template, globals=scene.variables)
        self.scope = ReadOnlyChainMap(self.locals, self.globals)
        # The filters see what the template sees: loop variables and assigned names before those of the send.
        self.scene = Scene(self.scope, scene.link, scene.locale)
        self.work = WORK

    def spend(self, units: int) -> None:
        """Take *units* from the work that is left; ContentError where that was too much."""
        self.work -= units
        if self.work < 0:
            raise ContentError("the template does too much work")

    def get(self, path: list[object], *, token: Token | None, default: object = UNDEFINED) -> object:
        """Resolve *path*; an undefined value knows the whole path, so that the reason can name it."""
        root, *keys = path
        try:
            value: object = self.scope[root]  # type: ignore[index]
            if keys:
                value = descend(value, keys)
        except (LookupError, TypeError):
            name = ".".join(str(key) for key in path)
            return FalsyStrictUndefined(name, hint=f'"{name}" has no value', token=token)
        if isinstance(value, (str, list)) and len(value) > _CHEAP:
            self.spend(len(value) // CHARACTERS_PER_UNIT)
        return value

    def assign(self, key: str, val: Any) -> None:
        """Bind a name; its size counts as work, which bounds what the names hold together."""
        size = len(val) if isinstance(val, (str, list)) else 1
        self.spend(1 + size // CHARACTERS_PER_UNIT)
        self.locals[key] = None if type(val) is FalsyStrictUndefined else val

    def get_buffer(self, buf: TextIO | None = None) -> Any:
        """Return where a `capture` writes to; what it may hold does not depend on what was written elsewhere."""
        return _Buffer()


class _OutputNode(output.OutputNode):
    """`{{ … }}`, written as `values` writes; a simple one is worked out by `direct`, here as everywhere."""

    __slots__ = ("simple",)

    simple: Output | None

    def render_to_output(self, context: RenderContext, buffer: TextIO) -> int:
        assert isinstance(context, _Context)
        if self.simple:
            value = self.simple.value(context.scene)
        else:
            value = self.expression.evaluate(context)
            if type(value) is FalsyStrictUndefined:
                raise ContentError(str(value.hint))
            if value is None:
                raise ContentError(f'"{self.expression}" has no value')
        text = html_of(value) if context.autoescape else text_of(value)
        if len(text) > _CHEAP:
            context.spend(len(text) // CHARACTERS_PER_UNIT)
        return buffer.write(text)


class _Output(output.Output):
    node_class = _OutputNode

    def parse(self, stream: Any) -> output.OutputNode:
        expression = stream.peek
        node = super().parse(stream)
        assert isinstance(node, _OutputNode)
        node.simple = simple_output(expression.value, expression.start_index, self.env.autoescape)
        return node


class _LoopBlock(BlockNode):
    """The body of a loop; each time it is rendered costs as many units as it has nodes."""

    __slots__ = ("weight",)

    def __init__(self, block: BlockNode, weight: int) -> None:
        super().__init__(block.token, block.nodes)
        self.blank = block.blank
        self.weight = weight

    def render_to_output(self, context: RenderContext, buffer: TextIO) -> int:
        assert isinstance(context, _Context)
        context.spend(self.weight)
        if self.blank:
            return super().render_to_output(context, buffer)
        written = 0
        for node in self.nodes:
            written += node.render_to_output(context, buffer)
        return written


class _ForNode(for_tag.ForNode):
    """`{% for %}` that refuses a long range before python-liquid makes a list of it."""

    __slots__ = ()

    def render_to_output(self, context: RenderContext, buffer: TextIO) -> int:
        if isinstance(literal := self.expression.iterable, RangeLiteral):
            items = literal.evaluate(context)
            if items.stop - items.start > MAX_RANGE:
                raise ContentError(f"a range has at most {MAX_RANGE:,} items")
        return super().render_to_output(context, buffer)


class _For(for_tag.ForTag):
    node_class = _ForNode

    def parse(self, stream: Any) -> Node:
        node = super().parse(stream)
        assert isinstance(node, _ForNode)
        node.block = _LoopBlock(node.block, 1 + _count(node.block))
        return node


def _count(node: Node) -> int:
    children = tuple(node.children(None, include_partials=False))  # type: ignore[arg-type]
    return len(children) + sum(_count(child) for child in children)


class _Environment(Environment):
    output_stream_limit = (
        MAX_TEMPLATE * 4
    )  # in bytes of UTF-8; what counts is checked in characters afterwards

    def setup_tags_and_filters(self, *, extra: bool = False) -> None:
        for tag in (
            content.Literal,
            _Output,
            illegal.Illegal,
            assign_tag.AssignTag,
            capture_tag.CaptureTag,
            case_tag.CaseTag,
            comment_tag.CommentTag,
            _For,
            for_tag.BreakTag,
            for_tag.ContinueTag,
            if_tag.IfTag,
            inline_comment_tag.InlineCommentTag,
            unless_tag.UnlessTag,
        ):
            self.add_tag(tag)
        self.filters.update(liquid_filters.table())


_ENVIRONMENTS = {
    escape: _Environment(undefined=FalsyStrictUndefined, autoescape=escape) for escape in (False, True)
}


def parse(text: str, autoescape: bool) -> Any:
    """Return the python-liquid template of *text*; LiquidError where it cannot be parsed."""
    return _ENVIRONMENTS[autoescape].from_string(text)


def renderer(template: Any) -> Callable[[Scene], str]:
    """Return the function that renders *template*; it raises ContentError, and what filters raise on bad values."""
    return partial(_render, template)


def _render(template: Any, scene: Scene) -> str:
    context = _Context(template, scene)
    buffer: Any = _Buffer()
    for node in template.nodes:
        node.render_to_output(context, buffer)
    rendered: str = buffer.getvalue()
    return rendered
