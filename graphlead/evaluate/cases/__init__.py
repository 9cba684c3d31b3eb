"""What held-out probabilities of cases say."""
