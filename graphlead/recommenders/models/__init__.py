"""The models that score items."""
