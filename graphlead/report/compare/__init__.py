"""What changed between two tables or two runs, for readers."""
