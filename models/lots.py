"""Orders in whole lots, as many as it takes, each of which may be a little more or less than its size."""

from __future__ import annotations

import math
from typing import NamedTuple

from models.case import Case
from models.records import Offer

NEAR = 1e-9
"""What arithmetic may leave of a lot."""


class Lots(NamedTuple):
    """What an offer comes in: lots of a size (material's unit), within a share of it."""

    size: float
    tolerance: float = 0.0

    @property
    def least(self) -> float:
        """The least that a lot can be."""
        return self.size * (1.0 - self.tolerance)

    @property
    def most(self) -> float:
        """The most that a lot can be."""
        return self.size * (1.0 + self.tolerance)

    def at_most(self, limit: float) -> float:
        """The most that whole lots can come to within a limit."""
        number = math.floor(limit / self.least + NEAR)
        return min(limit, number * self.most) if self.tolerance else number * self.size

    def at_least(self, quantity: float) -> float:
        """The least that whole lots, one at least, can come to from a quantity on."""
        number = max(1, math.ceil(quantity / self.most - NEAR))
        return max(quantity, number * self.least) if self.tolerance else number * self.size

    def below(self, quantity: float) -> float:
        """The most that whole lots of exactly their size come to that is less than a quantity."""
        return (math.ceil(quantity / self.size - NEAR) - 1) * self.size

    def number(self, quantity: float) -> int:
        """How many lots a quantity is: of those that it fits, or else nearly does, the nearest to their size."""
        fewest, largest = math.ceil(quantity / self.most - NEAR), math.floor(quantity / self.least + NEAR)
        nearest = round(quantity / self.size)
        return min(max(nearest, fewest), largest) if fewest <= largest else nearest

    def nearest(self, quantity: float) -> float:
        """What whole lots can come to that is nearest to a quantity."""
        number = self.number(quantity)
        return min(max(quantity, number * self.least), number * self.most)


def lots_of(case: Case, offer: Offer) -> Lots | None:
    """The lots of an offer; nothing where it comes in any quantity."""
    lot = case.lot(offer)
    return None if lot is None else Lots(lot, offer.lot_tolerance)
