"""Published ownership data (BODS, GLEIF, Companies House) to the files that a run reads, and back."""
