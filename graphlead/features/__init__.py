"""Features of companies from a register and its graph."""
