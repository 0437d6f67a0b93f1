"""The input workbook as the user meets it: the empty template, and filled books of the same form.

Sheets, headings, units, drop-downs, comments, messages and number formats are computed from the records.
"""

from planner.template.book import book_content, case_content, reference_content, template_content
from planner.template.presets import PRESETS

__all__ = ["PRESETS", "book_content", "case_content", "reference_content", "template_content"]
