"""Groups of clients that are alike, and what sets them apart."""
