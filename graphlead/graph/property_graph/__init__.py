"""A run as tables of nodes and relationships, which graph stores are filled from."""
