"""Segments of clients: groups that are alike, named by what sets them apart."""
