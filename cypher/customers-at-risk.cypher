// Answers: Which customers may leave, in which ownership groups?
// Parameters:
//   company_id: string = "" -- only the ownership group of this company
//   least: float = 0.5 -- only customers with at least this probability
//   limit: integer = 100 -- the most rows
// Columns:
//   customer_id: string
//   probability: float -- that the customer leaves
//   value_at_risk: float -- probability times value, NULL where no value is known
//   intervention: string -- what to do
//   reason: string -- the strongest one
//   company_id: string -- the company that the customer is, NULL where it is not known
//   name: string
//   group_id: string
// Cost: one look at every customer at risk: under a second for a hundred thousand.
MATCH (u:Customer)-[r:CHURN_RISK]->(:SalesRun) WHERE r.probability >= $least
OPTIONAL MATCH (u)-[:IS_COMPANY]->(c:Company)
OPTIONAL MATCH (k:Company {company_id: $company_id})
WITH DISTINCT u.customer_id AS customer_id, r.probability AS probability, r.value_at_risk AS value_at_risk,
     r.intervention AS intervention, r.reason AS reason, c.company_id AS company_id, c.name AS name,
     c.group_id AS group_id, k.group_id AS wanted
WHERE $company_id = '' OR group_id = wanted
RETURN customer_id, probability, value_at_risk, intervention, reason, company_id, name, group_id
ORDER BY probability DESC, customer_id
LIMIT $limit
