"""Benchmarks, and the generator of the cases that they and the tests run on."""
