"""What two samples say of a difference, and what they could say: pure computations on numbers."""
