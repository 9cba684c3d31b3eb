"""The data that packages exchange, and what all of them share. Carriers are frozen and check themselves when made."""
