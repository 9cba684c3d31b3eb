"""Matching against a register that may be larger than memory, by an engine."""
