"""From the register to the typed graph of companies, and who owns whom in it."""
