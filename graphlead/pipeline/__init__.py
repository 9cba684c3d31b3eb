"""The one place where the rooms meet: a step a file, in the order of the story."""
