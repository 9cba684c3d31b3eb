// Answers: Which companies own each other, directly or through others?
// Parameters:
//   limit: integer = 100 -- the most rows
// Columns:
//   group_id: string -- the ownership group of the first
//   company_id: string -- the first of the two
//   name: string
//   other_id: string -- the second
//   other_name: string
//   share: float -- what the first effectively owns of the second
//   share_back: float -- what the second effectively owns of the first
//   clients: integer -- how many of the two are clients
// Cost: the effective shares among companies on cycles, each pair once: seconds for a million companies.
MATCH (a:Company)-[e:EFFECTIVE_OWNS]->(b:Company)-[back:EFFECTIVE_OWNS]->(a)
WHERE a.in_cycle = true AND b.in_cycle = true AND a.company_id < b.company_id
RETURN a.group_id AS group_id, a.company_id AS company_id, a.name AS name, b.company_id AS other_id,
       b.name AS other_name, round(e.share, 6) AS share, round(back.share, 6) AS share_back,
       CASE WHEN a.is_client THEN 1 ELSE 0 END + CASE WHEN b.is_client THEN 1 ELSE 0 END AS clients
ORDER BY clients DESC, group_id, company_id, other_id
LIMIT $limit
