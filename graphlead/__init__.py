"""graphlead: find a company's next business customers in the graph of all companies."""
