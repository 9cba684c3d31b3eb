"""Readers of sales tables: the files of a CRM or a shop to Cases."""
