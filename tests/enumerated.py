"""Small problems of the published kinds, with the cost of the best of all their plans.

Quantities are whole lots, so that the plans can be counted and tried one by one, in arithmetic of a few lines.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from math import inf

from tests.published import Sheets, drawn, settings

Problem = tuple[Sheets, float]
"""A workbook's sheets, and the least cost."""


def price_segments(kind: str) -> Problem:
    """Two suppliers over two months, in lots of 10: one with a minimum order, one whose price falls from 40 t on.

    Holding costs 1 USD a tonne and month; each order costs 30.
    """
    needs, fixed, step = (30, 40), 30.0, 40

    def price(quantity: int) -> float:
        """What the supplier with steps asks for an order: 11 a tonne, from 40 t on 8."""
        if kind == "all units":
            return quantity * (8.0 if quantity >= step else 11.0)
        return 11.0 * min(quantity, step) + 8.0 * max(0, quantity - step)

    def cost(a: tuple[int, int], b: tuple[int, int]) -> float:
        stock = a[0] + b[0] - needs[0]
        enough = stock >= 0 and stock + a[1] + b[1] >= needs[1]
        if not enough or any(0 < quantity < 20 for quantity in a):
            return inf
        left = stock + a[1] + b[1] - needs[1]
        orders = sum(quantity > 0 for quantity in (*a, *b))
        return 10.0 * sum(a) + sum(map(price, b)) + fixed * orders + stock + left

    lots = range(0, 80, 10)
    offers = [
        {"offer": "a", "supplier": "A", "price": 10.0, "minimum order": 20},
        {"offer": "b", "supplier": "B", "price": 11.0},
    ]
    sheets = {
        "Settings": settings(2),
        "Offers": [
            {"material": "Item", "lot": 10, "fixed order cost": fixed, "capacity per period": 70} | offer for offer in offers
        ],
        "PriceBreaks": [{"offer": "b", "from quantity": step, "price": 8.0, "kind": kind}],
        "Traders": [{"trader": "Buyer"}],
        **drawn("Item", needs, **{"holding cost": 12.0}),
    }
    return sheets, min(cost(a, b) for a in product(lots, repeat=2) for b in product(lots, repeat=2))


def several_traders(exclusive: str) -> Problem:
    """Two traders, the dearer of whom must get 40 % of the spend; two offers, each of which one trader or both may sign."""
    need, prices, fees, least = 100, {"a": 10.0, "b": 10.4}, {"X": 0.0, "Y": 0.05}, 0.4

    def cost(plan: dict[tuple[str, str], int]) -> float:
        spent = {
            trader: sum(plan[offer, trader] * price * (1 + fees[trader]) for offer, price in prices.items()) for trader in fees
        }
        shared = any(plan[offer, "X"] and plan[offer, "Y"] for offer in prices)
        within = all(plan[offer, "X"] + plan[offer, "Y"] <= 80 for offer in prices)
        if sum(plan.values()) < need or not within or (exclusive == "yes" and shared):
            return inf
        total = sum(spent.values())
        return total if spent["Y"] >= least * total - 1e-9 else inf

    lanes = list(product(prices, fees))
    plans = (dict(zip(lanes, quantities, strict=True)) for quantities in product(range(0, 90, 10), repeat=len(lanes)))
    sheets = {
        "Settings": settings(1),
        "Offers": [
            {
                "offer": offer, "supplier": offer.upper(), "material": "Item", "price": price, "lot": 10,
                "capacity per period": 80, "exclusive": exclusive,
            } for offer, price in prices.items()
        ],
        "Traders": [{"trader": "X", "fee": fees["X"]}, {"trader": "Y", "fee": fees["Y"], "minimum share": least}],
        **drawn("Item", [need]),
    }  # fmt: skip
    return sheets, min(map(cost, plans))


CONTRACTS = {"North": 60, "East": 80, "South": 40}
CAPACITY = {"A": 80, "B": 60, "C": 100}
PRICES = {"North": (5.0, 8.0, 9.0), "East": (7.0, 5.0, 9.0), "South": (9.0, 6.0, 5.0)}
"""By contract, each supplier's price."""


def least_number_of_suppliers(number: int) -> Problem:
    """Three contracts, three suppliers with a capacity over all contracts, and several suppliers for each contract.

    A supplier counts from a fifth of what the contract gets, and delivers in lots of 20 t.
    """
    sheets: Sheets = {
        "Settings": settings(1),
        "Materials": [],
        "Demand": [],
        "Suppliers": [{"supplier": name, "capacity per period": limit} for name, limit in CAPACITY.items()],
        "Offers": [
            {"offer": f"{supplier} {contract}", "supplier": supplier, "material": contract, "price": price, "lot": 20}
            for contract, prices in PRICES.items()
            for supplier, price in zip(CAPACITY, prices, strict=True)
        ],
        "Policy": [
            {
                "rule": "Enough suppliers", "kind": "count", "attribute": "supplier", "scope": "each material",
                "sense": "at least", "limit": number, "minimum share": 0.2,
            }
        ],
        "Traders": [{"trader": "Buyer"}],
    }  # fmt: skip
    for contract, size in CONTRACTS.items():
        for sheet, rows in drawn(contract, [size]).items():
            sheets[sheet] += rows
    return sheets, min(_deliveries(number).values())


def _deliveries(number: int) -> Mapping[tuple[int, ...], float]:
    """The least cost of serving all contracts, by what each supplier delivers in all."""
    cheapest: dict[tuple[int, ...], float] = {(0, 0, 0): 0.0}
    for contract, size in CONTRACTS.items():
        longer: dict[tuple[int, ...], float] = {}
        for (load, cost), row in product(cheapest.items(), list(_services(size, number))):
            sums = tuple(before + quantity for before, quantity in zip(load, row, strict=True))
            total = cost + sum(quantity * price for quantity, price in zip(row, PRICES[contract], strict=True))
            if all(quantity <= most for quantity, most in zip(sums, CAPACITY.values(), strict=True)):
                longer[sums] = min(total, longer.get(sums, inf))
        cheapest = longer
    return cheapest


def _services(size: int, number: int) -> Iterator[Sequence[int]]:
    """Every way in which enough suppliers deliver enough to one contract."""
    for row in product(range(0, 120, 20), repeat=3):
        if sum(row) >= size and sum(quantity >= 0.2 * sum(row) for quantity in row if quantity) >= number:
            yield row
