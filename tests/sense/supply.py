"""What is needed and what can be there: floors, targets, demand, depots and open orders."""

from datetime import date

from models.records import (
    CallOff,
    Decision,
    Demand,
    Depot,
    Mandate,
    Material,
    Offer,
    OpeningStock,
    OpenOrder,
    Policy,
    PriceBreak,
    PriceImpact,
    Settings,
    Supplier,
)
from tests.sense.book import month
from tests.sense.example import FAULT, NOTE, WARNING, Example, add, both, drop, put

NO_GALLIUM = both(
    drop(Offer, 0, 1), drop(PriceBreak), drop(Policy, 0, 1, 3), drop(Decision, 0), put(OpenOrder, 0, offer=None)
)  # fmt: skip
"""Nothing of gallium can be bought."""
NONE_EARLY = both(put(Material, 0, minimum_stock=None), put(Offer, 0, lead_days=60.0))
"""In January nothing of gallium arrives, and none need be in stock."""

# fmt: off
SUPPLY = [
    # 3 kg a day: 20 days are 60 kg, from May. 20 kg in stock + 30 kg on order = 50, and nothing can be bought.
    Example("floor and no offer", both(NO_GALLIUM, drop(CallOff)), FAULT, Material, 0, "floor_days",
            "asks for 60 kg at the end of 2027-05, and no more than 50 kg can be there"),
    Example("target and no offer", both(NO_GALLIUM, put(Material, 0, floor_days=None)), WARNING, Material, 0, "material",
            "nothing of it can be bought within the plan: no offer is for Gallium"),
    # 200 days are 600 kg. Orders that arrive by 31 May: Ga-1 (30 days) of January to May, 5 · 40; Ga-2 (60 days) of January
    # to April, 4 · 80. With 20 in stock and 30 on order: 570.
    Example("floor above capacity and lead times",
            both(put(Material, 0, floor_days=200.0, target_cover_days=None, ramp_to=None, participation_cap=None),
                 put(Offer, 0, capacity_per_period=40.0), drop(CallOff)), FAULT, Material, 0, "floor_days",
            "600 kg at the end of 2027-05, and no more than 570 kg can be there: 20 kg opening stock, 30 kg open orders, 520"),
    # 190 days are 570 kg, and one kilogram less of the maximum total is one too few.
    Example("floor above a maximum total",
            both(put(Material, 0, floor_days=190.0, target_cover_days=None, ramp_to=None, participation_cap=None),
                 put(Offer, 0, capacity_per_period=40.0), put(Offer, 1, maximum_total=319.0), drop(CallOff)),
            FAULT, Material, 0, "floor_days", "no more than 569 kg can be there"),
    # The supplier's 30 kg a period hold both back: 5 · 30 for Ga-1 and nothing else: 20 + 30 + 150 = 200 < 210.
    Example("floor above a supplier's capacity",
            both(put(Material, 0, floor_days=70.0, target_cover_days=None, ramp_to=None, participation_cap=None), drop(Offer,
            1),
                 put(Supplier, 0, capacity_per_period=30.0), put(PriceBreak, 1, from_quantity=25.0), drop(Policy, 3),
                 drop(CallOff)),
            FAULT, Material, 0, "floor_days", "no more than 200 kg can be there", more=1),
    # 1 % of 15,000 kg a year are 12.5 a month: 20 + 30 + 5 · 12.5 = 112.5 of the 180 that 60 days ask for.
    Example("floor above the participation cap",
            both(put(Material, 0, floor_days=60.0, participation_cap=0.01, accessible_world_supply=15000.0), drop(PriceImpact),
                 drop(CallOff)),
            WARNING, Material, 0, "floor_days", "no plan can exist: Gallium: the floor of 60 days asks for 180 kg at the end "
            "of 2027-05, and the participation cap lets no more than 112.5 kg be there: it allows 12.5 kg per period"),
    # The whole target of 120 days, 360 kg, holds from April: 20 + 30 + 4 · 25 within a cap of 25 a month; in June 200.
    Example("target out of reach", both(put(Material, 0, target_cover_days=120.0, participation_cap=0.01), drop(PriceImpact)),
            WARNING, Material, 0, "target_cover_days",
            "out of reach from 2027-04 to 2027-06: 360 kg are wanted at the end of 2027-04"),
    # 15 t in stock meet January's 12; by the end of February 24 are needed, and what is ordered arrives in March.
    Example("demand before anything arrives", both(put(Offer, 2, lead_days=60.0), put(Offer, 3, lead_days=60.0)), FAULT,
            Demand, 1, "quantity", "demand of 24 t by the end of 2027-02 must be met, and no more than 15 t can be there"),
    Example("flat demand before anything arrives",
            both(drop(Demand), put(Material, 1, annual_demand=144.0), put(Offer, 2, lead_days=60.0), put(Offer, 3,
            lead_days=60.0)),
            FAULT, Material, 1, "annual_demand", "demand of 24 t by the end of 2027-02 must be met"),
    # 15 kg in stock; the 30 kg on order arrive in February, and what is bought in March.
    Example("call-offs before anything arrives",
            both(NONE_EARLY, put(CallOff, 1, date=month(1, 10), quantity=20.0), put(OpeningStock, 0, quantity=15.0)), FAULT,
            CallOff, 1, "quantity", "Gallium: call-offs of 20 kg by the end of 2027-01 must be met, and no more than 15 kg"),
    # 15 kg called off in February and 12 in May leave 23 of 50 for the floor.
    Example("floor after call-offs, and no offer", both(NO_GALLIUM, put(Material, 0, floor_days=10.0)), FAULT, Material, 0,
            "floor_days", "asks for 30 kg at the end of 2027-05, after call-offs of 27 kg by the end of 2027-05 must be met, "
            "and no more than 50 kg can be there"),
    Example("minimum stock from the first day", put(Material, 0, minimum_stock=90.0), FAULT, Material, 0, "minimum_stock",
            "asks for 90 kg at the end of 2027-01, and no more than 80 kg can be there"),
    Example("no trader may buy", both(put(Mandate, 0, allowed=False), put(Mandate, 2, allowed=False), drop(Decision, 0)),
            FAULT, Material, 0, "floor_days", "no trader may buy on its offers: North has no mandate for Gallium, South has"),
    Example("no demand to cover", put(Material, 0, annual_demand=None, minimum_stock=None), WARNING, Material, 0,
            "target_cover_days", "is to cover 60 days of demand, but has no demand"),
    Example("offers that nobody needs", both(add(Material, material="Tin"), add(Mandate, trader="North", material="Tin"),
            add(Offer, offer="Sn", supplier="Andes", material="Tin", price=25000.0)), NOTE, Material, 2, "target_cover_days",
            "Tin: there are offers, but no target"),
    Example("floor above maximum stock", put(Material, 0, maximum_stock=50.0), FAULT, Material, 0, "maximum_stock",
            "its floor asks for 60 kg at the end of 2027-05, and its maximum stock is 50 kg"),
    Example("opening stock above maximum stock", both(
            put(OpeningStock, 0, quantity=250.0), put(Material, 0, maximum_stock=200.0)), FAULT, Material, 0, "maximum_stock",
            "opening stock and open orders leave at least"),
    Example("floor above all depots", put(Depot, 0, capacity=55.0), FAULT, Material, 0, "storage_class",
            "its floor asks for 60 kg at the end of 2027-05, and all depots that take it hold 55 kg"),
]

MATERIALS = [
    Example("ramp backwards", put(Material, 0, ramp_from=month(5)), FAULT, Material, 0, "ramp_to",
            "the ramp ends on 2027-04-01, before it begins on 2027-05-01"),
    Example("minimum above maximum stock", both(put(Material, 1, minimum_stock=15.0, maximum_stock=14.0)), FAULT, Material, 1,
            "minimum_stock", "the minimum stock of 15 t is above the maximum stock of 14 t", more=1),
    Example("cap of no supply", both(put(Material, 0, accessible_world_supply=None), drop(PriceImpact)), WARNING, Material, 0,
            "accessible_world_supply", "the participation cap of 10 % has no effect"),
    Example("floor above target", put(Material, 0, target_cover_days=15.0), WARNING, Material, 0, "floor_days",
            "the floor of 20 days is above the target of 15 days"),
    Example("demand before the plan", add(Demand, material="Antimony", date=date(2026, 12, 5), quantity=12.0), WARNING, Demand,
            6, "date", "1 of 7 rows are dated before the plan starts on 2027-01-01 (the first here, 2026-12-05)"),
    Example("gap in demand", drop(Demand, 2, 3), WARNING, Demand, 0, "date", "has no row for 2027-03, 2027-04"),
    Example("demand above the world's supply", put(Material, 0, accessible_world_supply=30.0, participation_cap=None), WARNING,
            Material, 0, "accessible_world_supply",
            "demand of 1,095 kg a year is 36.5 times the accessible world supply of 30 kg"),
    Example("loss of two thirds", put(Material, 0, loss_rate=0.66), WARNING, Material, 0, "loss_rate",
            "a loss rate of 66 % is unusually high; 0.66 % would be 0.0066"),
    Example("discount rate of 60 %", put(Settings, 0, discount_rate=0.6), WARNING, Settings, None, "discount_rate",
            "a discount rate of 60 % is unusually high"),
    Example("plan past all years", put(Settings, 0, start_date=date(2190, 1, 1), periods=240), FAULT, Settings, None,
            "start_date", "looks ahead to 2210; no year after 2200 is accepted"),
]

STOCK = [
    Example("depot closes before it opens", put(Depot, 1, to_date=date(2026, 1, 1)), FAULT, Depot, 1, "to_date",
            "Ohio closes on 2026-01-01, before it opens on 2027-01-01"),
    Example("depot opens after the plan", add(Depot, depot="Iowa", storage_class="yard", from_date=month(8)), WARNING, Depot, 2,
            "from_date", "Iowa takes no goods within the plan"),
    Example("no depot of the class", put(Material, 0, storage_class="cold store"), FAULT, Material, 0, "storage_class",
            "needs storage class 'cold store', and no depot has it; there are 'vault', 'yard'"),
    Example("stock where it cannot lie", put(OpeningStock, 0, depot="Ohio"), FAULT, OpeningStock, 0, "depot",
            "Ohio does not take Gallium, whose storage class is 'vault'"),
    # 120 t less a month's 12 are 108 above 100.
    Example("more in stock than fits", put(OpeningStock, 1, quantity=120.0), FAULT, Depot, 1, "capacity",
            "Ohio holds 100 t, and 120 t lie there at the start, of which at least 108 t stay", more=1),
    Example("more in stock than fits, for a month", put(OpeningStock, 1, quantity=110.0), WARNING, Depot, 1, "capacity",
            "Ohio holds 100 t, and 110 t lie there at the start, until demand draws on them"),
    Example("depot of pieces and kilograms", both(put(Depot, 0, storage_class=None), put(Material, 1, unit="ingot"),
            drop(Policy, 2),
            put(Offer, 3, supplier="Andes")), FAULT, Depot, 0, "storage_class",
            "Utah may hold Antimony in ingot, Gallium in kg, which cannot be added up"),
    Example("order of another material", put(OpenOrder, 0, offer="Sb-1"), FAULT, OpenOrder, 0, "material",
            "order PO-7 is of Gallium, and its offer Sb-1 is for Antimony"),
    Example("order of another supplier", put(OpenOrder, 0, supplier="Andes"), WARNING, OpenOrder, 0, "supplier",
            "order PO-7 is from Andes, but its offer Ga-1 is from Rhine"),
    Example("order before the plan", put(OpenOrder, 0, arrival=date(2026, 12, 30)), FAULT, OpenOrder, 0, "arrival",
            "order PO-7 arrives on 2026-12-30, before the plan starts on 2027-01-01"),
    Example("order after the plan", put(OpenOrder, 0, arrival=month(7)), WARNING, OpenOrder, 0, "arrival",
            "order PO-7 arrives on 2027-07-01, after the plan ends on 2027-06-30"),
    Example("stock from the future", both(put(OpeningStock, 0, received=month(2)), put(Material, 0, shelf_life=8)), WARNING,
            OpeningStock, 0, "received", "came on 2027-02-01, after the plan starts"),
    Example("day of stock that keeps", put(OpeningStock, 0, received=date(2026, 5, 1)), NOTE, OpeningStock, 0, "received",
            "Gallium has no shelf life"),
    Example("stock past its shelf life", both(put(OpeningStock, 0, received=date(2026, 5, 1)), put(Material, 0, shelf_life=8)),
            WARNING, OpeningStock, 0, "received", "its shelf life of 8 months is over at once"),
    Example("depot of its own only", put(Depot, 1, related_trader="South"), WARNING, Depot, 1, "related_trader",
            "South can buy Antimony, which only depots of its own take"),
    Example("order at a closed depot", put(Depot, 0, from_date=month(3)), FAULT, OpenOrder, 0, "arrival",
            "no depot that takes Gallium is open at the end of 2027-02"),
    Example("order from a supplier under sanctions", both(put(Supplier, 0, sanctioned=True), drop(Decision)), WARNING,
            OpenOrder, 0, "offer", "is under sanctions: it is still planned with"),
    Example("cancel fee for nothing", put(OpenOrder, 0, cancel_fee=5.0), WARNING, OpenOrder, 0, "cancel_fee",
            "cannot be cancelled"),
    Example("defer fee for nothing", put(OpenOrder, 0, defer_fee=5.0), WARNING, OpenOrder, 0, "defer_fee",
            "cannot be deferred"),
    Example("tolerance of no lot", put(Offer, 1, lot=None, lot_tolerance=0.1), WARNING, Offer, 1, "lot_tolerance",
            "comes in any quantity: its lot tolerance counts for nothing"),
    Example("paid and cancelled", put(OpenOrder, 0, cancellable=True, paid=True), WARNING, OpenOrder, 0, "cancellable",
            "what has been paid is not paid back"),
    Example("deferred beyond the plan", put(OpenOrder, 0, deferrable=9), NOTE, OpenOrder, 0, "deferrable",
            "can be deferred by 9 periods, and only 4 are left after its arrival"),
    Example("order for nothing", put(OpenOrder, 0, price=None), WARNING, OpenOrder, 0, "price",
            "order PO-7 is not paid and has no price"),
    Example("stock of a century", both(put(OpeningStock, 0, quantity=200000.0), put(Material, 0, maximum_stock=None),
            put(Depot, 0, capacity=None)), WARNING, OpeningStock, 0, "quantity",
            "quantity of 200,000 kg is 182.648 times a year's demand of 1,095 kg"),
]
# fmt: on
