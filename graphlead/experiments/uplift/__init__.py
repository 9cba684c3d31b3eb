"""What a treatment adds for each case, learned from an experiment; ``fit`` is the door."""
