"""One frozen record per input sheet: the one schema of the planner."""

from models.records.actuals import Actual, ActualKind
from models.records.advances import Advance
from models.records.budgets import Budget
from models.records.call_offs import CallOff
from models.records.commitments import Commitment
from models.records.contingencies import Contingency, ContingencyKind
from models.records.countries import Country
from models.records.decisions import Decision, DecisionKind
from models.records.demand import Demand
from models.records.depots import Depot
from models.records.duties import Duty
from models.records.funding import Funding, FundingKind
from models.records.hazards import Hazard
from models.records.incoterms import Incoterm
from models.records.input_changes import Concerns, InputChange
from models.records.mandates import Mandate
from models.records.materials import DemandUse, Material
from models.records.members import Member
from models.records.offers import Milestone, Offer
from models.records.open_orders import OpenOrder
from models.records.opening_stock import OpeningStock, OriginClass
from models.records.partners import Partner
from models.records.past_purchases import PastPurchase
from models.records.payables import Payable
from models.records.policy import Hardness, Measure, On, Policy, RuleKind, Sense, Stage, Window
from models.records.previous import Previous
from models.records.price_breaks import BreakBasis, BreakKind, PriceBreak
from models.records.price_impact import PriceImpact
from models.records.prices import Price
from models.records.scenarios import Scenario
from models.records.schema import RESERVED, SECONDARY, UNKNOWN, Choice, Column, Currency, Record, column, columns
from models.records.settings import EquityOrder, Objective, PeriodLength, PriceCase, Rationing, Settings, UnknownOrigin
from models.records.shocks import LEAST_SHARE, MOST_DELAY, MOST_FACTOR, Hits, Shock
from models.records.suppliers import Supplier
from models.records.traders import Trader
from models.records.units import MASS_IN_TONNES, PriceUnit

SHEETS: tuple[type[Record], ...] = (
    Settings,
    Budget,
    Material,
    Supplier,
    Offer,
    PriceBreak,
    PriceImpact,
    Trader,
    Mandate,
    Price,
    Duty,
    Depot,
    OpeningStock,
    OpenOrder,
    Payable,
    PastPurchase,
    Actual,
    Previous,
    InputChange,
    Decision,
    Demand,
    Member,
    Commitment,
    CallOff,
    Funding,
    Advance,
    Country,
    Policy,
    Contingency,
    Scenario,
    Shock,
    Hazard,
    Partner,
)
"""Every input sheet, in the order of the template."""
