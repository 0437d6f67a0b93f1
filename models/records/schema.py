"""How a sheet is declared: one frozen record per sheet, one `column` per field.

The declaration is the only one there is. The reader, the checks, the template with its drop-downs and comments, and the
data dictionary are computed from `columns(record)`.
"""

from __future__ import annotations

import types
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache
from typing import Annotated, Any, ClassVar, Literal, Union, cast, get_args, get_origin

from annotated_types import Ge, Gt, Le, Lt
from pydantic import BaseModel, ConfigDict, Field
from pydantic.fields import FieldInfo

Scope = Literal["global", "material", "offer", "supplier"]
Kind = Literal["text", "number", "integer", "date", "yes/no", "choice", "country", "territory", "origin", "list"]


class Choice(StrEnum):
    """A fixed set of words; case, spaces, underscores and hyphens do not matter, and a choice may have synonyms."""

    @classmethod
    def synonyms(cls) -> Mapping[str, str]:
        """Other spellings, squeezed as `_squeeze` does, and the word each stands for."""
        return {}

    @classmethod
    def _missing_(cls, value: object) -> Choice | None:
        squeezed = _squeeze(str(value))
        wanted = cls.synonyms().get(squeezed, squeezed)
        return next((member for member in cls if _squeeze(member.value) == _squeeze(wanted)), None)


class Currency(Choice):
    """What money is in. There is one: rates are not planned with."""

    USD = "USD"


def _squeeze(text: str) -> str:
    return "".join(character for character in text.casefold() if character not in " _-")


Country = Annotated[str, "country"]
"""An ISO 3166-1 alpha-3 code, or `REC` for secondary (recycled) material."""
Territory = Annotated[str, "territory"]
"""A country's alpha-3 code, or the name of a bloc."""
Origin = Annotated[tuple[tuple[str, float], ...], "origin"]
"""Countries with their shares, which add up to one: `(("CHN", 0.6), ("AUS", 0.4))`; empty = unknown."""
TextList = Annotated[tuple[str, ...], "list"]
"""Several names in one cell, separated by `;` or `,`."""

SECONDARY = "REC"
UNKNOWN = "unknown"


class Record(BaseModel):
    """One row of one sheet. Subclasses say which sheet, what a row is, and what makes it unique."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    sheet: ClassVar[str]
    scope: ClassVar[Scope]
    key: ClassVar[tuple[str, ...]]
    required: ClassVar[bool] = False
    needed_where_named: ClassVar[bool] = False
    """Whether naming a row of this sheet is a fault when the sheet is absent (else the check is off)."""
    keeps_attributes: ClassVar[bool] = False
    """Whether numeric columns that are not declared are kept, for Policy rules to name."""

    attributes: Mapping[str, float] = Field(default_factory=dict, repr=False)
    basis: Mapping[str, str] = Field(default_factory=dict, repr=False)
    """For each figure whose `… basis` column is filled: source, estimate or assumed."""


RESERVED = frozenset({"attributes", "basis"})


def column(
    sentence: str,
    default: Any = ...,
    *,
    unit: str = "",
    at_least: float | None = None,
    above: float | None = None,
    at_most: float | None = None,
    below: float | None = None,
    refers: str = "",
    aliases: tuple[str, ...] = (),
    blank: str = "",
    heading: str = "",
) -> Any:
    """Declare one column: its meaning, unit, range, default, the sheet it refers to, and what a blank cell means.

    Args:
        sentence: one sentence, shown as cell comment and in the data dictionary.
        default: the value of a blank cell; left out, the column is required.
        unit: what the figure is measured in (`{unit}` stands for the material's own unit).
        refers: `"Sheet.column"` whose values are accepted; holds only when that sheet is present.
        aliases: further headings under which the column is known.
        blank: what a blank cell means, where the default value does not say it.
        heading: the printed heading where it is not the field's name (`in`, `from` and the like).
    """
    return Field(
        default,
        description=sentence,
        ge=at_least,
        gt=above,
        le=at_most,
        lt=below,
        json_schema_extra={
            "unit": unit,
            "refers": refers,
            "aliases": list(aliases),
            "blank": blank,
            "heading": heading,
        },
    )


@dataclass(frozen=True)
class Column:
    """What is known of one column, computed from the record's field."""

    name: str
    heading: str
    """As the template prints it, without its unit: `annual demand`."""
    kind: Kind
    sentence: str
    unit: str
    required: bool
    default: Any
    blank: str
    refers: str
    aliases: tuple[str, ...]
    choices: tuple[str, ...]
    at_least: float | None
    above: float | None
    at_most: float | None
    below: float | None

    @property
    def is_figure(self) -> bool:
        """Whether the column holds a measured quantity (and may have a `… basis` column beside it)."""
        return self.kind in ("number", "integer")


@cache
def columns(record: type[Record]) -> tuple[Column, ...]:
    """The columns of a record's sheet, in the order in which they are declared."""
    return tuple(_column(name, field) for name, field in record.model_fields.items() if name not in RESERVED)


def _column(name: str, field: FieldInfo) -> Column:
    extra = field.json_schema_extra if isinstance(field.json_schema_extra, dict) else {}
    bounds = {type(item): item for item in field.metadata if isinstance(item, Ge | Gt | Le | Lt)}
    kind, choices = _kind(field)
    required = field.is_required()
    return Column(
        name=name,
        heading=str(extra.get("heading", "")) or name.replace("_", " "),
        kind=kind,
        sentence=field.description or "",
        unit=str(extra.get("unit", "")),
        required=required,
        default=None if required else field.get_default(call_default_factory=True),
        blank=str(extra.get("blank", "")),
        refers=str(extra.get("refers", "")),
        aliases=tuple(cast(Iterable[str], extra.get("aliases", ()))),  # pydantic types what is extra as any JSON
        choices=choices,
        at_least=getattr(bounds.get(Ge), "ge", None),
        above=getattr(bounds.get(Gt), "gt", None),
        at_most=getattr(bounds.get(Le), "le", None),
        below=getattr(bounds.get(Lt), "lt", None),
    )


def _kind(field: FieldInfo) -> tuple[Kind, tuple[str, ...]]:
    marks = [item for item in (*field.metadata, *_marks(field.annotation)) if isinstance(item, str)]
    for mark in ("country", "territory", "origin", "list"):
        if mark in marks:
            return cast(Kind, mark), ()
    plain = _plain(field.annotation)
    if isinstance(plain, type) and issubclass(plain, Choice):
        return "choice", tuple(str(member.value) for member in plain)
    kinds: dict[Any, Kind] = {str: "text", float: "number", int: "integer", date: "date", bool: "yes/no"}
    return kinds[plain], ()


def _marks(annotation: Any) -> list[Any]:
    """The marks of `Annotated` types, also inside `X | None`."""
    if get_origin(annotation) is Annotated:
        return list(get_args(annotation)[1:])
    return [mark for part in get_args(annotation) for mark in _marks(part)]


def _plain(annotation: Any) -> Any:
    """The type without `Annotated` and without `| None`."""
    if get_origin(annotation) is Annotated:
        return _plain(get_args(annotation)[0])
    if get_origin(annotation) in (types.UnionType, Union):
        return _plain(next(part for part in get_args(annotation) if part is not type(None)))
    return annotation
