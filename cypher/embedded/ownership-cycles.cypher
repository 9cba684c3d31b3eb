// Answers: On which cycles of ownership is a company?
// Parameters:
//   company_id: string -- the company
//   limit: integer = 20 -- the most rows
// Columns:
//   companies: integer -- how many stakes the cycle has, 2 to 5
//   cycle: string -- the companies on it by id, from this one round to itself
//   way: path -- the nodes and relationships
// Cost: up to five stakes downwards from one company, through companies on cycles alone: under a second.
MATCH p = (a:Company {company_id: $company_id})-[:OWNS* TRAIL 2..5 (r, n | WHERE n.in_cycle)]->(z:Company {company_id: $company_id})
WITH p, length(p) AS companies, list_to_string(' > ', properties(nodes(p), 'company_id')) AS cycle
RETURN companies, cycle, p AS way
ORDER BY companies, cycle
LIMIT $limit
