"""Whom the stockpile serves: Members and Commitments."""

from datetime import date

from models.records import CallOff, Commitment, Country, Member, Offer, OpeningStock, Settings
from tests.sense.book import month
from tests.sense.example import FAULT, WARNING, Example, add, both, drop, put

# fmt: off
MEMBERS = [
    Example("commitment that ends before it begins", put(Commitment, 2, from_date=month(5), to_date=month(4)), FAULT,
            Commitment, 2, "to_date", "the commitment of Gallium to Flyer ends on 2027-04-01, before it begins on 2027-05-01"),
    Example("two commitments on one day", put(Commitment, 1, from_date=month(3, 31)), FAULT, Commitment, 1, "from_date",
            "holds on days on which another row has it"),
    Example("commitment after the plan", put(Commitment, 2, from_date=month(7)), WARNING, Commitment, 2, "from_date",
            "the commitment of Gallium to Flyer holds at no period's end"),
    Example("commitment between two periods' ends", put(Commitment, 2, from_date=month(2), to_date=month(2, 27)), WARNING,
            Commitment, 2, "from_date", "holds at no period's end"),
    Example("the name of those without commitments", both(put(Member, 0, member="(No member)"),
            put(Commitment, 0, member="(No member)"), put(Commitment, 1, member="(No member)"),
            put(CallOff, 0, member="(No member)"), put(CallOff, 1, member="(No member)")), FAULT, Member, 0, "member",
            "stands for those who have committed to nothing"),
    Example("member without commitments", add(Member, member="Glass"), WARNING, Member, 2, "member",
            "Glass has no row in Commitments"),
    Example("commitments beyond the maximum stock", put(Commitment, 1, quantity=881.0), WARNING, Commitment, 2, "quantity",
            "members are entitled to 901 kg of Gallium at the end of 2027-04, and its maximum stock is 900 kg"),
    Example("shares above one", both(put(Commitment, 1, demand_share=0.7), put(Commitment, 2, demand_share=0.4)), FAULT,
            Commitment, 2, "demand_share", "the members' shares of the demand for Gallium add up to 110 % in 2027-04"),
    Example("clean origin that nobody offers", both(put(Offer, 0, refine_country="CHN"),
            put(OpeningStock, 0, origin_class=None)), WARNING, Commitment, 2, "material",
            "Flyer takes clean origin only, and all that is offered", more=1),
    Example("call-off of what draws stock", add(CallOff, member="Flyer", material="Antimony", date=month(2), quantity=1.0),
            FAULT, CallOff, 2, "material", "its demand draws the stock already"),
    Example("call-off after the plan", put(CallOff, 0, date=month(7)), WARNING, CallOff, 0, "date", "lies outside the plan"),
    Example("call-off long before the plan", put(CallOff, 0, date=date(2020, 5, 10)), WARNING, CallOff, 0, "date",
            "lies outside the plan"),
    Example("call-off above the entitlement", put(CallOff, 0, quantity=26.0), FAULT, CallOff, 0, "quantity",
            "what Maker calls off of Gallium on 2027-05-10 comes to 26 kg with what need not be replenished yet, and it is "
            "entitled to 25 kg"),
    Example("call-offs above it together", add(CallOff, member="Maker", material="Gallium", date=month(6), quantity=21.0),
            FAULT, CallOff, 2, "quantity", "comes to 33 kg"),
    Example("call-off without a commitment", put(Commitment, 1, from_date=month(6)), FAULT, CallOff, 0, "quantity",
            "it is entitled to 0 kg"),
    Example("replenished after the plan", both(put(Commitment, 1, replenish_periods=7), put(CallOff, 0, quantity=10.0)),
            WARNING, Commitment, 1, "replenish_periods",
            "is replenished within 7 periods, and the plan ends after 2027-06: it is not asked for"),
    Example("strike price of another unit", put(Commitment, 2, strike_price=3e5), WARNING, Commitment, 2, "strike_price",
            "strike price: USD 300,000 per kg of Gallium is 1,000 times the benchmark price of USD 300"),
    Example("carry that nobody pays", both(drop(Commitment), drop(CallOff), drop(Member)), WARNING, Settings, None,
            "carry_rate", "nobody has commitments"),
    Example("nothing is covered", put(Country, 0, covered=False), WARNING, Member, 1, "clean_origin_only",
            "Flyer takes clean origin only, and no country is covered", more=1),
]
