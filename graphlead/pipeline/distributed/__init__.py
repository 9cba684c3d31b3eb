"""A trained run applied to a register that may be larger than memory, by an engine."""
