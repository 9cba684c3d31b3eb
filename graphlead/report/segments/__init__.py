"""The page and the summary of segments of customers."""
