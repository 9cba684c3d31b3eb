"""Segments of customers: clusters in what they bought or said, chosen so that they stay the same on other customers."""
