"""Customer systems: lists of a run go there, and who is a customer, was one or may be one comes back."""
