"""The kinds of model that are trained on cases, each behind the same interface."""
