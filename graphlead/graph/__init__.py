"""The typed graph of a register's companies, and its ownership facts."""
