"""The input workbook as the user meets it: the empty template, and filled books of the same form.

Sheets, headings, units, drop-downs, comments, messages and number formats are computed from the records.
"""

from planner.template.book import case_content, write_book, write_case, write_reference, write_template
from planner.template.presets import PRESETS

__all__ = ["PRESETS", "case_content", "write_book", "write_case", "write_reference", "write_template"]
