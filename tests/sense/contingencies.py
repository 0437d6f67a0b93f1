"""What may be lost: Contingencies."""

from models.records import Contingency, Offer
from tests.sense.book import month
from tests.sense.example import FAULT, WARNING, Example, both, contingency, put

# fmt: off
CONTINGENCIES = [
    Example("nothing is lost", contingency(names=()), FAULT, Contingency, 1, "names", "and names nothing that is lost"),
    Example("names beside a kind", contingency(kind="each supplier", exempt=("Pearl",)), WARNING, Contingency, 1, "names",
            "is about each supplier: its names count for nothing"),
    Example("exemption beside names", contingency(exempt=("CHN",)), WARNING, Contingency, 1, "exempt",
            "names what is lost: what it exempts counts for nothing"),
    Example("loss of something unknown", contingency(names=("DEU", "Parl")), FAULT, Contingency, 1, "names",
            "'Parl' is no country, supplier or plant of this workbook; did you mean 'Pearl'?"),
    Example("exemption of something unknown", contingency(kind="each country", names=(), exempt=("Rhin",)), FAULT, Contingency,
            1, "exempt", "'Rhin' is no country, supplier or plant"),
    Example("contingency of an unknown material", contingency(scope_="Galium"), FAULT, Contingency, 1, "scope_",
            "scope 'Galium' is no material and no group; did you mean 'Gallium'?"),
    Example("more days than the plan has", contingency(days_to_survive=200.0), WARNING, Contingency, 1, "days_to_survive",
            "asks for 200 days, and the plan has 181: it has no effect"),
    Example("contingency after the plan", contingency(from_date=month(7)), WARNING, Contingency, 1, "from_date",
            "holds from 2027-07-01, after the plan's last period has begun"),
    Example("nothing is essential", contingency(essential_share=0.0), WARNING, Contingency, 1, "essential_share",
            "nothing of the demand is essential"),
    Example("hard contingency with a penalty", contingency(penalty=5.0), WARNING, Contingency, 1, "penalty",
            "is hard: its penalty of USD 5 counts for nothing"),
    Example("too little in stock at first", contingency(scope_="Gallium", from_date=None), WARNING, Contingency, 1, "from_date",
            "asks for 90 kg of Gallium on the plan's first day, and 20 kg are in stock: no plan can exist"),
    Example("a loss that leaves nothing", both(contingency(kind="each country", names=(), scope_="Gallium"),
            put(Offer, 1, route=("DEU",))), WARNING, Contingency, 1, "kind",
            "some losses leave no offer, so that stock alone must last: Gallium (DEU)"),
]
