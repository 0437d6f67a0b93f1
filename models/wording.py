"""Figures in sentences."""

from __future__ import annotations

from decimal import Decimal


def figure(value: float) -> str:
    """A number with thousands separators: whole units in full, and six significant digits where there are fewer.

    >>> figure(12000000000.0), figure(5167.123456), figure(0.25)
    ('12,000,000,000', '5,167.12', '0.25')
    """
    digits = max(6, len(f"{abs(value):.0f}"))
    return f"{Decimal(f'{value + 0.0:.{digits}g}'):,f}"


def percent(share: float) -> str:
    """A share as a percentage.

    >>> percent(0.655)
    '65.5 %'
    """
    return f"{figure(100.0 * share)} %"
