"""From an export with outcomes to a list to work; one step a file."""
