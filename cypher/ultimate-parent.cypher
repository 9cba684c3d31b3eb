// Answers: Who stands at the top of a company's chain of control, and who stands between?
// Parameters:
//   company_id: string -- the company
// Columns:
//   step: integer -- the fewest stakes between the company (0) and this owner
//   company_id: string -- an owner under the same ultimate parent, the company itself at step 0
//   name: string
//   share: float -- what it effectively owns of the company, halfway between its bounds; NULL at step 0
//   share_low: float -- at the least
//   share_high: float -- at the most
//   is_ultimate_parent: boolean
//   is_client: boolean
// Cost: walks up to ten stakes upwards from one company: milliseconds.
MATCH p = (x:Company)-[:OWNS*0..10]->(c:Company {company_id: $company_id})
WHERE x.ultimate_parent_id = c.ultimate_parent_id
WITH c, x, min(length(p)) AS step
OPTIONAL MATCH (x)-[e:EFFECTIVE_OWNS]->(c)
RETURN step, x.company_id AS company_id, x.name AS name, e.share AS share, e.share_low AS share_low,
       e.share_high AS share_high, x.company_id = c.ultimate_parent_id AS is_ultimate_parent, x.is_client AS is_client
ORDER BY step, company_id
