// Answers: Which leads are near a given client, by ownership or any other link?
// Parameters:
//   client_id: string -- the client
//   hub: integer = 50 -- do not go through companies, holders and persons with more relationships than this
//   limit: integer = 50 -- the most rows
// Columns:
//   company_id: string -- the lead
//   name: string
//   rank: integer
//   links: integer -- how many links away, 1 or 2
//   through: string -- who is between, the first by name; NULL for one link
//   same_group: boolean -- in the client's ownership group
// Cost: two links out from one company, no further than ``hub`` from each in between: milliseconds.
MATCH (k:Company {company_id: $client_id})-[:OWNS|LINKED]-(m:Company|Holder|Person)
WITH DISTINCT k, m
MATCH p = (m)-[:OWNS|LINKED*0..1]-(c:Company)
WHERE c.rank IS NOT NULL AND c.company_id <> k.company_id AND (length(p) = 0 OR m.links <= $hub)
WITH k, c, min(length(p)) AS beyond, min(CASE WHEN length(p) = 1 THEN m.name END) AS between
RETURN c.company_id AS company_id, c.name AS name, c.rank AS rank, beyond + 1 AS links,
       CASE WHEN beyond = 1 THEN between END AS through, c.group_id = k.group_id AS same_group
ORDER BY links, rank, company_id
LIMIT $limit
