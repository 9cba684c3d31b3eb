"""What a run hands over: the lead list, the whitespace beside it, the report as a file, and a summary."""
