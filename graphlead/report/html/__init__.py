"""The report a manager reads: one HTML file that needs nothing else, neither a server nor a network."""
