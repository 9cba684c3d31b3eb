"""A run's folder: its stages, its names, its manifest, and results that appear all at once."""
