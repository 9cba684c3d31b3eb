// Answers: Which companies of our clients' ownership groups are not clients yet?
// Parameters:
//   client_id: string = "" -- only the group of this client
//   limit: integer = 100 -- the most rows
// Columns:
//   company_id: string
//   name: string
//   score: float
//   group_id: string
//   clients: integer -- how many clients the group has
//   client_id: string -- one of them, the first by id
// Cost: one look at every company's group: about a second for a million companies.
MATCH (k:Company) WHERE k.is_client = true AND ($client_id = '' OR k.company_id = $client_id)
WITH DISTINCT k.group_id AS group_id
MATCH (k:Company) WHERE k.group_id = group_id AND k.is_client = true
WITH group_id, count(k) AS clients, min(k.company_id) AS client_id
MATCH (c:Company) WHERE c.group_id = group_id AND NOT c.is_client AND NOT c.is_suppressed AND c.record_of IS NULL
RETURN c.company_id AS company_id, c.name AS name, c.score AS score, group_id, clients, client_id
ORDER BY clients DESC, coalesce(score, 0) DESC, company_id
LIMIT $limit
