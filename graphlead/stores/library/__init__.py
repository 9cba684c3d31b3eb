"""The named queries: found, checked and asked."""
