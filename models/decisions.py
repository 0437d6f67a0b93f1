"""The decisions that a plan is made of; everything else follows from them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, order=True)
class Purchase:
    """A decision: a trader orders a quantity (material's unit) on an offer in a period."""

    offer: str
    trader: str
    period: int
    quantity: float


@dataclass(frozen=True, order=True)
class Contract:
    """A decision: a trader signs an offer."""

    offer: str
    trader: str


@dataclass(frozen=True, order=True)
class Move:
    """A decision: what a depot takes in and gives out of a material in a period (material's unit)."""

    material: str
    place: str
    period: int
    taken_in: float
    given_out: float


@dataclass(frozen=True, order=True)
class Emergency:
    """A decision (material's unit): what is bought at once and called from partners, where these scenarios come about."""

    material: str
    scenarios: str
    period: int
    quantity: float
    called: float = 0.0


@dataclass(frozen=True, order=True)
class Drawing:
    """A decision (USD, in cents): what is drawn of a source of money in a period, and what is repaid of it."""

    source: str
    period: int
    drawn: float
    repaid: float = 0.0


@dataclass(frozen=True, order=True)
class Allotment:
    """A decision (material's unit): what is held for a member at a period's end, and what it draws in the period."""

    member: str
    material: str
    period: int
    held: float
    drawn: float = 0.0


@dataclass(frozen=True, order=True)
class Change:
    """A decision: an open order is deferred to another day, or cancelled (no day)."""

    order: str
    arrival: date | None


@dataclass(frozen=True, order=True)
class Rotation:
    """A decision (material's unit): what is sold of a material in a period, past its shelf life."""

    material: str
    period: int
    quantity: float


OfRule = Emergency | Drawing | Allotment | Rotation
"""Decisions that a single rule takes."""
