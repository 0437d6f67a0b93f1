"""The only door to the solver."""
