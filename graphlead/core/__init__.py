"""What travels between the rooms, and what all of them know. Carriers are frozen and check themselves when made."""
