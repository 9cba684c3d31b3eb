"""`graphlead segment`: from orders or a table of customers to segments with a name, a value and an offer each."""
