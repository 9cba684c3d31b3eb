"""How a company is joined to clients: paths, their sentences and their queries."""
