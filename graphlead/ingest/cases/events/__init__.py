"""The reader of events: what customers did, day by day, to Cases at cut-off days."""
