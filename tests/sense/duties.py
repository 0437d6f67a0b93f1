"""What the customs charge: Duties, tariff codes and delivery terms."""

from models.records import Duty, Material, Offer
from tests.sense.book import month
from tests.sense.example import FAULT, WARNING, Example, add, both, put

# fmt: off
DUTIES = [
    Example("duty that ends before it begins", put(Duty, 2, to_date=month(4)), FAULT, Duty, 2, "to_date",
            "301 on 8112.92 from CHN ends on 2027-04-01, before it begins on 2027-05-01"),
    Example("two duties on one day", put(Duty, 2, from_date=month(4, 30)), FAULT, Duty, 2, "from_date",
            "301 on 8112.92 from CHN holds on days on which another row has it"),
    Example("duty on an unknown origin", add(Duty, tariff_code="8112.92", kind="232", origin="CHM", rate=0.1), WARNING, Duty, 4,
            "origin", "'CHM' is no country and no bloc of this workbook; did you mean 'CHN'?"),
    Example("code that no duty is about", put(Duty, 3, origin="CHN"), FAULT, Offer, 2, "tariff_code",
            "offer Sb-1: no row of Duties is about 8110.10 from BOL for what arrives on 2027-01-01"),
    Example("code that no duty is about any more", put(Duty, 3, to_date=month(3, 15)), FAULT, Offer, 2, "tariff_code",
            "for what arrives on 2027-04-01"),
    Example("addition without its base", put(Duty, 0, origin="BOL"), WARNING, Offer, 1,
            "tariff_code", "is charged 301, and no MFN duty"),
    Example("code and rate", put(Offer, 2, duty_rate=0.02), WARNING, Offer, 2, "duty_rate",
            "offer Sb-1 has the tariff code 8110.10: its duty rate of 2 % counts for nothing"),
    Example("duty that the seller pays", put(Offer, 0, incoterm="DDP"), WARNING, Offer, 0, "incoterm",
            "offer Ga-1 is delivered DDP, with duty in the price"),
    Example("duty per kilogram of flasks", both(put(Material, 1, unit="flask"), put(Duty, 3, duty_unit="kg")), FAULT, Duty, 3,
            "duty_unit", "MFN on 8110.10 is per kg, and Antimony has no unit of mass", more=1),
    Example("a duty of 25 times the value", put(Duty, 1, rate=20.0), WARNING, Duty, 1, "rate", "is unusually high"),
]
