"""A sensible workbook, and one change to it for each thing that does not fit together."""
