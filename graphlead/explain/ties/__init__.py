"""The way from a company to a client."""
