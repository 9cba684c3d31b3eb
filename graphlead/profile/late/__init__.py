"""Columns that are known only afterwards, found before any model sees them."""
