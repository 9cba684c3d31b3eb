"""The server: Neo4j over Bolt, and its bulk import."""
