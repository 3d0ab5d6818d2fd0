"""A Liquid template: parsed once, checked with positions, rendered for one customer after another.

It knows nothing of channels and locales, and decides only which of two renderers serves a text: the direct one or,
where the text needs more of the language, python-liquid, which is imported then and not before.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any

from sojourn.domain.message import direct
from sojourn.domain.message.direct import Variable
from sojourn.domain.message.filters import Scene
from sojourn.domain.message.limits import MAX_TEMPLATE
from sojourn.domain.message.marks import scan
from sojourn.domain.message.problems import ContentError, TemplateProblem

if TYPE_CHECKING:
    from types import ModuleType

    from sojourn.domain.message.full import FullTemplate
    from sojourn.domain.message.variables import Reading

_LIQUIDS_OWN = ("size", "first", "last")


class Template:
    """A parsed template. Use `parse`, which keeps the parsed ones.

    Args:
        text: the template.
        autoescape: True for HTML: what a customer's values bring is escaped, what the author wrote is not.

    Raises:
        ContentError: the text is not a template.
    """

    def __init__(self, text: str, autoescape: bool = False) -> None:
        self.text = text
        self.autoescape = autoescape
        self._full: FullTemplate | None = None
        marks, problems = scan(text)
        if problems:
            raise ContentError(problems[0].message)
        self._outputs = direct.outputs(marks, autoescape)
        self._render: Callable[[Scene], str]
        if self._outputs is not None:
            self._render = direct.renderer(text, marks, self._outputs, autoescape)
        else:
            self._full = _full_language().FullTemplate(text, autoescape)
            self._render = self._full.render

    def __repr__(self) -> str:
        return f"Template({self.text[:40]!r}, autoescape={self.autoescape})"

    def render(
        self,
        variables: Mapping[str, Any],
        link: Callable[[str], str] | None = None,
        locale: str = "en",
        limit: int = MAX_TEMPLATE,
    ) -> str:
        """Return the text for a customer.

        Args:
            variables: plain JSON-like values by name; strings among them are never read as Liquid.
            link: makes a tracked link of a URL, for the `track` filter; identity where absent.
            locale: whose separators the `number` and `money` filters use.
            limit: the most characters that may come out.

        Raises:
            ContentError: a variable without `default` has no value, a value does not fit its filter, or a limit of
                work or size was reached.
        """
        try:
            rendered = self._render(Scene(variables, link, locale))
        except ContentError:
            raise
        except Exception as error:
            # Any text must end in a ContentError, and python-liquid's filters let many of Python's own errors out
            # (overflow, recursion, bad strftime); none of them may stop more than this one send.
            raise ContentError(_full_language().reason(error)) from error
        if len(rendered) > limit:
            raise ContentError(f"it has {len(rendered):,} characters; {limit:,} are the most")
        return rendered

    @cached_property
    def variables(self) -> tuple[Variable, ...]:
        """The variables read from outside, in the order they stand in the text."""
        if self._full:
            return tuple(self._reading.variables)
        return tuple(
            Variable((each.root, *each.keys), each.offset, len(each.name), each.optional)
            for each in self._outputs or ()
        )

    @property
    def problems(self) -> tuple[TemplateProblem, ...]:
        """What is wrong with the parts of the text that parsing does not look at: filters and ranges."""
        if not self._full:
            return ()
        found: tuple[TemplateProblem, ...] = _full_language().usage_problems(self._reading)
        return found

    @cached_property
    def _reading(self) -> Reading:
        assert self._full is not None
        return self._full.reading()


@lru_cache(maxsize=1024)
def parse(text: str, autoescape: bool = False) -> Template:
    """Return the template of *text*, parsed at its first use; ContentError where it is not a template."""
    template = Template(text, autoescape)
    if problems := template.problems:
        raise ContentError(problems[0].message)
    return template


def check_template(text: str, known: Callable[[tuple[str, ...]], str | None]) -> tuple[TemplateProblem, ...]:
    """Return everything that is wrong with *text*, by position.

    Args:
        known: None where the path of a variable is provided, else what to write instead. It is asked about every
            variable that is not the template's own, guarded by `default` or `if` or not.
    """
    _, problems = scan(text)
    if problems:
        return problems
    try:
        template = Template(text)
    except ContentError:
        found: tuple[TemplateProblem, ...] = _full_language().syntax_problems(text)
        return found
    problems_found = list(template.problems)
    for variable in template.variables:
        if (help_text := _asked(variable.path, known)) is not None:
            name = ".".join(variable.path)
            message = f'nothing provides "{name}"'
            problems_found.append(
                TemplateProblem("unknown-variable", message, help_text, variable.offset, variable.length)
            )
    return tuple(sorted(problems_found, key=lambda problem: (problem.offset, problem.kind)))


def _asked(path: tuple[str, ...], known: Callable[[tuple[str, ...]], str | None]) -> str | None:
    answer = known(path)
    if answer is not None and path[-1] in _LIQUIDS_OWN and len(path) > 1 and known(path[:-1]) is None:
        return None
    return answer


def _full_language() -> ModuleType:
    # Importing python-liquid takes a fifth of a second, which a function that sends plain templates need not spend.
    from sojourn.domain.message import full

    return full


__all__ = ["ContentError", "Template", "TemplateProblem", "Variable", "check_template", "parse"]
