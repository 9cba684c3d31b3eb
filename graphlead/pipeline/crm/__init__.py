"""Finished runs and customer systems: lists go there, customers and deals come back."""
