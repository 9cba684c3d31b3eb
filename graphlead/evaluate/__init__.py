"""Held-out clients: who is held out, how well each ranker finds them, and what that says about the graph."""
