"""Why a lead is one: what moved its score, and how it is joined to clients."""
