"""The graph behind Cypher: an embedded store in a file, and Neo4j; both loaded from one Projection."""
