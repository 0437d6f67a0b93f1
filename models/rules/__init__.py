"""The rules of a good plan."""
