"""Evaluation on held-out clients: splits, metrics, choice of the ranker, expected hits, and the verdict."""
