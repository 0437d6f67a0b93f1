"""Delivery terms: which parts of the landed cost are in a quote's price."""

from __future__ import annotations

from collections.abc import Mapping

from models.records.schema import Choice

CARRIAGE, COVERED = frozenset({"freight"}), frozenset({"freight", "insurance"})


class Incoterm(Choice):
    """The eleven Incoterms 2020 of the International Chamber of Commerce, and delivery in a warehouse, duty paid or unpaid."""

    EXW = "EXW"
    FCA = "FCA"
    FAS = "FAS"
    FOB = "FOB"
    CFR = "CFR"
    CIF = "CIF"
    CPT = "CPT"
    CIP = "CIP"
    DAP = "DAP"
    DPU = "DPU"
    DDP = "DDP"
    DUTY_PAID = "in warehouse duty paid"
    DUTY_UNPAID = "in warehouse duty unpaid"

    @classmethod
    def synonyms(cls) -> Mapping[str, str]:
        paid = dict.fromkeys(("inwarehouse,dutypaid", "inwarehousedp", "iwdp", "dp"), "in warehouse duty paid")
        unpaid = ("inwarehouse,dutyunpaid", "inwarehouse", "inwarehousedu", "iwdu", "du")
        return paid | dict.fromkeys(unpaid, "in warehouse duty unpaid")

    @property
    def seller_pays(self) -> frozenset[str]:
        """What of freight, insurance, handling (unloading) and duty the seller pays: the price contains it.

        Incoterms 2020, articles A2 (delivery), A5 (insurance), A7 (clearance) and A9 (costs). Delivered terms contain the
        insurance of the way, since its risk is the seller's. From a warehouse all of the further way is the buyer's.
        """
        return _SELLER_PAYS.get(self, frozenset())


_SELLER_PAYS: Mapping[Incoterm, frozenset[str]] = {
    Incoterm.CFR: CARRIAGE,
    Incoterm.CPT: CARRIAGE,
    Incoterm.CIF: COVERED,
    Incoterm.CIP: COVERED,
    Incoterm.DAP: COVERED,
    Incoterm.DPU: COVERED | {"handling"},
    Incoterm.DDP: COVERED | {"duty"},
    Incoterm.DUTY_PAID: frozenset({"duty"}),
}
