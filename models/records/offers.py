"""Sheet Offers: one row is a quote."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from models.records.incoterms import Incoterm
from models.records.schema import Choice, Country, Currency, Origin, Record, Scope, TextList, column
from models.records.units import PriceUnit


class Milestone(Choice):
    """What days and months are counted from."""

    ORDER = "order"
    ARRIVAL = "arrival"


class Offer(Record):
    """One supplier's quote for one material over a validity window, with its route and its terms."""

    sheet: ClassVar[str] = "Offers"
    scope: ClassVar[Scope] = "offer"
    key: ClassVar[tuple[str, ...]] = ("offer",)
    required: ClassVar[bool] = True
    keeps_attributes: ClassVar[bool] = True

    offer: str = column("Name of the quote.")
    supplier: str = column("Company that makes the offer.", refers="Suppliers.supplier")
    material: str = column("Material offered.", refers="Materials.material")
    mine_country: Origin = column(
        "Where it is mined: one country, or several with their shares (CHN 60 %; AUS 40 %); REC for secondary.",
        (),
        refers="Countries.iso3",
        blank="unknown",
    )
    refine_country: Country | None = column("Where it is refined.", None, refers="Countries.iso3", blank="unknown")
    plant: str = column("Plant it comes from.", "", blank="not known")
    route: TextList = column("Countries of the ports it passes.", (), refers="Countries.iso3")
    incoterm: Incoterm | None = column(
        "Delivery term: what the seller pays is in the price.", None, blank="freight, insurance, handling and duty are on top"
    )
    place: str = column("Place of the delivery term; kept for information, not planned with.", "", aliases=("incoterm place",))
    currency: Currency = column("Currency of its money: only USD is planned with; convert other amounts to USD.", Currency.USD)
    price: float | None = column(
        "Fixed price per unit, where no index is named.", None, unit="USD/{unit}", at_least=0, blank="index + premium"
    )
    index: str | None = column(
        "Index that the price follows: on the day of the order, or over its quotational period.",
        None,
        refers="Prices.index",
        blank="fixed price",
    )
    premium: float = column("Added to the index; negative for a discount.", 0.0, unit="USD/{unit}")
    floor: float | None = column("Least that the price falls to.", None, unit="USD/{unit}", at_least=0, blank="none")
    cap: float | None = column("Most that the price rises to.", None, unit="USD/{unit}", at_least=0, blank="none")
    upside_share: float = column(
        "Share of what the price is above its floor that the seller gives back.", 0.0, unit="share", at_least=0, at_most=1
    )
    quoted_per: PriceUnit | None = column(
        "Unit that price, premium, floor and cap are per, but not price breaks.",
        None,
        blank="the material's own",
    )
    quotation_months: int | None = column(
        "Quotational period: the index counts as its mean over this month after the one of the order or arrival.",
        None,
        unit="months",
        at_least=-12,
        at_most=12,
        blank="the index on the day of the order",
    )
    quotation_from: Milestone = column("What quotation months count from.", Milestone.ARRIVAL)
    freight: float = column("Freight per unit.", 0.0, unit="USD/{unit}", at_least=0)
    insurance: float = column("Insurance per unit.", 0.0, unit="USD/{unit}", at_least=0)
    handling: float = column("Handling per unit on the way.", 0.0, unit="USD/{unit}", at_least=0)
    assay_cost: float = column("Sampling and assay per unit.", 0.0, unit="USD/{unit}", at_least=0, aliases=("assay",))
    inspection_cost: float = column(
        "Inspection and supervision per unit.", 0.0, unit="USD/{unit}", at_least=0, aliases=("inspection",)
    )
    tariff_code: str | None = column(
        "Tariff code whose rows in Duties are charged.", None, refers="Duties.tariff_code", blank="the duty rate"
    )
    duty_rate: float = column(
        "Duty as a share of the customs value, where there is no tariff code.",
        0.0,
        unit="share",
        at_least=0,
        at_most=20,
        aliases=("duty",),
    )
    minimum_order: float = column("Least quantity of one order.", 0.0, unit="{unit}", at_least=0)
    maximum_order: float | None = column("Most quantity of one order.", None, unit="{unit}", at_least=0, blank="no limit")
    capacity_per_period: float | None = column(
        "Most quantity per period, over all traders.",
        None,
        unit="{unit}/period",
        at_least=0,
        blank="no limit",
        aliases=("capacity",),
    )
    lot: float | None = column("Orders are whole multiples of this.", None, unit="{unit}", above=0, blank="the material's lot")
    lot_tolerance: float = column(
        "Share by which each lot may be larger or smaller, as the buyer chooses.", 0.0, unit="share", at_least=0, at_most=0.5
    )
    fixed_order_cost: float = column("Cost of each order, whatever its quantity.", 0.0, unit="USD", at_least=0)
    contract_cost: float = column("Cost of signing the offer, once per trader.", 0.0, unit="USD", at_least=0)
    maximum_total: float | None = column(
        "Most quantity over the whole plan, over all traders.", None, unit="{unit}", at_least=0, blank="no limit"
    )
    take_or_pay: float = column(
        "Least quantity per contract year of whoever signs; what is not taken is paid all the same, part of a year in part.",
        0.0,
        unit="{unit}/yr",
        at_least=0,
        aliases=("take or pay per year",),
    )
    make_up_years: int = column(
        "Contract years after it in which what was paid and not taken may be taken above the minimum without paying again.",
        0,
        unit="years",
        at_least=0,
        at_most=50,
    )
    emergency_per_period: float = column(
        "Most that can be bought at once in a period of a scenario that does not hit it, beside all orders.",
        0.0,
        unit="{unit}/period",
        at_least=0,
    )
    lead_days: float = column("Days from order to arrival.", 0.0, unit="days", at_least=0, at_most=3660)
    licence_days: float = column("Days that an export licence adds.", 0.0, unit="days", at_least=0, at_most=3660)
    valid_from: date | None = column("First day on which it can be ordered.", None, blank="always")
    valid_to: date | None = column("Last day on which it can be ordered.", None, blank="always")
    payment_days: float = column(
        "Days until the price is due; negative for a prepayment.", 0.0, unit="days", at_least=-3660, at_most=3660
    )
    payment_from: Milestone = column("Day from which payment days count.", Milestone.ARRIVAL)
    exclusive: bool = column("Whether only one trader can sign it.", True)
