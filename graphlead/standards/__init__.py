"""Published ownership data to the two tables that a run reads, and a register back to a published standard."""
