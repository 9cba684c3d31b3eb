"""What scripts/bench/scale.py is made of."""
