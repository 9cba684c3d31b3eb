"""The page of `recommend`."""
