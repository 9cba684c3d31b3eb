"""Page and sentences of an experiment: a list dealt into arms, or results that were read."""
