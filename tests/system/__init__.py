"""Checks of the files for schedulers by the schedulers themselves: `tests/system/run`."""
