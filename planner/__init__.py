"""The sourcing planner: from a workbook to a verified plan."""
