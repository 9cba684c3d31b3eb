"""The comparison of rankers behind scripts/bench/rank."""
