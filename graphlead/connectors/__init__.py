"""Foreign sources as the files that a run reads, and back."""
