"""Files, memory, spreadsheets and the console: what every other package builds on."""
