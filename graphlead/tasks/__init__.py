"""What is predicted, declared."""
