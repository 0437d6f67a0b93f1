"""Where each field of a case stands in its workbook."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from models.records import Record, Settings
from planner.validate.tables import Layout
from planner.workbook import address


@dataclass(frozen=True)
class Addresses:
    """Looks up cells.

    Attributes:
        titles: the sheet of each record, as the workbook spells it.
        layouts: where each record's table lies.
        settings: address of each setting's value.
    """

    titles: Mapping[type[Record], str] = field(default_factory=dict)
    layouts: Mapping[type[Record], Layout] = field(default_factory=dict)
    settings: Mapping[str, str] = field(default_factory=dict)

    def cell(self, record_type: type[Record], row_index: int | None, column_name: str) -> tuple[str, str]:
        """Sheet and address of a cell; of the row's key cell where the sheet lacks the column.

        Args:
            record_type: the record of the sheet.
            row_index: position in the case's rows of that record; nothing for the column's heading.
            column_name: the field.
        """
        title = self.titles.get(record_type, record_type.sheet)
        if record_type is Settings:
            return title, self.settings.get(column_name, "")
        layout = self.layouts.get(record_type)
        if layout is None:
            return title, ""
        if row_index is None:
            column = layout.columns.get(column_name)
            return title, address(layout.heading_row, column) if column else ""
        return title, address(layout.rows[row_index], layout.column(column_name, record_type.key))
