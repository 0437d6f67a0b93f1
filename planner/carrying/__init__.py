"""What was committed is carried over: from the last published plan and what really happened to the workbook of today.

The workbook says what may be bought and what is needed; the last plan says what has been ordered and signed since, what lies
in the depots and what is owed. Where a period has passed, the plan begins with the one of today, and looks as far ahead as
before. What is carried over stands in a workbook of its own, which anybody can open, solve and verify.

`carry` puts it together: `stock` is what lies in the depots, `orders` what is on its way and what is owed, `money` cash, loans
and what is left of ceilings, `contracts` what is signed, `call_offs` what members were given, `actuals` what happened otherwise
than planned, and `moved` what has changed in the input.
"""

from planner.carrying.actuals import days_to_come
from planner.carrying.carry import Carried, Last, carry

__all__ = ["Carried", "Last", "carry", "days_to_come"]
