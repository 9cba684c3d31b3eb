// Answers: Which leads are near a given client, by ownership or any other link?
// Parameters:
//   client_id: string -- the client
//   hub: integer = 50 -- do not go through companies, holders and persons with more relationships than this
//   limit: integer = 50 -- the most rows
// Columns:
//   company_id: string -- the lead
//   name: string
//   rank: integer -- among the leads; NULL in the ownership group of a client
//   links: integer -- how many links away, 1 or 2
//   through: string -- who is between, the first by name; NULL for one link
//   same_group: boolean -- in the client's ownership group
// Cost: two links out from one company, no further than ``hub`` from each in between: milliseconds.
MATCH (k:Company {company_id: $client_id})
OPTIONAL MATCH (k)-[:OWNS|LINKED]-(c:Company)
WITH k, collect({id: c.company_id, name: c.name, score: c.score, rank: c.rank, group_id: c.group_id, links: 1, through: ''}) AS direct
OPTIONAL MATCH (k)-[:OWNS|LINKED]-(m:Company|Holder|Person)-[:OWNS|LINKED]-(c:Company) WHERE m.links <= $hub
WITH k.company_id AS client_id, k.group_id AS group_id, direct,
     collect({id: c.company_id, name: c.name, score: c.score, rank: c.rank, group_id: c.group_id, links: 2, through: m.name}) AS further
UNWIND direct + further AS way
WITH way, group_id, client_id WHERE way.score IS NOT NULL AND way.id <> client_id
WITH way.id AS company_id, way.name AS name, way.rank AS rank, min(way.links) AS links,
     min(CASE WHEN way.links = 2 THEN way.through END) AS between, way.group_id = group_id AS same_group
RETURN company_id, name, rank, links, CASE WHEN links = 2 THEN between END AS through, same_group
ORDER BY links, coalesce(rank, 9000000000), company_id
LIMIT $limit
