"""Countries: ISO 3166-1 codes and names."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from functools import cache, lru_cache

import pycountry

from models.records import SECONDARY
from planner.validate.names import bare, nearest

TRADE_NAMES: Mapping[str, str] = {
    "Russia": "RUS",
    "Turkey": "TUR",
    "UK": "GBR",
    "Great Britain": "GBR",
    "U.S.": "USA",
    "United States of America": "USA",
    "DRC": "COD",
    "DR Congo": "COD",
    "Democratic Republic of the Congo": "COD",
    "Congo (Kinshasa)": "COD",
    "Republic of the Congo": "COG",
    "Congo (Brazzaville)": "COG",
    "Republic of Korea": "KOR",
    "Ivory Coast": "CIV",
    "Burma": "MMR",
    "Swaziland": "SWZ",
    "Macedonia": "MKD",
    "Cape Verde": "CPV",
    "UAE": "ARE",
}
"""Names in common use that ISO 3166 does not list."""

AMBIGUOUS: Mapping[str, tuple[str, str]] = {"congo": ("COD", "COG"), "korea": ("KOR", "PRK")}
"""Names that mean one country to ISO 3166 and another to the trade (most cobalt is COD, not COG)."""


@lru_cache(maxsize=4096)  # a sheet names few countries many times
def country(text: str) -> str | None:
    """The alpha-3 code for a code or a name; nothing for what is no country or could be two."""
    return _known().get(_plain(text))


def candidates(text: str) -> str:
    """What to try instead, as the end of a sentence; empty if nothing is near."""
    both = AMBIGUOUS.get(_plain(text))
    if both:
        return f"; it could be {both[0]} or {both[1]}"
    guess = nearest(text.casefold(), _names())
    return f"; did you mean {_names()[guess]!r}?" if guess else ""


@cache
def _known() -> Mapping[str, str]:
    found = {_plain(name): code for name, code in TRADE_NAMES.items()} | {_plain(SECONDARY): SECONDARY}
    for item in pycountry.countries:
        for field in ("alpha_2", "alpha_3", "name", "common_name", "official_name"):
            name = getattr(item, field, "")
            if name and _plain(name) not in AMBIGUOUS:
                found.setdefault(_plain(name), item.alpha_3)
    return found


@cache
def _names() -> Mapping[str, str]:
    """Names and alpha-3 codes in small letters → code, for guesses."""
    names = {item.name.casefold(): item.alpha_3 for item in pycountry.countries}
    codes = {item.alpha_3.casefold(): item.alpha_3 for item in pycountry.countries}
    return names | codes | {name.casefold(): code for name, code in TRADE_NAMES.items()}


def _plain(text: str) -> str:
    """Without accents, case, spaces and marks."""
    return bare("".join(letter for letter in unicodedata.normalize("NFKD", text) if not unicodedata.combining(letter)))
