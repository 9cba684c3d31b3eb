"""The results of an experiment: every arm against the control, with intervals, and what it is worth."""
