"""What is handed over: the lead list, the whitespace beside it, files to open anywhere, and a short account."""
