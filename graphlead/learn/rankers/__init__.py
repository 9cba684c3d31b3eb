"""The rankers, one a file."""
