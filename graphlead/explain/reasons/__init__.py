"""What moved a score."""
