"""Cells that name countries or several things: one country, several, several with their shares, a list of names."""

from __future__ import annotations

import math
import re
from decimal import Decimal
from typing import Any

from models.records import Column
from planner.validate.countries import candidates, country
from planner.validate.unfit import AROUND, Changed, Unfit, or_blank

_WITH_SHARE = re.compile(r"(?P<country>.*?)[\s:=]*(?P<share>\d*\.?\d+\s*%?)?")


def country_from_text(item: Column, text: str) -> Any:
    """One country."""
    code = country(text)
    if code is None:
        raise Unfit(f"is not a country{candidates(text)}", _remedy(item))
    return code if code == text else Changed(code, f"read as {code}")


def list_from_text(item: Column, text: str) -> Any:
    """Several names. Commas separate only where there is no semicolon and no line break."""
    return tuple(_parts(text))


def countries_from_text(item: Column, text: str) -> Any:
    """Several countries."""
    return _codes(item, [text] if country(text) else _parts(text))


def origin_from_text(item: Column, text: str) -> Any:
    """One country, or several with shares that add up to one."""
    if country(text):  # a name such as "Tanzania, United Republic of" holds a comma
        code = country_from_text(item, text)
        return Changed(((code.value, 1.0),), code.how) if isinstance(code, Changed) else ((code, 1.0),)
    parts = [match for part in _parts(text) if (match := _WITH_SHARE.fullmatch(part))]
    codes = _codes(item, [match["country"] for match in parts])
    names = codes.value if isinstance(codes, Changed) else codes
    shares = _shares([match["share"] for match in parts])
    if len(set(names)) < len(names):
        raise Unfit("names a country twice", _SHARES_REMEDY)
    origin = tuple(zip(names, shares, strict=True))
    return Changed(origin, codes.how) if isinstance(codes, Changed) else origin


_SHARES_REMEDY = "Write each country with its share, together 100 %: CHN 60 %; AUS 40 %."


def _shares(texts: list[str | None]) -> list[float]:
    shares = [Decimal(text.rstrip("% ")) / (100 if "%" in text else 1) for text in texts if text]
    if not texts or len(shares) < len(texts):
        raise Unfit("does not give every country its share", _SHARES_REMEDY)
    if not all(shares):
        raise Unfit("has a share of nothing", _SHARES_REMEDY)
    if not math.isclose(sum(shares), 1, abs_tol=1e-6):
        raise Unfit(f"has shares that add up to {float(sum(shares)) * 100:.6g} %", _SHARES_REMEDY)
    return [float(share) for share in shares]


def _parts(text: str) -> list[str]:
    separators = r"[;\n]" if re.search(r"[;\n]", text) else ","
    return [part.strip(AROUND) for part in re.split(separators, text) if part.strip(AROUND)]


def _codes(item: Column, names: list[str]) -> Any:
    codes = []
    for name in names:
        code = country(name)
        if code is None:
            raise Unfit(f"names {name!r}, which is not a country{candidates(name)}", _remedy(item))
        codes.append(code)
    return tuple(codes) if codes == names else Changed(tuple(codes), f"read as {'; '.join(codes)}")


def _remedy(item: Column) -> str:
    return f"Type the ISO 3166 code or name, or REC for secondary material{or_blank(item)}."
