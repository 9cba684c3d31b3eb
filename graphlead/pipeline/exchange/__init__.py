"""Runs into graph databases and customer systems, registers and customers out of them: which goes where, and how."""
