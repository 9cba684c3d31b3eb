"""The command line: options, verbs and printed answers."""
