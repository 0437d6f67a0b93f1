"""Cells that name countries or several things: one country, several, several with their shares, a list of names."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from models.records import Column
from planner.validate.countries import candidates, country
from planner.validate.unfit import AROUND, Changed, Unfit, or_blank, shown

MOST_COMMAS = 4
"""Commas that a name may hold: `Smith, Jones & Co`, `Tanzania, United Republic of`."""

_SHARE = re.compile(r"(\d+(\.\d+)?|\.\d+)\s*%?")


def country_from_text(item: Column, text: str) -> Any:
    """One country."""
    code = country(text)
    if code is None:
        raise Unfit(f"is not a country{candidates(text)}", _remedy(item))
    return code if code == text else Changed(code, f"read as {code}")


def list_from_text(names: frozenset[str], item: Column, text: str) -> Any:
    """Several names; those given are known and may hold commas, and so may countries."""
    return tuple(_parts(text, lambda part: part in names or country(part) is not None))


def countries_from_text(item: Column, text: str) -> Any:
    """Several countries."""
    return _codes(item, _parts(text, lambda part: country(part) is not None))


def origin_from_text(item: Column, text: str) -> Any:
    """One country, or several with shares that add up to one."""
    parts = [_country_and_share(part) for part in _parts(text, lambda part: country(_country_and_share(part)[0]) is not None)]
    codes = _codes(item, [name for name, _ in parts])
    names = codes.value if isinstance(codes, Changed) else codes
    if len(parts) == 1 and not parts[0][1]:
        parts = [(names[0], "1")]
    shares = _shares([share for _, share in parts])
    if len(set(names)) < len(names):
        raise Unfit("names a country twice", _SHARES_REMEDY)
    origin = tuple(zip(names, shares, strict=True))
    return Changed(origin, codes.how) if isinstance(codes, Changed) else origin


_SHARES_REMEDY = "Write each country with its share, together 100 %: CHN 60 %; AUS 40 %."


def _country_and_share(part: str) -> tuple[str, str]:
    """`CHN 60 %` → `CHN` and `60 %`; the share is empty where there is none."""
    name = part.removesuffix("%").rstrip().rstrip("0123456789.")
    share = part[len(name) :]
    return (name.rstrip(" \t:="), share) if _SHARE.fullmatch(share) else (part, "")


def _shares(texts: list[str]) -> list[float]:
    shares = [Decimal(text.rstrip("% ")) / (100 if "%" in text else 1) for text in texts if text]
    if not texts or len(shares) < len(texts):
        raise Unfit("does not give every country its share", _SHARES_REMEDY)
    if not all(shares):
        raise Unfit("has a share of nothing", _SHARES_REMEDY)
    if not math.isclose(sum(shares), 1, abs_tol=1e-6):
        raise Unfit(f"has shares that add up to {float(sum(shares)) * 100:.6g} %", _SHARES_REMEDY)
    return [float(share) for share in shares]


def _parts(text: str, is_name: Callable[[str], bool]) -> list[str]:
    """The parts of a list. Commas separate only where there is no semicolon and no line break, and never within a name."""
    if re.search(r"[;\n]", text):
        parts = re.split(r"[;\n]", text)
    else:
        pieces, parts = text.split(","), []
        while pieces:
            lengths = range(min(len(pieces), MOST_COMMAS + 1), 1, -1)
            length = next((n for n in lengths if is_name(",".join(pieces[:n]).strip(AROUND))), 1)
            parts.append(",".join(pieces[:length]))
            del pieces[:length]
    return [part.strip(AROUND) for part in parts if part.strip(AROUND)]


def _codes(item: Column, names: list[str]) -> Any:
    codes = []
    for name in names:
        code = country(name)
        if code is None:
            raise Unfit(f"names '{shown(name)}', which is not a country{candidates(name)}", _remedy(item))
        codes.append(code)
    return tuple(codes) if codes == names else Changed(tuple(codes), f"read as {'; '.join(codes)}")


def _remedy(item: Column) -> str:
    return f"Type the ISO 3166 code or name, or REC for secondary material{or_blank(item)}."
