"""What may come: Scenarios and Shocks."""

from models.records import Hazard, Scenario, Settings, Shock
from tests.sense.book import month
from tests.sense.example import FAULT, WARNING, Example, add, both, drop, put

# fmt: off
SCENARIOS = [
    Example("states above one", put(Scenario, 1, probability=0.9), FAULT, Scenario, 1, "probability",
            "the states of group state exclude each other, and their probabilities add up to 110 %"),
    Example("the normal state's name", both(put(Scenario, 2, scenario="Normal"), put(Shock, 2, scenario="Normal"),
            put(Shock, 3, scenario="Normal")), FAULT, Scenario, 2, "scenario", "is that of the state in which nothing happens"),
    Example("name like that of two", both(put(Scenario, 2, scenario="ban + quota"), put(Shock, 2, scenario="ban + quota"),
            put(Shock, 3, scenario="ban + quota")), FAULT, Scenario, 2, "scenario", "holds ' + '"),
    Example("groups alike but for case", both(put(Scenario, 0, probability=0.8), put(Scenario, 1, group="State")), FAULT,
            Scenario, 1, "probability", "exclude each other, and their probabilities add up to 110 %"),
    Example("factors beyond reason", both(*(add(Shock, scenario="spike", hits="index", name="Ga spot", price_factor=1000.0)
            for _ in range(3))), WARNING, Shock, 4, "scenario", "come together to more than price factors of a million"),
    Example("depths out of order", add(Hazard, hazard="h", hits="country", name="CHN", frequency=1.0, length_days=30.0,
            least_availability=0.5, likely_availability=0.2), FAULT, Hazard, 1, "likely_availability",
            "do not rise from the least to the most"),
    Example("correlated with nothing", add(Hazard, hazard="h", hits="country", name="CHN", frequency=1.0, length_days=30.0,
            correlation=0.5), WARNING, Hazard, 1, "correlation", "hazard h has no driver"),
    Example("hazard of something unknown", add(Hazard, hazard="h", hits="plant", name="P", frequency=1.0, length_days=30.0),
            FAULT, Hazard, 1, "name", "hazard h: 'P' is no plant of this workbook"),
    Example("scenario that never comes", put(Scenario, 2, probability=0.0), WARNING, Scenario, 2, "probability",
            "scenario spike has a probability of 0"),
    Example("scenarios without shocks", drop(Shock), WARNING, Scenario, 0, "scenario", "no scenario has a shock"),
    Example("too many combinations", put(Settings, 0, max_scenarios=2), WARNING, Settings, None,
            "max_scenarios", "combine in more ways than 2: the most probable ones are planned with, and the others, 28 %"),
    Example("risk without scenarios", both(drop(Scenario), drop(Shock), put(Settings, 0, risk_weight=1.0)), WARNING,
            Settings, None, "risk_weight", "there are no scenarios with shocks: 'risk weight' counts for nothing"),
    Example("shock on something unknown", put(Shock, 1, name="Parl"), FAULT, Shock, 1, "name",
            "shock of quota: 'Parl' is no supplier of this workbook; did you mean 'Pearl'?", more=1),
    Example("shock on an unknown material", put(Shock, 3, name="bulky"), FAULT, Shock, 3, "name",
            "'bulky' is no material of this workbook; did you mean 'bulk'?", more=1),
    Example("shock about an unknown material", put(Shock, 0, scope_="Galium"), FAULT, Shock, 0, "scope_",
            "scope 'Galium' is no material and no group; did you mean 'Gallium'?", more=1),
    Example("shock after the plan", put(Shock, 0, from_date=month(7)), WARNING, Shock, 0, "from_date",
            "is on before or after the plan, which runs from 2027-01-01 to 2027-06-30"),
    Example("shock that ends before the plan", put(Shock, 1, from_date=month(-3)), WARNING, Shock, 1, "from_date",
            "is on before or after the plan"),
    Example("delay longer than the plan", put(Shock, 1, delay_days=200.0), WARNING, Shock, 1, "delay_days",
            "delays by 200 days, and the plan has 181"),
    Example("shock that changes nothing", put(Shock, 0, availability=1.0), WARNING, Shock, 0, "availability",
            "changes neither availability nor price, demand or delay"),
    Example("demand of a supplier", put(Shock, 1, demand_factor=2.0), WARNING, Shock, 1, "demand_factor",
            "hits a supplier: its demand factor counts for nothing"),
    Example("stage of a supplier", put(Shock, 1, stage="mine"), WARNING, Shock, 1, "stage", "its stage counts for nothing"),
    Example("an index that is not delivered", put(Shock, 2, availability=0.5), WARNING, Shock, 2, "availability",
            "hits an index, which delivers nothing"),
    Example("shock that touches nothing", put(Shock, 0, name="DEU", stage="owner", scope_="Antimony"), WARNING, Shock, 0,
            "scope_", "no offer and no open order of its scope is hit"),
]
