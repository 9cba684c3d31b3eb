"""Tables, console text and page of a sales run: what a person sees of its probabilities."""
