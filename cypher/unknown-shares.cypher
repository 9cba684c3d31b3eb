// Answers: For which clients and best leads is it unknown how much their owners hold?
// Parameters:
//   deepest: integer = 1000 -- leads up to this rank
//   limit: integer = 100 -- the most rows
// Columns:
//   company_id: string
//   name: string
//   is_client: boolean
//   rank: integer
//   owners: integer
//   unknown: integer -- owners whose share is unknown
//   unaccounted: float -- the part of the company that no known share accounts for
// Cost: the owners of the clients and of the best leads: under a second.
MATCH (c:Company) WHERE c.is_client = true OR c.rank <= $deepest
MATCH (:Company|Holder|Person)-[r:OWNS]->(c)
WITH c, count(*) AS owners, count(*) - count(r.share) AS unknown, sum(coalesce(r.share, 0.0)) AS known
WHERE unknown > 0
RETURN c.company_id AS company_id, c.name AS name, c.is_client AS is_client, c.rank AS rank, owners, unknown,
       round(CASE WHEN known > 1 THEN 0.0 ELSE 1.0 - known END, 6) AS unaccounted
ORDER BY is_client DESC, unaccounted DESC, company_id
LIMIT $limit
