"""Where money comes from: Funding, Advances, and what Settings say of cash."""

from models.records import Advance, Funding, Settings
from tests.sense.book import month
from tests.sense.example import FAULT, WARNING, Example, both, drop, put

# fmt: off
SOURCES = [
    Example("loan with two rows", put(Funding, 3, source="Bank"), FAULT, Funding, 3, "source",
            "Bank has another row that is no tranche"),
    Example("tranche of nothing", put(Funding, 2, source="Bnak"), FAULT, Funding, 2, "source",
            "there is no loan named Bnak that this could be a tranche of"),
    Example("tranche of equity", put(Funding, 2, source="Owners"), FAULT, Funding, 2, "source",
            "there is no loan named Owners"),
    Example("tranches above the commitment", put(Funding, 2, amount=2.5e6), FAULT, Funding, 2, "amount",
            "the tranches of Bank come to USD 5,500,000, and its commitment is USD 5,000,000"),
    Example("interest on equity", put(Funding, 3, rate=0.08), WARNING, Funding, 3, "rate",
            "equity Owners: its rate counts for nothing"),
    Example("fee of a tranche", put(Funding, 1, upfront_fee=0.01), WARNING, Funding, 1, "upfront_fee",
            "tranche Bank: its upfront fee counts for nothing"),
    Example("more drawn than lent", put(Funding, 0, drawn=6e6), FAULT, Funding, 0, "drawn",
            "of Bank USD 6,000,000 are drawn, more than its USD 5,000,000"),
    Example("drawn before it is lent", put(Funding, 0, drawn=1e6, available_from=month(2)), FAULT, Funding, 0, "drawn",
            "of Bank USD 1,000,000 are drawn, and it cannot be drawn before 2027-02-01"),
    Example("drawn of tranches to come", put(Funding, 0, drawn=4e6), FAULT,
            Funding, 0, "drawn", "its tranches that are open come to USD 3,000,000"),
    Example("lent after the plan", put(Funding, 0, available_from=month(8), drawn=0.0), WARNING, Funding, 0, "amount",
            "nothing of Bank can be drawn before the plan ends"),
    Example("repaid before it is lent",
            put(Funding, 0, available_from=month(20), drawn=0.0, repay_from=None, repay_by=month(10)),
            FAULT, Funding, 0, "repay_by", "Bank is repaid by 2027-10-01, and cannot be drawn before 2028-08-01", more=1),
    Example("repaid without an end", put(Funding, 0, repay_by=None), WARNING, Funding, 0, "repay_from",
            "no day is given by which"),
    Example("repaid from the end on", put(Funding, 0, repay_from=month(30)), FAULT, Funding, 0, "repay_from",
            "which is not before 2029-06-01"),
    Example("interest without its sign", put(Funding, 0, rate=0.48), WARNING, Funding, 0, "rate",
            "a rate of 48 % is unusually high"),
    Example("advance on nothing", put(Advance, 0, group="nichee"), FAULT, Advance, 0, "group",
            "'nichee' is neither a material nor a group"),
    Example("advances without a loan", drop(Funding, 0, 1, 2), WARNING, Advance, 0, "in_depot", "no loan is there"),
    Example("cash without funding", both(drop(Funding), drop(Advance), put(Settings, 0, opening_cash=None)), WARNING,
            Settings, None, "minimum_cash", "no cash is planned: minimum cash counts for nothing"),
]
