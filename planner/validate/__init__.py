"""From a workbook to a case, or to everything that is wrong with it.

`read` raises nothing for what a user can do to a file: it returns findings.
"""

from planner.validate.addresses import Addresses
from planner.validate.reading import Reading, read

__all__ = ["Addresses", "Reading", "read"]
