"""Evaluation on held-out clients: splits, metrics, choice of the ranker, prior, calibration, and the verdict."""
