"""The base of every model that is written by a person: frozen, strict about keys, and knowing where it stood."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from pydantic import (
    BaseModel,
    ConfigDict,
    Discriminator,
    Field,
    ModelWrapValidatorHandler,
    PrivateAttr,
    model_validator,
)

from sojourn.domain.condition.parsing import LONGEST
from sojourn.domain.places import Placed, PlacedList, Span, TextSpan

if TYPE_CHECKING:
    from collections.abc import Mapping

NAME = r"^[a-z][a-z0-9]*([-_][a-z0-9]+)*$"
IDENTIFIER = r"^[a-z][a-z0-9_]*$"

Name = Annotated[str, Field(pattern=NAME, max_length=60)]
"""A name of a journey, message, topic or segment: lower case words joined by - or _."""
StepId = Annotated[str, Field(pattern=IDENTIFIER, max_length=60)]
"""A step's id: usable in conditions as `steps.<id>`, hence no hyphen."""
Identifier = Annotated[str, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_]*$", max_length=60)]
"""A name that conditions and templates spell out: an attribute, an event, a property."""
Text = Annotated[str, Field(max_length=10_000)]
Expression = Annotated[
    str, Field(description="a CEL condition or value", json_schema_extra={"maxLength": LONGEST})
]
"""How long it is, is for reading the condition to say (SJ602), so that there is one answer; editors are told too."""
DurationText = Annotated[str, Field(max_length=100, examples=["2 hours", "1 day 12 hours"])]


def form_of(forms: Mapping[str, str], *, text: str | None = None, many: str | None = None) -> Discriminator:
    """Tell the forms of a value apart by what was written, so that a mistake is reported once, in its form.

    Args:
        forms: a key that only this form has -> the form's tag.
        text: the tag where text (or a number) was written.
        many: the tag where a list was written.
    """

    def tag(data: Any) -> str | None:
        if isinstance(data, Authored):
            data = data.model_dump(by_alias=True, exclude_none=True)
        if isinstance(data, dict):
            return next((name for key, name in forms.items() if key in data), None)
        if isinstance(data, (list, tuple)):
            return many
        return text

    known = ", ".join([*(["text"] if text else []), *(f"`{key}: …`" for key in forms)])
    return Discriminator(tag, custom_error_type="unknown_form", custom_error_message=known)


class Authored(BaseModel):
    """A model read from a file; `place` tells where any of its fields stood."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    _at: Placed | None = PrivateAttr(default=None)

    @model_validator(mode="wrap")
    @classmethod
    def _keep_place(cls, data: Any, handler: ModelWrapValidatorHandler[Any]) -> Any:
        made = handler(data)
        if isinstance(data, Placed):
            made._at = data  # noqa: SLF001 - it is this very class's own
        return made

    @property
    def span(self) -> Span:
        """Where this model stood as a whole."""
        return self._at.span if self._at is not None else Span()

    def text_place(self, *keys: str | int) -> TextSpan:
        """Return where the value under *keys* stood; the nearest enclosing place if it was not written."""
        found = TextSpan(self.span)
        data: Any = self._at
        for key in keys:
            if isinstance(data, Placed) and isinstance(key, str) and key in data:
                found = data.values_at[key]
            elif isinstance(data, PlacedList) and isinstance(key, int) and key < len(data):
                found = data.items_at[key]
            else:
                break
            data = data[key]
        return found

    def place(self, *keys: str | int) -> Span:
        """Return the span of the value under *keys*."""
        return self.text_place(*keys).span

    def key_place(self, *keys: str) -> Span:
        """Return the span of the last of *keys* itself, not of its value."""
        data: Any = self._at
        for key in keys[:-1]:
            data = data.get(key) if isinstance(data, Placed) else None
        if isinstance(data, Placed) and keys[-1] in data.keys_at:
            return data.keys_at[keys[-1]]
        return self.place(*keys)

    def raw(self, key: str) -> Any:
        """Return what was written under *key*, before it was made what it means; None where nothing was."""
        return self._at.get(key) if self._at is not None else None

    def written(self, key: str) -> bool:
        """Say whether *key* was written in the file."""
        return self._at is not None and key in self._at
