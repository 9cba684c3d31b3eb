"""The clients against the register, before any model."""
