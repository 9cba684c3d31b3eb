"""Models of cases: members, their stack, the choice between them, and hazards; ``fit`` is the door."""
