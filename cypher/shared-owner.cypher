// Answers: Which leads have an owner that also owns several of our clients?
// Parameters:
//   least: integer = 2 -- of how many clients at least
//   hub: integer = 1000 -- pass over owners with more relationships than this
//   limit: integer = 100 -- the most rows
// Columns:
//   company_id: string -- the lead
//   name: string
//   rank: integer -- among the leads; NULL in the ownership group of a client
//   clients: integer -- how many clients the owner has
//   owner_type: string -- company, holder or person
//   owner_id: string
//   owner_name: string
//   share: float -- of the owner in the lead; NULL where unknown
// Cost: from the clients to their owners and down again, one link each: about a second for 5,000 clients.
MATCH (o:Company|Holder|Person)-[:OWNS]->(k:Company) WHERE k.is_client = true AND coalesce(o.links, 0) <= $hub
WITH o, count(k) AS clients WHERE clients >= $least
MATCH (o)-[r:OWNS]->(c:Company) WHERE c.score IS NOT NULL
RETURN c.company_id AS company_id, c.name AS name, c.rank AS rank, clients,
       CASE WHEN o.company_id IS NOT NULL THEN 'company' WHEN o.holder_id IS NOT NULL THEN 'holder' ELSE 'person' END
       AS owner_type, coalesce(o.company_id, o.holder_id, o.person_id) AS owner_id, o.name AS owner_name,
       r.share AS share
ORDER BY clients DESC, coalesce(rank, 9000000000), company_id, owner_id
LIMIT $limit
