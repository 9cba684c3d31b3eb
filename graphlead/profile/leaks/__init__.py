"""Columns and links that only clients can have, found before any model sees them."""
