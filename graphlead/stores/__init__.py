"""Graph stores queried in Cypher: an embedded one in a file, and Neo4j; both are loaded from one Projection."""
