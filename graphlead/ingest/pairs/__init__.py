"""Two tables of the same kind, such as this month's export and last month's."""
