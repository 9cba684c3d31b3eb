"""The report for a manager: one HTML file that needs neither a server nor a network."""
