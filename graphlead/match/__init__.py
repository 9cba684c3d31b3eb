"""Record linkage: a client list as people type it, resolved against the register."""

from graphlead.match.resolve import match_clients

__all__ = ["match_clients"]
