"""Two runs of a verb, or two tables, side by side."""
