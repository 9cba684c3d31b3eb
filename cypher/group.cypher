// Answers: Which companies belong to a company's ownership group?
// Parameters:
//   company_id: string -- a company of the group
//   limit: integer = 1000 -- the most rows
// Columns:
//   company_id: string
//   name: string
//   ultimate_parent_id: string
//   is_client: boolean
//   is_suppressed: boolean
//   in_cycle: boolean -- on a cycle of ownership
//   score: float
//   rank: integer -- among the leads; NULL for all others
// Cost: one look at every company's group where the store has no index on it: under a second for a million companies.
MATCH (c:Company {company_id: $company_id})
WITH c.group_id AS group_id
MATCH (m:Company) WHERE m.group_id = group_id
RETURN m.company_id AS company_id, m.name AS name, m.ultimate_parent_id AS ultimate_parent_id, m.is_client AS is_client,
       m.is_suppressed AS is_suppressed, m.in_cycle AS in_cycle, m.score AS score, m.rank AS rank
ORDER BY is_client DESC, coalesce(rank, 9000000000), company_id
LIMIT $limit
