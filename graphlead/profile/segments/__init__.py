"""Segments of clients: rules that hold for a company or do not, chosen so that few of them cover most clients."""
