"""Features of a register that may be larger than memory: the same numbers as ``features.build`` makes, by an engine.

What one machine sums up in the order of the companies is summed up in that order here too, so that no bit differs.
"""
