"""How far the values of a column moved between two tables."""
